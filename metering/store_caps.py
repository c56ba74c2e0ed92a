"""Rows of caps that a payer sets for members, and what members have spent."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account
from metering import schema
from metering.caps import Cap
from metering.clock import microseconds
from metering.store import account_text, live_meters_where

_CAPS = schema.caps
_METERS = schema.meters
_CHARGES = schema.charges


async def put(db: AsyncConnection, cap: Cap, at: datetime) -> None:
    """Set, raise or lower it."""
    dialect = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    row = {
        "payer": account_text(cap.payer),
        "member": cap.member,
        "period": cap.period,
        "amount_minor": cap.amount_minor,
        "zone": cap.zone,
        "set_us": microseconds(at),
    }
    told = {name: row[name] for name in ("amount_minor", "zone", "set_us")}
    written = dialect(_CAPS).values(row)
    await db.execute(
        written.on_conflict_do_update(index_elements=["payer", "member", "period"], set_=told)
    )


async def drop(db: AsyncConnection, payer: Account, member: str, period: str) -> None:
    """No cap any more."""
    await db.execute(
        _CAPS.delete().where(
            _CAPS.c.payer == account_text(payer),
            _CAPS.c.member == member,
            _CAPS.c.period == period,
        )
    )


async def of_payer(db: AsyncConnection, payer: Account, member: str | None = None) -> list[Cap]:
    """In the order of members and periods; of one member if one is named."""
    query = select(_CAPS).where(_CAPS.c.payer == account_text(payer))
    if member is not None:
        query = query.where(_CAPS.c.member == member)
    rows = await db.execute(query.order_by(_CAPS.c.member, _CAPS.c.period))
    return [Cap(payer, row.member, row.period, row.amount_minor, row.zone) for row in rows]


async def spent(db: AsyncConnection, cap: Cap, begin: int, end: int) -> int:
    """Minor units charged for increments that began in [begin, end)."""
    query = (
        select(func.coalesce(func.sum(_CHARGES.c.amount_minor), 0))
        .join(_METERS, _METERS.c.session == _CHARGES.c.session)
        .where(
            _METERS.c.payer == account_text(cap.payer),
            _METERS.c.member == cap.member,
            _METERS.c.member != "",
            _CHARGES.c.second >= begin,
            _CHARGES.c.second < end,
        )
    )
    return int((await db.execute(query)).scalar_one())


async def held(db: AsyncConnection, cap: Cap, but: Collection[str]) -> int:
    """What the member's other live sessions have set aside."""
    query = select(func.coalesce(func.sum(_METERS.c.held_minor), 0)).where(
        _METERS.c.payer == account_text(cap.payer),
        _METERS.c.member == cap.member,
        _METERS.c.member != "",
        _METERS.c.session.not_in(but),
        live_meters_where(),
    )
    return int((await db.execute(query)).scalar_one())
