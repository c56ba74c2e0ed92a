"""A steady load of the real loop: how late minutes are charged, and what each costs.

100 000 sessions with a minute each, begun evenly over a minute, on PostgreSQL with fsync on, for
five minutes; 5 000 on SQLite for one. Late is the time from the moment in which the first second
of an increment was reported to its commit. `MINUTA_BENCH_SESSIONS` and `MINUTA_BENCH_SECONDS`
make trials short. The limit and the peer are microseconds of CPU a minute, as ours.
"""

import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import uvloop

from bench import _metering_limit, _metering_ours, _metering_peer, _postgres
from bench._metering_ours import Steady
from bench._postgres import Cluster
from bench.result import Limit, Peer, Result

COMMAND = "python -m bench metering_steady"
SESSIONS = int(os.environ.get("MINUTA_BENCH_SESSIONS", "100000"))
SECONDS = int(os.environ.get("MINUTA_BENCH_SECONDS", "300"))
SQLITE_SESSIONS, SQLITE_SECONDS = 5_000, 60
LIMIT_S = 3
LATE_MAX_MS = 1_000


async def measure() -> list[Result]:
    load = os.getloadavg()[0]
    cluster = Cluster()
    cluster.start()
    try:
        cpu = cluster.cpu_s
        peer = await _metering_peer.measure(await cluster.recreate("nibble"), LIMIT_S, cpu)
        limit = await _metering_limit.postgresql(await cluster.recreate("least"), LIMIT_S, cpu)
        ours = await _metering_ours.steady(await cluster.recreate("ours"), SESSIONS, SECONDS, cpu)
    finally:
        cluster.remove()
    with tempfile.TemporaryDirectory() as folder:
        least = _metering_limit.sqlite(Path(folder), LIMIT_S)
        url, seconds = f"sqlite:///{folder}/ours.db", min(SECONDS, SQLITE_SECONDS)
        small = await _metering_ours.steady(url, min(SESSIONS, SQLITE_SESSIONS), seconds, None)
    nibble = Peer("mod_nibblebill's statements, server only", _postgres.version(), peer.server_us)
    return [
        compose("metering_steady", ours, nibble, limit, load),
        compose("metering_steady_sqlite", small, nibble, least, load),
    ]


def compose(
    name: str, ours: Steady, peer: Peer, limit: _metering_limit.Limit, load: float
) -> Result:
    return Result(
        name=name,
        unit="microseconds of CPU a minute",
        ours=round(ours.client_us + ours.server_us, 1),
        peer=peer,
        limit=Limit("the least tables, batches of 1000", limit.client_us + limit.server_us),
        runs=1,
        spread=0.0,
        command=COMMAND,
        details={
            **asdict(ours),
            "in_time": ours.p99_ms <= LATE_MAX_MS,
            "load_before": load,
        },
    )


def main() -> list[Result]:
    return uvloop.run(measure())
