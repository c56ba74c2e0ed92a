"""Rows of keys and signatures under receipts: the only file that reads and writes their tables."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import schema
from metering.clock import microseconds, moment
from metering.cosigning import Cosignature, Cosigner, Stand
from metering.receipts import Receipt
from metering.store import CHAIN, receipts_of

_CHARGES = schema.charges
_COSIGNERS = schema.cosigners
_SIGNED = schema.cosignatures


def instant(at: datetime) -> str:
    """As a moment stands in what is signed."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def add_cosigner(db: AsyncConnection, session: str, one: Cosigner, at: datetime) -> None:
    row = {"session": session, "leg": one.leg, "stand": one.stand.value, "key": one.key}
    row |= {"why": one.why, "by": one.by}
    await db.execute(insert(_COSIGNERS).values(**row, said_us=microseconds(at)))


async def cosigners_of(
    db: AsyncConnection, sessions: Sequence[str]
) -> dict[str, tuple[Cosigner, ...]]:
    """What was said of the legs, in the order it was said."""
    table = _COSIGNERS
    query = select(table).where(table.c.session.in_(sessions))
    found: dict[str, tuple[Cosigner, ...]] = dict.fromkeys(sessions, ())
    for row in await db.execute(query.order_by(table.c.said_us, table.c.leg, table.c.stand)):
        at = instant(moment(row.said_us))
        one = Cosigner(row.leg, Stand(row.stand), row.key, row.why, row.by, at)
        found[row.session] = (*found[row.session], one)
    return found


async def add_cosignature(db: AsyncConnection, one: Cosignature, at: datetime) -> None:
    row = one._asdict()
    del row["at"]
    await db.execute(insert(_SIGNED).values(**row, signed_us=microseconds(at)))


async def cosignatures_of(db: AsyncConnection, session: str) -> list[Cosignature]:
    """The whole chain."""
    query = select(_SIGNED).where(_SIGNED.c.session == session).order_by(_SIGNED.c.seq)
    return [_link(row) for row in await db.execute(query)]


async def last_cosignature(db: AsyncConnection, session: str) -> Cosignature | None:
    query = select(_SIGNED).where(_SIGNED.c.session == session)
    row = (await db.execute(query.order_by(_SIGNED.c.seq.desc()).limit(1))).first()
    return None if row is None else _link(row)


async def is_signed(db: AsyncConnection, session: str, leg: str, n: int) -> bool:
    same = (_SIGNED.c.session == session, _SIGNED.c.leg == leg, _SIGNED.c.n == n)
    return (await db.execute(select(_SIGNED.c.seq).where(*same))).first() is not None


async def who_signed(db: AsyncConnection, session: str) -> dict[int, tuple[str, ...]]:
    """The legs that signed each increment, by its number; those that nobody signed are left out."""
    query = select(_SIGNED.c.n, _SIGNED.c.leg).where(_SIGNED.c.session == session)
    found: dict[int, tuple[str, ...]] = {}
    for n, leg in await db.execute(query.order_by(_SIGNED.c.n, _SIGNED.c.leg)):
        found[n] = (*found.get(n, ()), leg)
    return found


async def last_signed(db: AsyncConnection, sessions: Sequence[str]) -> dict[tuple[str, str], int]:
    """The last increment that each leg signed, by (session, leg)."""
    query = select(_SIGNED.c.session, _SIGNED.c.leg, func.max(_SIGNED.c.n))
    rows = await db.execute(
        query.where(_SIGNED.c.session.in_(sessions)).group_by(_SIGNED.c.session, _SIGNED.c.leg)
    )
    return {(session, leg): n for session, leg, n in rows}


async def receipts_after(
    db: AsyncConnection, session: str, n: int, most: int, last: bool = False
) -> list[Receipt]:
    """Receipts beyond increment `n`, in order, at most so many: the first ones, or the last."""
    beyond = CHAIN.where(_CHARGES.c.session == session, _CHARGES.c.n > n)
    order = _CHARGES.c.n.desc() if last else _CHARGES.c.n
    rows = (await db.execute(beyond.order_by(order).limit(most))).all()
    return receipts_of(reversed(rows) if last else rows)


def _link(row: Row[Any]) -> Cosignature:
    return Cosignature(
        row.session,
        row.seq,
        row.n,
        row.leg,
        row.receipt,
        row.signature,
        instant(moment(row.signed_us)),
        row.prev,
        row.node,
        row.counter,
    )
