"""Rows ↔ advances."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.money import Money
from ledger.store import insert_new
from ledger.tax import schema
from ledger.vat import Advance

_TABLE = schema.advance


async def add(
    db: AsyncConnection, key: str, party: str, gross: Money, bp: int, received_on: date
) -> bool:
    """False when the advance is known."""
    row = {
        "key": key,
        "party": party,
        "currency": gross.currency,
        "received_on": received_on,
        "gross": gross.minor,
        "rate_bp": bp,
    }
    written = await db.execute(insert_new(db, _TABLE).values(row))
    return bool(written.rowcount == 1)


async def by_key(db: AsyncConnection, key: str) -> Advance | None:
    row = (await db.execute(select(_TABLE).where(_TABLE.c.key == key))).first()
    return _advance(row) if row else None


async def open_of(db: AsyncConnection, party: str, currency: str) -> list[Advance]:
    """Advances with something left, the oldest first."""
    query = (
        select(_TABLE)
        .where(_TABLE.c.party == party, _TABLE.c.currency == currency)
        .where(_TABLE.c.taken < _TABLE.c.gross)
        .order_by(_TABLE.c.received_on, _TABLE.c.key)
    )
    return [_advance(row) for row in await db.execute(query)]


_SAVE = update(_TABLE).where(_TABLE.c.key == bindparam("of")).values(taken=bindparam("now"))


async def save(db: AsyncConnection, changed: Sequence[Advance]) -> None:
    if changed:
        await db.execute(_SAVE, [{"of": one.key, "now": one.taken_minor} for one in changed])


def _advance(row: Row[Any]) -> Advance:
    return Advance(row.key, row.gross, row.rate_bp, row.taken)
