"""Rows ↔ values, on whichever database the connection leads to.

PostgreSQL: accounts are locked FOR UPDATE in the order of their keys, which is the order in which
everybody locks them (ledger/store_pg.py). SQLite: the caller's BEGIN IMMEDIATE is the lock
(ledger/store_sqlite.py).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import schema as schema
from ledger import store_pg, store_sqlite
from ledger.accounts import Account
from ledger.driver import in_thread
from ledger.journals import Ask, Result
from ledger.judge import Books, HoldFacts, Standing, Verdict, judge
from ledger.moments import NEVER
from ledger.moments import at_of as at_of
from ledger.moments import us_of as us_of
from ledger.needs import Needs, needs_of


def is_postgresql(db: AsyncConnection) -> bool:
    return db.dialect.name == "postgresql"


def insert_new(db: AsyncConnection, table: Any) -> Any:
    """INSERT … ON CONFLICT DO NOTHING in the connection's dialect."""
    dialect = postgresql if is_postgresql(db) else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


async def post(db: AsyncConnection, asks: Sequence[Ask], at: datetime) -> list[Result]:
    """Lock, read, judge and write a batch; a result for each draft.

    Raises: TryAgain when another transaction has taken a key meanwhile.
    """
    return (await judged(db, asks, at)).results


async def judged(db: AsyncConnection, asks: Sequence[Ask], at: datetime) -> Verdict:
    """The same, and all that came of it."""
    needs = needs_of(asks)
    if not is_postgresql(db):
        return await in_thread(db, store_sqlite.post, needs, at)
    books, ids = await store_pg.read(db, needs, at)
    verdict = judge(asks, books, at.date(), needs.faults)
    await store_pg.write(db, verdict, ids, at)
    return verdict


async def lock(db: AsyncConnection, accounts: Collection[Account]) -> dict[Account, Standing]:
    """Lock accounts until the transaction ends; those that did not exist are opened, empty."""
    return (
        await _look(db, Needs([], [], {account.key: account for account in accounts}))
    ).standings


async def lock_and_expire(
    db: AsyncConnection, accounts: Collection[Account], at: datetime
) -> dict[Account, Standing]:
    """Lock accounts and end their due holds, so that limits count living holds only."""
    needs = Needs([], [], {account.key: account for account in accounts})
    return (await _look(db, needs, at)).standings


async def holds_by_key(db: AsyncConnection, keys: Sequence[str]) -> dict[str, HoldFacts]:
    """The holds that are there."""
    return (await _look(db, Needs([], [], holds=set(keys)))).holds


async def _look(db: AsyncConnection, needs: Needs, at: datetime = NEVER) -> Books:
    """No hold is due at NEVER."""
    if not is_postgresql(db):
        return await in_thread(db, store_sqlite.read, needs, at)
    books, _ = await store_pg.read(db, needs, at)
    return books


async def void(db: AsyncConnection, key: str, standing: Standing, at: datetime) -> None:
    """End a hold of a locked account, whose `held` the caller has lowered already."""
    if is_postgresql(db):
        await store_pg.end_holds(db, [key], "void", at)
        await store_pg.save(db, [standing])
    else:
        await in_thread(db, store_sqlite.end_holds, [key], "void", at)
        await in_thread(db, store_sqlite.save, [standing])
