"""The drivers' own connections, used inside SQLAlchemy's transaction: the write path of the ledger.

SQLAlchemy costs 50 microseconds a split (docs/decisions/0009); whole columns handed to asyncpg, and
one visit to the thread of sqlite3, cost a tenth. What fails is raised as DBAPIError, as SQLAlchemy
does. Every private name of aiosqlite that we use is in this file.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.errors import TryAgain

T = TypeVar("T")

TAKEN_BACK = frozenset({"40001", "40P01"})  # SQLSTATE: serialization failure, deadlock
OUT_OF_REACH = ("08", "53", "57")  # SQLSTATE classes: connection, resources, operator

# What asyncpg raises of itself. InternalClientError: the server said goodbye to an idle connection,
# and the next statement came before its end was noticed.
BROKEN = (asyncpg.InterfaceError, asyncpg.InternalClientError)

_NOTHING = text("SELECT 1")


async def fetch(db: AsyncConnection, statement: str, *columns: Any) -> Sequence[Any]:
    """Rows of a PostgreSQL statement with $1, $2 … for `columns`; prepared once a connection.

    The first statement of a transaction goes through SQLAlchemy, which begins it.
    """
    driver = driver_of(db)
    if not driver.is_in_transaction():
        return (await db.exec_driver_sql(statement, columns)).all()
    try:
        return await driver.fetch(statement, *columns)  # type: ignore[no-any-return]
    except (asyncpg.PostgresError, *BROKEN, OSError) as error:
        raise DBAPIError(statement, None, error) from error


async def in_thread(db: AsyncConnection, work: Callable[..., T], *facts: Any) -> T:
    """`work(connection, *facts)` in the thread that owns the sqlite3 connection."""
    if not db.in_transaction():
        await db.execute(_NOTHING)
    driver = driver_of(db)
    try:
        return await driver._execute(work, driver._conn, *facts)  # type: ignore[no-any-return]
    except (sqlite3.Error, OverflowError) as error:
        raise DBAPIError(work.__name__, None, error) from error


def met(error: Exception) -> bool:
    """Whether a transaction failed only because of others: judged again, it may pass."""
    cause = _cause(error)
    busy = isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)
    return busy or isinstance(error, TryAgain) or _sqlstate(cause) in TAKEN_BACK


def lost(error: Exception) -> bool:
    """Whether nobody answered: what was asked may have been done."""
    cause = _cause(error)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(cause, (OSError, TimeoutError, PoolTimeout)):
        return True
    unfit = isinstance(cause, ValueError)  # asyncpg's word for a value that it cannot send
    closed = isinstance(cause, BROKEN) and not unfit
    return closed or _sqlstate(cause)[:2] in OUT_OF_REACH


def _cause(error: Exception) -> BaseException:
    orig = error.orig if isinstance(error, DBAPIError) else None
    return orig or error


def _sqlstate(cause: BaseException) -> str:
    return getattr(cause, "sqlstate", None) or ""


def driver_of(db: AsyncConnection) -> Any:
    """asyncpg's or aiosqlite's connection."""
    sync = db.sync_connection
    assert sync is not None
    return sync.connection.driver_connection


def plain_column(column: Iterable[object]) -> str:
    """A column as PostgreSQL writes arrays: numbers and words in which nothing needs quotes."""
    return f"{{{','.join(map(str, column))}}}"


def text_column(column: Sequence[str]) -> str:
    """The same for any texts, each in quotes."""
    if not column:
        return "{}"
    joined = '","'.join(column)
    if "\\" in joined or joined.count('"') != 2 * (len(column) - 1):
        joined = '","'.join(t.replace("\\", "\\\\").replace('"', '\\"') for t in column)
    return f'{{"{joined}"}}'
