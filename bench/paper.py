"""`make bench T=paper`: a 10 000-row act beside three other producers, and a sealed protocol.

Every producer runs in a process of its own, so that peak memory is its own; CPU seconds, the best
of the runs, because a busy machine only ever adds. The peers stand in an environment of their own
that the benchmark makes (`.oracles/paper`): the product neither has nor needs them. The limit of
the long act is writing the same texts as CSV; of the protocol, its budget of 120 ms.

WeasyPrint's cost grows faster than its rows, and its whole act takes a minute or more. It gets
WEASY_CPU_S of CPU for it: when that is not enough, this limit is the figure, which is too kind to
it, and its details say so. Ten times its act of a tenth stands beside it, for scale only.
"""

import csv
import io
import json
import resource
import signal
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

ROWS, RUNS, WEASY_CPU_S = 10_000, 3, 150
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
    product = _whole_act()
    results = []
    for name, version in (("LongTable", "reportlab"), ("fpdf2", "fpdf2")):
        theirs = [_run(peers, name, folder) for _ in range(RUNS)]
        facts = {
            "peer_peak_mb": round(max(run["peak_mb"] for run in theirs), 1),
            "peer_bytes": theirs[0]["bytes"],
        }
        cpu_s = min(run["cpu_s"] for run in theirs)
        results.append(_beside(ours, Peer(name, PINNED[version], round(cpu_s, 3)), facts, product))
    cpu_s, facts = _weasyprint(peers, folder)
    peer = Peer("WeasyPrint", PINNED["weasyprint"], round(cpu_s, 3))
    return [*results, _beside(ours, peer, facts, product)]


def _weasyprint(python: Path, folder: Path) -> tuple[float, dict[str, object]]:
    """CPU seconds of the whole act, or of the limit that it did not end in; what to say of it."""
    tenth = _run(python, "WeasyPrint", folder, ROWS // 10)
    scale = {
        "peer_tenth_cpu_s": round(tenth["cpu_s"], 2),
        "peer_tenth_times_ten_s": round(10 * tenth["cpu_s"], 1),
        "peer_tenth_peak_mb": round(tenth["peak_mb"], 1),
    }
    try:
        whole = _run(python, "WeasyPrint", folder, ROWS, WEASY_CPU_S)
    except _NotEnded:
        return WEASY_CPU_S, scale | {"peer_ended": False, "peer_is_at_least_s": WEASY_CPU_S}
    facts = {"peer_peak_mb": round(whole["peak_mb"], 1), "peer_bytes": whole["bytes"]}
    return whole["cpu_s"], scale | facts | {"peer_ended": True}


def _beside(
    ours: list[dict[str, float]], peer: Peer, facts: dict[str, object], product: dict[str, float]
) -> Result:
    """Our act beside one peer; `facts` are of the peer, `product` of the product's whole act."""
    best = min(run["cpu_s"] for run in ours)
    peak_mb = max(run["peak_mb"] for run in ours)
    return Result(
        name=f"paper-{peer.name.lower()}",
        unit="s of CPU, 10 000 rows",
        ours=round(best, 3),
        peer=peer,
        limit=Limit("the same texts as CSV", _csv()),
        runs=RUNS,
        spread=spread([run["cpu_s"] for run in ours]),
        command=COMMAND,
        details={
            "peak_mb": round(peak_mb, 1),
            "peak_mb_max": PEAK_MB_MAX,
            "bytes": ours[0]["bytes"],
            "bar": BARS[peer.name],
            "within_bar": peer.value / best >= BARS[peer.name] and peak_mb <= PEAK_MB_MAX,
            **facts,
            **product,
        },
    )


class _NotEnded(Exception):
    """A producer used up its processor time."""


def _run(
    python: Path, name: str, folder: Path, rows: int = ROWS, cpu_s_max: int | None = None
) -> dict[str, float]:
    """CPU seconds, peak memory and size of the file. Raises: Unmeasured, _NotEnded."""
    script = Path(__file__).with_name("_paper_peers.py")
    command = [str(python), str(script), name, str(rows), str(folder / f"{name}.pdf")]

    def limited() -> None:
        if cpu_s_max is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s_max, cpu_s_max + 5))

    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, preexec_fn=limited
        )
    except subprocess.CalledProcessError as error:
        if error.returncode == -signal.SIGXCPU:
            raise _NotEnded from error
        raise Unmeasured(f"{name}: {error.stderr}") from error
    except OSError as error:
        raise Unmeasured(f"{name}: {error}") from error
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
