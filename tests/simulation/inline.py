"""SQLite in memory behind SQLAlchemy's asynchronous engine, but without a thread.

The product awaits as ever; what it awaits is done at once, in an order that nothing else in the
machine has a part in. `Ear` hears of every statement and of every COMMIT, and may raise.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool


class Ear(Protocol):
    def statement(self) -> None:
        """One is about to be sent."""

    def commit(self, work: Callable[[], None]) -> None:
        """`work` commits."""


class _Deaf:
    def statement(self) -> None:
        pass

    def commit(self, work: Callable[[], None]) -> None:
        work()


class _Cursor:
    def __init__(self, cursor: sqlite3.Cursor, ear: Ear) -> None:
        self._cursor, self._ear = cursor, ear

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, *facts: Any) -> None:
        self._ear.statement()
        self._cursor.execute(*facts)

    async def executemany(self, *facts: Any) -> None:
        self._ear.statement()
        self._cursor.executemany(*facts)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class Inline:
    """What SQLAlchemy and ledger/driver.py use of aiosqlite's connection; one is a database."""

    def __init__(self) -> None:
        self.raw = self._conn = self._connection = sqlite3.connect(":memory:")
        self.raw.isolation_level = None
        self.ear: Ear = _Deaf()

    def __await__(self) -> Any:
        return self
        yield

    def forget(self, template: sqlite3.Connection) -> None:
        """Begin anew, from a copy, with nobody listening."""
        self.ear = _Deaf()
        self.raw.rollback()
        template.backup(self.raw)

    async def _execute(self, work: Callable[..., Any], *facts: Any) -> Any:
        self.ear.statement()
        return work(*facts)

    def cursor(self, *_: Any) -> _Cursor:
        return _Cursor(self.raw.cursor(), self.ear)

    async def commit(self) -> None:
        self.ear.commit(self.raw.commit)

    async def rollback(self) -> None:
        self.raw.rollback()

    async def create_function(self, *facts: Any, **more: Any) -> None:
        self.raw.create_function(*facts, **more)

    async def close(self) -> None:
        """The database lives as long as this does."""


def engine_on(database: Inline) -> AsyncEngine:
    """Every transaction BEGIN IMMEDIATE, as in the product. Its cache of statements is kept."""
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        poolclass=StaticPool,
        connect_args={"async_creator_fn": lambda *_, **__: database},
    )

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
