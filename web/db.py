"""The only place (beside the loops) where a transaction begins and ends.

SQLite has one writer: `transaction()` is BEGIN IMMEDIATE on one connection behind a lock, so two
coroutines never meet a busy database; readers have connections of their own and, thanks to WAL,
see the last committed state. PostgreSQL gets a pool whose every command has a deadline: a database
behind a dead network fails within seconds and does not hang the meters.

There, transactions meet: one of two that wait for each other is taken back. `repeated` does such
work again; web/shield.py wraps handlers in it, web/desk.py the verbs of sockets, loops themselves.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_

from ledger import TryAgain
from metering import StaleMeter
from web.errors import TooBusy

T = TypeVar("T")

COMMAND_TIMEOUT_S = 10
CONNECT_TIMEOUT_S = 5
POOL_SIZE = 10
READERS_MAX = 4
BUSY_TIMEOUT_MS = 10_000
TRIES_MAX = 3
PAUSE_S = 0.05  # at most; by chance, so that two that met do not meet again
TAKEN_BACK = frozenset({"40001", "40P01"})  # SQLSTATE: serialization failure, deadlock
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def portable_url(url: str) -> str:
    """The address with the driver that we use: `postgresql://…` and `sqlite:///…` are accepted."""
    parsed = make_url(url)
    backend = {"postgres": "postgresql"}.get(parsed.get_backend_name(), parsed.get_backend_name())
    if backend not in DRIVERS:
        raise ValueError(f"database: {backend} is not served, use sqlite or postgresql")
    return parsed.set(drivername=DRIVERS[backend]).render_as_string(hide_password=False)


async def repeated(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` answers, done again when its transaction was taken back, TRIES_MAX times in all.

    `work` begins its transaction anew each time, and bears repeating until that has committed.
    Raises: TooBusy after the last try; nothing was done then.
    """
    for n in range(1, TRIES_MAX + 1):
        try:
            return await work()
        except Exception as error:
            if not taken_back(error):
                raise
            if n == TRIES_MAX:
                raise TooBusy from error
        await asyncio.sleep(random.uniform(0, PAUSE_S * n))
    raise AssertionError("the last try answers or raises")


def taken_back(error: Exception) -> bool:
    """Whether a transaction failed only because of others, so that doing it again may help."""
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "sqlstate", None) in TAKEN_BACK
    return isinstance(error, (TryAgain, StaleMeter))


class Database:
    """Transactions for requests, commands, socket messages and loops."""

    def __init__(self, url: str, patient: bool = False) -> None:
        """patient: no deadline for a command, for audits and files that read everything."""
        self.url = portable_url(url)
        self.sqlite = self.url.startswith("sqlite")
        self._one_writer = asyncio.Lock() if self.sqlite else None
        if self.sqlite:
            _make_folder(self.url)
            self._writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", size=1)
            self._reader = _sqlite_engine(self.url, "BEGIN", size=READERS_MAX, read_only=True)
        else:
            self._writer = self._reader = _postgres_engine(self.url, patient)

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations and commands."""
        return self._writer

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose work commits when the block ends and rolls back if it raises."""
        if self._one_writer is None:
            async with self._writer.begin() as db:
                yield db
            return
        async with self._one_writer, self._writer.begin() as db:
            yield db

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one committed state; writing on it is refused by the database."""
        async with self._reader.connect() as db:
            if not self.sqlite:
                await db.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            transaction = await db.begin()
            try:
                yield db
            finally:
                await transaction.rollback()

    async def ping(self) -> None:
        """Raise whatever the driver raises when the database does not answer."""
        async with self.reading() as db:
            await db.execute(text("select 1"))

    async def close(self) -> None:
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def _make_folder(url: str) -> None:
    file = make_url(url).database
    if not file or file == ":memory:":
        raise ValueError("database: SQLite needs a file, sqlite:///path/to/minuta.db")
    Path(file).parent.mkdir(parents=True, exist_ok=True)


def _sqlite_engine(url: str, begin: str, size: int, read_only: bool = False) -> AsyncEngine:
    # Each visit to a connection's thread costs as much as a small batch of money: none to reset
    # what has ended already, and one, not a cursor's three, to begin.
    engine = create_async_engine(url, pool_size=size, max_overflow=0, pool_reset_on_return=None)

    @event.listens_for(engine.sync_engine, "connect")
    def _tune(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        driver = connection.connection.driver_connection
        if driver.in_transaction:  # somebody was cancelled on the way out
            await_(driver.rollback())
        try:
            await_(driver.execute_fetchall(begin))
        except BaseException:
            await_(driver.rollback())  # cancelled here, the thread begins all the same
            raise

    return engine


def _postgres_engine(url: str, patient: bool) -> AsyncEngine:
    deadline_s = None if patient else COMMAND_TIMEOUT_S
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        pool_timeout=CONNECT_TIMEOUT_S,
        connect_args={"command_timeout": deadline_s, "timeout": CONNECT_TIMEOUT_S},
    )
