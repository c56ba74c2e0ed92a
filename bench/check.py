"""`make bench T=check`: the audit of a million entries, on SQLite and on PostgreSQL.

Ours is everything that the ledger and its books say of themselves: sums, chains, holds, seals, day
sums, nine closed months. The peer is `hledger check` on the journal that we export of the same
books; the limit is a bare sum over the entries, read one after another.
"""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from bench._check_books import Books, generate, write_postgresql, write_sqlite
from bench._postgres import Cluster
from bench.result import Limit, Peer, Result, Unmeasured, spread
from ledger import books
from web.commands.schema import migrate
from web.db import Database

ENTRIES = 1_000_000
RUNS = 3
TARGET_S = 30
Clock = Callable[[], float]
Opened = tuple[Database, Clock]  # the database and the CPU seconds that its server has used
NOW = datetime(2026, 12, 1, tzinfo=UTC)
PERIOD = books.Period(date(2026, 1, 1), date(2026, 12, 31))


def main() -> list[Result]:
    """A result a database. Raises: Unmeasured when the books are not clean, or without hledger."""
    generated = generate(ENTRIES)
    with tempfile.TemporaryDirectory(prefix="minuta-bench-") as folder:
        return asyncio.run(_measure(Path(folder), generated))


async def _measure(folder: Path, generated: Books) -> list[Result]:
    results, peer = [], None
    for name, opened in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        async with opened(folder, generated) as (database, server_cpu):
            await _prepare(database)
            peer = peer or await _hledger(database, folder)
            results.append(await _result(name, database, peer, generated, server_cpu))
    return results


async def _result(
    name: str, database: Database, peer: Peer, generated: Books, server_cpu: Clock
) -> Result:
    cpu_before = time.process_time() + server_cpu()
    runs = [await _timed(database, _audit) for _ in range(RUNS)]
    cpu_s = (time.process_time() + server_cpu() - cpu_before) / RUNS
    limits = [await _timed(database, _sum) for _ in range(RUNS)]
    ours = round(median(runs), 2)
    return Result(
        name=f"check-{name}",
        unit="s",
        ours=ours,
        peer=peer,
        limit=Limit("sum over the entries", round(median(limits), 3)),
        runs=RUNS,
        spread=spread(runs),
        command="make bench T=check",
        details={
            "entries": len(generated.entries),
            "journals": len(generated.journals),
            "accounts": len(generated.accounts),
            "cpu_s": round(cpu_s, 2),
            "target_s": TARGET_S,
            "within_target": ours <= TARGET_S,
            "parts_s": {part: round(await _timed(database, do), 2) for part, do in PARTS.items()},
        },
    )


async def _timed(database: Database, do: Callable[[AsyncConnection], Awaitable[object]]) -> float:
    async with database.reading() as db:
        began = time.perf_counter()
        await do(db)
        return time.perf_counter() - began


async def _audit(db: AsyncConnection) -> None:
    faults = await books.check_ledger(db)
    if faults:
        raise Unmeasured(f"the books are not clean: {faults[:3]}")


async def _sum(db: AsyncConnection) -> None:
    query = text("SELECT count(*), sum(amount), sum(balance_after) FROM ledger_entry")
    (await db.execute(query)).one()


PARTS: dict[str, Callable[[AsyncConnection], Awaitable[object]]] = {
    "ledger": ledger.check,
    "books": books.check_books,
}


async def _prepare(database: Database) -> None:
    """Seal, sum by day and close what is over, as a server does while it runs."""
    async with database.transaction() as db:
        while await ledger.seal(db, NOW):
            pass
        while await books.roll_up(db, 50_000):
            pass
    async with database.transaction() as db:
        first = await books.next_closing(db)
        while first and books.month_of(first).last < date(2026, 10, 1):
            month = books.month_of(first)
            await books.close_period(db, month.first, month.last, "bench", NOW)
            first = await books.next_closing(db)
    if not database.sqlite:
        async with database.transaction() as db:
            await db.execute(text("ANALYZE"))


async def _hledger(database: Database, folder: Path) -> Peer:
    """Seconds of `hledger check` on the same books as plain text."""
    path = folder / "books.journal"
    async with database.reading() as db:
        pieces = books.export_journal(db, books.Format.HLEDGER, PERIOD, 5_000)
        await _save(path, pieces)
    try:
        said = await asyncio.to_thread(_run, "hledger", "--version")
        began = time.perf_counter()
        await asyncio.to_thread(_run, "hledger", "-f", str(path), "check")
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unmeasured(f"hledger: {error}") from error
    return Peer("hledger check", said.split()[1].strip(","), round(time.perf_counter() - began, 2))


async def _save(path: Path, pieces: AsyncIterator[bytes]) -> None:
    with path.open("wb") as file:
        async for piece in pieces:
            file.write(piece)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@asynccontextmanager
async def _sqlite(folder: Path, generated: Books) -> AsyncIterator[Opened]:
    database = Database(f"sqlite:///{folder}/books.db", patient=True)
    await migrate(database)
    await asyncio.to_thread(write_sqlite, f"{folder}/books.db", generated)
    yield database, lambda: 0.0
    await database.close()


@asynccontextmanager
async def _postgresql(_folder: Path, generated: Books) -> AsyncIterator[Opened]:
    cluster = Cluster()
    try:
        await asyncio.to_thread(cluster.start)
        url = await cluster.recreate("books")
        database = Database(url, patient=True)
        await migrate(database)
        await write_postgresql(url, generated)
        yield database, cluster.cpu_s
        await database.close()
    finally:
        await asyncio.to_thread(cluster.remove)
