"""`make bench T=paper`: a 10 000-row act beside three other producers, and a sealed protocol.

Every producer runs in a process of its own, so that peak memory is its own; CPU seconds, the best
of the runs, because a busy machine only ever adds. The peers stand in an environment of their own
that the benchmark makes (`.oracles/paper`): the product neither has nor needs them. The limit of
the long act is writing the same texts as CSV; of the protocol, its budget of 120 ms.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
import time
import venv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench._paper_peers import rows_of
from bench.result import Limit, Peer, Result, Unmeasured, spread
from reports import development_sealer
from reports.press import printed
from tests.reports.builders import document, facts, reviewed
from tests.reports.period_builders import act

ROWS, RUNS, WEASY_RUNS = 10_000, 3, 1
ENVIRONMENT = Path(__file__).resolve().parent.parent / ".oracles" / "paper"
PINNED = {"fpdf2": "2.8.9", "weasyprint": "70.0", "reportlab": "5.1.0", "font-roboto": "0.0.1"}
BARS = {"LongTable": 4, "fpdf2": 3, "WeasyPrint": 40}
PEAK_MB_MAX, PROTOCOL_MS_MAX, SEAL_MS_MAX = 80, 120, 30
COMMAND = "make bench T=paper"


def main() -> list[Result]:
    """Raises: Unmeasured without the peers."""
    with tempfile.TemporaryDirectory(prefix="minuta-paper-") as folder:
        return [*_long_act(Path(folder)), _protocol(Path(folder))]


def _long_act(folder: Path) -> list[Result]:
    peers = _environment()
    ours = [_run(Path(sys.executable), "ours", folder) for _ in range(RUNS)]
    best = min(run["cpu_s"] for run in ours)
    product = _whole_act()
    results = []
    for name, version in (("LongTable", "reportlab"), ("fpdf2", "fpdf2"),
                          ("WeasyPrint", "weasyprint")):  # fmt: skip
        runs = WEASY_RUNS if name == "WeasyPrint" else RUNS
        theirs = [_run(peers, name, folder) for _ in range(runs)]
        cpu_s = min(run["cpu_s"] for run in theirs)
        results.append(
            Result(
                name=f"paper-{name.lower()}",
                unit="s of CPU, 10 000 rows",
                ours=round(best, 3),
                peer=Peer(name, PINNED[version], round(cpu_s, 3)),
                limit=Limit("the same texts as CSV", _csv()),
                runs=RUNS,
                spread=spread([run["cpu_s"] for run in ours]),
                command=COMMAND,
                details={
                    "peak_mb": round(max(run["peak_mb"] for run in ours), 1),
                    "peak_mb_max": PEAK_MB_MAX,
                    "bytes": ours[0]["bytes"],
                    "peer_peak_mb": round(max(run["peak_mb"] for run in theirs), 1),
                    "peer_bytes": theirs[0]["bytes"],
                    "bar": BARS[name],
                    "within_bar": cpu_s / best >= BARS[name],
                    **product,
                },
            )
        )
    return results


def _run(python: Path, name: str, folder: Path) -> dict[str, float]:
    script = Path(__file__).with_name("_paper_peers.py")
    command = [str(python), str(script), name, str(ROWS), str(folder / f"{name}.pdf")]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unmeasured(f"{name}: {getattr(error, 'stderr', error)}") from error
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _environment() -> Path:
    """Python of the peers' environment, made on the first run."""
    python = ENVIRONMENT / "bin" / "python"
    ready = ENVIRONMENT / ".ready"
    pins = [f"{name}=={version}" for name, version in PINNED.items()]
    if not ready.exists() or ready.read_text() != " ".join(pins):
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *pins]
        if subprocess.run(command, check=False).returncode:
            raise Unmeasured("the peers could not be installed")
        ready.write_text(" ".join(pins))
    return python


def _csv() -> float:
    rows, began = rows_of(ROWS), time.process_time()
    csv.writer(io.StringIO(), delimiter=";").writerows(rows)
    return round(time.process_time() - began, 4)


def _whole_act() -> dict[str, float]:
    """The product's own act of as many sessions: with its annex, archived and checked."""
    one = act(ROWS)
    began = time.process_time()
    data = printed(one)
    return {"whole_act_cpu_s": round(time.process_time() - began, 2), "whole_act_bytes": len(data)}


def _protocol(folder: Path) -> Result:
    """Sixty minutes: drawn, archived and checked, sealed."""
    at = datetime(2026, 11, 20, 12, 55, 4, tzinfo=UTC)
    sealer = development_sealer(folder / "seal", at - timedelta(days=1))
    one = document("protocol", reviewed(facts(seconds=3600, gaps=((1020, 300),))))
    drawing, sealing = [], []
    for _ in range(9):
        began = time.process_time()
        pdf = printed(one)
        drawn = time.process_time()
        sealer.seal(pdf, at)
        sealing.append((time.process_time() - drawn) * 1000)
        drawing.append((drawn - began) * 1000)
    whole = [a + b for a, b in zip(drawing, sealing, strict=True)]
    best = round(min(whole), 1)
    return Result(
        name="paper-protocol",
        unit="ms of CPU, 60 minutes sealed",
        ours=best,
        peer=Peer("its budget", "issue 6", PROTOCOL_MS_MAX),
        limit=Limit("the seal alone", round(min(sealing), 1)),
        runs=len(whole),
        spread=spread(whole),
        command=COMMAND,
        details={
            "drawn_and_archived_ms": round(min(drawing), 1),
            "seal_ms_max": SEAL_MS_MAX,
            "within": best <= PROTOCOL_MS_MAX and min(sealing) <= SEAL_MS_MAX,
        },
    )
