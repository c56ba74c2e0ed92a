"""All sessions due in one second: minutes a second of the real loop, beside limit and peer.

The limit (bench/_metering_limit.py) has nothing but the least tables: ours writes a balanced
journal with its entries, a charge, a chained receipt, the witnessed seconds and the meter. The
same rows by SQL alone (bench/_metering_rows.py) are the limit of this product's minute
(`limit_same_rows`). Another figure says what the ledger alone takes for as many journals.
`MINUTA_BENCH_SESSIONS` sets how many sessions (default 20 000; SQLite a quarter of them).
"""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvloop

from bench import _metering_limit, _metering_ours, _metering_peer, _metering_rows, _postgres
from bench._metering_ours import Burst, Stage, wallet
from bench._postgres import Cluster
from bench.result import Limit, Peer, Result
from ledger import Account, AccountKind, Draft, Leg, post_many
from metering import utc_now
from metering.clock import second_begun

COMMAND = "python -m bench metering_burst"
SESSIONS = int(os.environ.get("MINUTA_BENCH_SESSIONS", "20000"))
SECONDS = 4
ESCROW = AccountKind.ESCROW


async def ledger_alone(url: str, sessions: int) -> int:
    """As many wallets paying as many escrows in batches of a thousand, a second."""
    stage = Stage(url, sessions)
    await stage.prepare()
    begun = time.monotonic()
    for first in range(0, sessions, _metering_limit.BATCH):
        drafts = [
            Draft("alone", name, "minute", (Leg(wallet(name), -1), Leg(Account(ESCROW, name), 1)))
            for name in stage.names[first : first + _metering_limit.BATCH]
        ]
        async with stage.database.transaction() as db:
            await post_many(db, drafts, utc_now())
    took = time.monotonic() - begun
    await stage.database.close()
    return round(sessions / took)


async def same_rows(url: str, sessions: int, cpu: Callable[[], float]) -> _metering_limit.Limit:
    """The rows of as many first minutes by SQL alone."""
    stage = Stage(url, sessions)
    now = second_begun(utc_now())
    await stage.prepare()
    await stage.begin(lambda n: now)
    await stage.database.close()
    return await _metering_rows.postgresql(url, stage.names, cpu)


async def measure() -> list[Result]:
    cluster = Cluster()
    cluster.start()
    load = os.getloadavg()[0]
    try:
        cpu = cluster.cpu_s
        peer = await _metering_peer.measure(await cluster.recreate("nibble"), SECONDS, cpu)
        limit = await _metering_limit.postgresql(await cluster.recreate("least"), SECONDS, cpu)
        ours = await _metering_ours.burst(await cluster.recreate("ours"), SESSIONS, cpu)
        rows = await same_rows(await cluster.recreate("rows"), SESSIONS, cpu)
        alone = await ledger_alone(await cluster.recreate("alone"), SESSIONS)
    finally:
        cluster.remove()
    with tempfile.TemporaryDirectory() as folder:
        least = _metering_limit.sqlite(Path(folder), SECONDS)
        small = await _metering_ours.burst(f"sqlite:///{folder}/ours.db", SESSIONS // 4, None)
    nibble = Peer("mod_nibblebill's statements, one caller", _postgres.version(), peer.ticks_s)
    facts: dict[str, Any] = {
        "limit_same_rows": rows.ticks_s,
        "limit_same_rows_us": [rows.client_us, rows.server_us],
        "ratio_to_same_rows": round(ours.ticks_s / rows.ticks_s, 3),
    }
    facts |= {"load_before": load, "ledger_alone_s": alone, "peer_server_us": peer.server_us}
    return [
        compose("metering_burst", ours, nibble, limit, facts),
        compose("metering_burst_sqlite", small, nibble, least, {"load_before": load}),
    ]


def compose(
    name: str, ours: Burst, peer: Peer, limit: _metering_limit.Limit, facts: dict[str, Any]
) -> Result:
    return Result(
        name=name,
        unit="minutes a second",
        ours=ours.ticks_s,
        peer=peer,
        limit=Limit("durable minutes in the least tables, batches of 1000", limit.ticks_s),
        runs=1,
        spread=0.0,
        command=COMMAND,
        smaller_is_better=False,
        details={**asdict(ours), "limit_us": [limit.client_us, limit.server_us], **facts},
    )


def main() -> list[Result]:
    return uvloop.run(measure())
