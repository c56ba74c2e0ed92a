"""The limits that the ledger is measured against: what plain SQL and plain Python can do here.

Everything that can be left out is left out: accounts are numbers, keys are UUIDs, fingerprints are
one integer, there are no holds to look up, no periods, no currencies, no texts. What is promised
stays: balanced journals, chains, limits, unique keys, append-only tables. `GroupCommit` is
the same for both databases; `PutPoster` decides on what it has read without locks and writes in one
call, `CopyPoster` locks, reads, decides and copies, `SqlitePoster` works in one thread.
"""

import asyncio
import sqlite3
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from bench._ledger_limits_sql import POSTGRESQL, POSTGRESQL_FAULTS, SQLITE, SQLITE_FAULTS
from bench._ledger_load import AMOUNT, CUSTOMERS, FEE, OPENING, Op
from bench.result import Unmeasured

PLATFORM, BANK = CUSTOMERS, CUSTOMERS + 1
BATCH_MAX = 4096
# On tables that have just grown the planner would scan the whole journal for `= ANY`.
SETTINGS = {"enable_seqscan": "off", "jit": "off"}
OPENING_ROWS = [
    (n, 0, OPENING) if n < CUSTOMERS else (n, None, 0 if n == PLATFORM else -OPENING * CUSTOMERS)
    for n in range(CUSTOMERS + 2)
]


class Poster(Protocol):
    """Decides and writes a batch; answers a status for each operation."""

    async def post(self, ops: Sequence[Op]) -> list[str]: ...


class Book:
    """Decides operations one after another; `accounts`: id → [balance, version, floor, held]."""

    def __init__(self, accounts: dict[int, list[Any]], seen: dict[uuid.UUID, int], row: int):
        self.accounts, self.seen, self.row = accounts, seen, row
        self.before: dict[int, int] = {}
        self.journals: list[tuple[int, uuid.UUID, int]] = []
        self.entries: list[tuple[int, int, int, int, int]] = []

    def decide(self, keys: Sequence[uuid.UUID], ops: Sequence[Op]) -> list[str]:
        said = []
        for key, op in zip(keys, ops, strict=True):
            known = self.seen.get(key)
            if known is not None:
                said.append("duplicate" if known == AMOUNT else "conflict")
                continue
            balance, _, floor, held = self.accounts[op.payer]
            if floor is not None and balance - held - AMOUNT < floor:
                said.append("insufficient")
                continue
            self._enter(op.payer, -AMOUNT)
            self._enter(op.payee, AMOUNT - FEE)
            self._enter(PLATFORM, FEE)
            self.journals.append((self.row, key, AMOUNT))
            self.seen[key] = AMOUNT
            self.row += 1
            said.append("posted")
        return said

    def _enter(self, id: int, minor: int) -> None:
        account = self.accounts[id]
        self.before.setdefault(id, account[1])
        account[0] += minor
        account[1] += 1
        self.entries.append((id, account[1], self.row, minor, account[0]))


def touched(ops: Sequence[Op]) -> list[int]:
    return list({PLATFORM, *(op.payer for op in ops), *(op.payee for op in ops)})


def uuids(ops: Sequence[Op]) -> list[uuid.UUID]:
    """Keys as a fast client would have made them; the prefix is not needed for the limit."""
    return [uuid.UUID(int=int(op.key.rpartition(":")[2])) for op in ops]


class PutPoster:
    """Optimistic: read without locks, decide, one call."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.row = connection, 1

    async def prepare(self) -> None:
        places = ",".join(f"${n}" for n in range(1, 14))
        self.put = await self.connection.prepare(f"SELECT put({places})")
        self.accounts = await self.connection.prepare(
            "SELECT id, balance, version, floor, held FROM account WHERE id = ANY($1)"
        )
        self.known = await self.connection.prepare(
            "SELECT idem, req_hash FROM journal WHERE idem = ANY($1)"
        )

    async def post(self, ops: Sequence[Op]) -> list[str]:
        keys = uuids(ops)
        seen = {row[0]: row[1] for row in await self.known.fetch(keys)}
        rows = await self.accounts.fetch(touched(ops))
        book = Book({row[0]: list(row)[1:] for row in rows}, seen, self.row)
        said = book.decide(keys, ops)
        if book.journals:
            ids = sorted(book.before)
            versions = [book.accounts[id][1] for id in ids]
            balances = [book.accounts[id][0] for id in ids]
            before = [book.before[id] for id in ids]
            journals, entries = zip(*book.journals, strict=True), zip(*book.entries, strict=True)
            now = datetime.now(UTC)
            await self.put.fetchval(*journals, now, *entries, ids, before, versions, balances)
            self.row = book.row
        return said


class CopyPoster:
    """Lock and read, decide, COPY: the fastest for big batches."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.row = connection, 1

    async def prepare(self) -> None:
        """Nothing: asyncpg keeps statements."""

    async def post(self, ops: Sequence[Op]) -> list[str]:
        link, keys = self.connection, uuids(ops)
        async with link.transaction():
            rows = await link.fetch(
                "SELECT id, balance, version, floor, held FROM account"
                " WHERE id = ANY($1) ORDER BY id FOR UPDATE",
                touched(ops),
            )
            seen = await link.fetch("SELECT idem, req_hash FROM journal WHERE idem = ANY($1)", keys)
            known = {row[0]: row[1] for row in seen}
            book = Book({row[0]: list(row)[1:] for row in rows}, known, self.row)
            said = book.decide(keys, ops)
            if book.journals:
                await self._write(book)
        self.row = book.row
        return said

    async def _write(self, book: Book) -> None:
        now, ids = datetime.now(UTC), sorted(book.before)
        journals = [(id, key, amount, 1, now, now) for id, key, amount in book.journals]
        await self.connection.copy_records_to_table("journal", records=journals)
        await self.connection.execute(
            "UPDATE account a SET balance = v.b, version = v.n"
            " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) v(id, b, n) WHERE a.id = v.id",
            ids,
            [book.accounts[id][0] for id in ids],
            [book.accounts[id][1] for id in ids],
        )
        await self.connection.copy_records_to_table("entry", records=book.entries)


