"""Runs bench/_ledger_hordak.py with a Python environment of its own, made once."""

import asyncio
import json
import statistics
import subprocess
import sys
from pathlib import Path

from bench._ledger_load import SECONDS, Run
from bench._postgres import Cluster
from bench.result import Unmeasured

CACHE = Path(__file__).resolve().parent.parent / "var" / "bench" / "hordak"
PYTHON = CACHE / "bin" / "python"
SCRIPT = Path(__file__).with_name("_ledger_hordak.py")
HORDAK = "2.0.0"
WANTED = (f"django-hordak=={HORDAK}", "Django>=5.2,<6", "psycopg[binary]>=3.2")
PREPARED = "hordak_ready"


def version() -> str:
    """Hordak's and Django's, as they are installed. Raises: Unmeasured."""
    ask = "import django, importlib.metadata as m; print(m.version('django-hordak'), 'on Django',"
    return _run(str(PYTHON), "-c", f"{ask} django.__version__)").strip()


def install() -> None:
    """Raises: Unmeasured when the package index has not got it."""
    if not PYTHON.exists():
        _run(sys.executable, "-m", "venv", str(CACHE))
    _run(str(PYTHON), "-m", "pip", "install", "--quiet", *WANTED)


async def prepare(cluster: Cluster) -> None:
    """Tables and accounts, once; each run begins with a copy."""
    _run(str(PYTHON), str(SCRIPT), "prepare", await cluster.recreate(PREPARED))


async def splits(cluster: Cluster, callers: int, **settings: str) -> Run:
    url = await cluster.recreate("hordak", PREPARED, **settings)
    before = cluster.cpu_s()
    arguments = (str(PYTHON), str(SCRIPT), "run", url, str(callers), str(SECONDS))
    said = json.loads(await asyncio.to_thread(_run, *arguments))
    waits = statistics.quantiles(said["waits"], n=100)
    return Run(
        ops_s=round(said["ops"] / said["seconds"], 1),
        p50_ms=round(1e3 * waits[49], 2),
        p99_ms=round(1e3 * waits[98], 2),
        client_us=round(1e6 * said["cpu_s"] / said["ops"], 1),
        server_us=round(1e6 * (cluster.cpu_s() - before) / said["ops"], 1),
    )


def _run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unmeasured(f"{' '.join(command[:4])}: {done.stderr[-1000:]}")
    return done.stdout
