"""The least that a durable minute costs on this machine: a row, two balances, a session moved on.

No loop, no pricing, no receipts, no journal that balances by itself: one batch of a thousand is one
statement on PostgreSQL, and a few on SQLite, committed before the next begins. A metering loop can
come near these figures and never reach them. Afterwards the books must balance.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.result import Unmeasured

RATE, SHARE = 2000, 1800  # minor units a minute, and the consultant's part
OPENING = 10**12
SESSIONS, GROUP, BATCH = 50_000, 10, 1_000
CONSULTANT, PLATFORM = 10_000_000, 20_000_000

_TABLES = """
CREATE TABLE wallet (id bigint PRIMARY KEY, minor bigint NOT NULL CHECK (minor >= 0))
  WITH (fillfactor = 50);
CREATE TABLE metered (id bigint PRIMARY KEY, epoch int NOT NULL, minutes int NOT NULL)
  WITH (fillfactor = 50);
CREATE TABLE minute (session bigint, n int, minor int NOT NULL, part int NOT NULL,
  PRIMARY KEY (session, n));
"""
_FILL = f"""
INSERT INTO wallet SELECT n, {OPENING} FROM generate_series(1, {SESSIONS}) n;
INSERT INTO wallet SELECT {CONSULTANT} + n, 0 FROM generate_series(0, {SESSIONS // GROUP}) n;
INSERT INTO wallet VALUES ({PLATFORM}, 0);
INSERT INTO metered SELECT n, 1, 0 FROM generate_series(1, {SESSIONS}) n;
"""
_CHARGE = f"""
WITH due AS (SELECT * FROM unnest($1::bigint[], $2::int[]) AS v(session, n)),
moved AS (UPDATE metered m SET minutes = n + 1 FROM due
  WHERE m.id = due.session AND m.minutes = due.n AND m.epoch = 1 RETURNING m.id, due.n),
written AS (INSERT INTO minute SELECT id, n, {RATE}, {SHARE} FROM moved),
flows AS (SELECT wallet, sum(minor) AS minor FROM (
  SELECT id AS wallet, -{RATE} AS minor FROM moved
  UNION ALL SELECT {CONSULTANT} + id / {GROUP}, {SHARE} FROM moved
  UNION ALL SELECT {PLATFORM}, {RATE - SHARE} FROM moved) f GROUP BY wallet),
paid AS (UPDATE wallet w SET minor = w.minor + flows.minor FROM flows WHERE w.id = flows.wallet)
SELECT count(*) FROM moved
"""


@dataclass(frozen=True)
class Limit:
    """Minutes a second; CPU of the client and the server, microseconds a minute."""

    ticks_s: float
    client_us: float
    server_us: float


async def postgresql(url: str, seconds: float, server_cpu_s: Callable[[], float]) -> Limit:
    """One connection, batches of a thousand. Raises: Unmeasured."""
    connection = await asyncpg.connect(url)
    try:
        for statement in (_TABLES, _FILL, "VACUUM ANALYZE wallet", "VACUUM ANALYZE metered"):
            await connection.execute(statement)
        charge = await connection.prepare(_CHARGE)
        own_s, theirs_s, begun = time.process_time(), server_cpu_s(), time.monotonic()
        done = batch = 0
        while time.monotonic() - begun < seconds:
            first = batch * BATCH % SESSIONS
            minute = batch * BATCH // SESSIONS
            ids = list(range(first + 1, first + BATCH + 1))
            done += await charge.fetchval(ids, [minute] * BATCH)
            batch += 1
        took = time.monotonic() - begun
        own_s, theirs_s = time.process_time() - own_s, server_cpu_s() - theirs_s
        total = await connection.fetchval("SELECT sum(minor) FROM wallet")
        rows = await connection.fetchval("SELECT count(*) FROM minute")
        if total != OPENING * SESSIONS or rows != done or done != batch * BATCH:
            raise Unmeasured("the limit's own books do not balance")
    finally:
        await connection.close()
    return Limit(round(done / took), round(own_s / done * 1e6, 1), round(theirs_s / done * 1e6, 1))


def sqlite(folder: Path, seconds: float) -> Limit:
    """One connection, WAL, synchronous = FULL. Raises: Unmeasured."""
    connection = sqlite3.connect(folder / "limit.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(_TABLES.replace("WITH (fillfactor = 50)", ""))
    everybody = [(n, OPENING) for n in range(1, SESSIONS + 1)]
    others = [(CONSULTANT + n, 0) for n in range(SESSIONS // GROUP + 1)] + [(PLATFORM, 0)]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO wallet VALUES (?, ?)", everybody + others)
    connection.executemany("INSERT INTO metered VALUES (?, 1, 0)", [(n,) for n, _ in everybody])
    connection.execute("COMMIT")
    own_s, begun = time.process_time(), time.monotonic()
    done = batch = 0
    while time.monotonic() - begun < seconds:
        first, minute = batch * BATCH % SESSIONS, batch * BATCH // SESSIONS
        done += _charge(connection, range(first + 1, first + BATCH + 1), minute)
        batch += 1
    took, own_s = time.monotonic() - begun, time.process_time() - own_s
    [(total,)] = connection.execute("SELECT sum(minor) FROM wallet")
    [(rows,)] = connection.execute("SELECT count(*) FROM minute")
    connection.close()
    if total != OPENING * SESSIONS or rows != done:
        raise Unmeasured("the limit's own books do not balance")
    return Limit(round(done / took), round(own_s / done * 1e6, 1), 0.0)


def _charge(connection: sqlite3.Connection, ids: range, minute: int) -> int:
    parts: dict[int, int] = {PLATFORM: (RATE - SHARE) * len(ids)}
    for n in ids:
        parts[CONSULTANT + n // GROUP] = parts.get(CONSULTANT + n // GROUP, 0) + SHARE
    connection.execute("BEGIN IMMEDIATE")
    moved = connection.executemany(
        "UPDATE metered SET minutes = minutes + 1 WHERE id = ? AND minutes = ? AND epoch = 1",
        [(n, minute) for n in ids],
    )
    connection.executemany(
        "INSERT INTO minute VALUES (?, ?, ?, ?)", [(n, minute, RATE, SHARE) for n in ids]
    )
    pay = "UPDATE wallet SET minor = minor + ? WHERE id = ?"
    connection.executemany(pay, [(-RATE, n) for n in ids])
    connection.executemany(pay, [(minor, wallet) for wallet, minor in parts.items()])
    connection.execute("COMMIT")
    return moved.rowcount