class PostgresLimit:
    """The least tables in a database of their own, one connection, and the check at the end."""

    def __init__(self, url: str, make: Callable[[Any], Any]) -> None:
        self.url, self.make = url, make

    async def __aenter__(self) -> Poster:
        self.connection = await asyncpg.connect(self.url, server_settings=SETTINGS)
        await self.connection.execute(POSTGRESQL)
        await self.connection.execute(
            "INSERT INTO journal VALUES (0, gen_random_uuid(), 0, 0, now(), now())"
        )
        await self.connection.executemany(
            "INSERT INTO account (id, currency, floor, balance, version)"
            " VALUES ($1, 1, $2::bigint, $3::bigint, CASE WHEN $3 = 0 THEN 0 ELSE 1 END)",
            OPENING_ROWS,
        )
        await self.connection.execute(
            "INSERT INTO entry SELECT id, 1, 0, balance, balance FROM account WHERE balance <> 0"
        )
        await self.connection.execute("VACUUM ANALYZE")
        poster = self.make(self.connection)
        await poster.prepare()
        return poster  # type: ignore[no-any-return]

    async def __aexit__(self, *_failure: object) -> None:
        await self.connection.close()

    async def check(self, posted: int) -> None:
        """Raises: Unmeasured when the stored books are not what was acknowledged."""
        row = await self.connection.fetchrow(POSTGRESQL_FAULTS)
        if tuple(row) != (0, posted):
            raise Unmeasured(f"limit: faults, journals are {tuple(row)}, posted {posted}")


class SqlitePoster:
    """Begin immediate, read, decide, executemany, commit: one visit to the thread."""

    def __init__(self, path: Path) -> None:
        self.path, self.row = path, 1
        self.thread = ThreadPoolExecutor(1)
        self.thread.submit(self._open).result()

    def _open(self) -> None:
        self.link = sqlite3.connect(self.path, isolation_level=None)
        self.link.execute("PRAGMA journal_mode=WAL")
        self.link.execute("PRAGMA synchronous=FULL")
        self.link.executescript(SQLITE)
        self.link.execute("BEGIN")
        self.link.execute("INSERT INTO journal VALUES (0, x'00', 0, 0, 0, 0)")
        self.link.executemany(
            "INSERT INTO account (id, currency, floor, balance, version)"
            " VALUES (?1, 1, ?2, ?3, ?3 <> 0)",
            OPENING_ROWS,
        )
        self.link.execute(
            "INSERT INTO entry SELECT id, 1, 0, balance, balance FROM account WHERE balance <> 0"
        )
        self.link.execute("COMMIT")

    async def post(self, ops: Sequence[Op]) -> list[str]:
        return await asyncio.get_running_loop().run_in_executor(self.thread, self._post, ops)

    def _post(self, ops: Sequence[Op]) -> list[str]:
        link, ids, keys = self.link, touched(ops), uuids(ops)
        link.execute("BEGIN IMMEDIATE")
        rows = link.execute(
            "SELECT id, balance, version, floor, held FROM account"
            f" WHERE id IN ({','.join('?' * len(ids))})",
            ids,
        )
        accounts = {row[0]: list(row[1:]) for row in rows}
        known = link.execute(
            f"SELECT idem, req_hash FROM journal WHERE idem IN ({','.join('?' * len(keys))})",
            [key.bytes for key in keys],
        )
        seen = {uuid.UUID(bytes=row[0]): row[1] for row in known}
        book = Book(accounts, seen, self.row)
        said = book.decide(keys, ops)
        if book.journals:
            self._write(book)
        link.execute("COMMIT")
        self.row = book.row
        return said

    def _write(self, book: Book) -> None:
        now = time.time_ns()
        self.link.executemany(
            "INSERT INTO journal VALUES (?, ?, ?, 1, ?, ?)",
            [(id, key.bytes, amount, now, now) for id, key, amount in book.journals],
        )
        self.link.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", book.entries)
        self.link.executemany(
            "UPDATE account SET balance = ?, version = ? WHERE id = ? AND version = ?",
            [(*book.accounts[id][:2], id, version) for id, version in book.before.items()],
        )

    def check(self, posted: int) -> None:
        """Raises: Unmeasured when the stored books are not what was acknowledged."""
        row = self.thread.submit(lambda: self.link.execute(SQLITE_FAULTS).fetchone()).result()
        if row != (0, posted):
            raise Unmeasured(f"limit: faults, journals are {row}, posted {posted}")

    def close(self) -> None:
        self.thread.submit(self.link.close).result()
        self.thread.shutdown()


class GroupCommit:
    """Callers await their own operation; one task posts whatever waits as one batch."""

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.waiting: deque[tuple[Op, asyncio.Future[str]]] = deque()
        self.wake = asyncio.Event()
        self.task = asyncio.ensure_future(self._run())

    async def submit(self, op: Op) -> str:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.waiting.append((op, answer))
        self.wake.set()
        return await answer

    async def _run(self) -> None:
        while True:
            if not self.waiting:
                self.wake.clear()
                await self.wake.wait()
            taken = [self.waiting.popleft() for _ in range(min(len(self.waiting), BATCH_MAX))]
            said = await self.poster.post([op for op, _ in taken])
            for (_, answer), status in zip(taken, said, strict=True):
                if not answer.done():
                    answer.set_result(status)
