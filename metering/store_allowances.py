"""Rows and values of allowances: the only file that reads and writes their tables."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import schema
from metering.allowances import Drawn, Grant
from metering.clock import microseconds, moment
from metering.errors import AllowanceGone

_GRANTS = schema.allowances
_USES = schema.allowance_uses
_RETURNS = schema.allowance_returns


async def add(db: AsyncConnection, grant: Grant) -> None:
    """Write a grant, unless there is one of that id."""
    dialect = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    row = {
        "id": grant.id,
        "payer": grant.payer,
        "kind": grant.kind,
        "seconds": grant.seconds,
        "step_s": grant.step_s,
        "left_s": grant.left_s,
        "granted_us": microseconds(grant.granted_at),
        "expires_us": microseconds(grant.expires_at) if grant.expires_at else None,
    }
    await db.execute(dialect(_GRANTS).values(row).on_conflict_do_nothing())


async def named(db: AsyncConnection, id: str) -> Grant:
    [row] = await db.execute(select(_GRANTS).where(_GRANTS.c.id == id))
    return _grant(row)


async def of_payer(db: AsyncConnection, payer: str) -> list[Grant]:
    """Every grant that there ever was, in the order of use."""
    rows = await db.execute(select(_GRANTS).where(_GRANTS.c.payer == payer))
    return sorted((_grant(row) for row in rows), key=lambda grant: grant.place)


async def page(db: AsyncConnection, after: str, limit: int) -> list[Grant]:
    """Some grants by id, for whoever reads all of them."""
    query = select(_GRANTS).where(_GRANTS.c.id > after).order_by(_GRANTS.c.id).limit(limit)
    return [_grant(row) for row in await db.execute(query)]


async def open_to(
    db: AsyncConnection, payers: Collection[str], also: Collection[str] = (), lock: bool = False
) -> list[Grant]:
    """Grants with seconds left, and those named in `also`, in the order of use; whose day is over
    is the reader's to see. `lock` keeps others from drawing on them, in one common order."""
    query = select(_GRANTS).where(
        _GRANTS.c.payer.in_(payers), or_(_GRANTS.c.left_s > 0, _GRANTS.c.id.in_(also))
    )
    rows = await db.execute(query.order_by(_GRANTS.c.id).with_for_update() if lock else query)
    return sorted((_grant(row) for row in rows), key=lambda grant: grant.place)


async def payers_with(db: AsyncConnection, payers: Collection[str], at: datetime) -> set[str]:
    """Those of them who may draw on a grant now."""
    query = select(_GRANTS.c.payer).where(
        _GRANTS.c.payer.in_(payers), _GRANTS.c.left_s > 0, _still(at)
    )
    return set((await db.execute(query.distinct())).scalars())


async def move(db: AsyncConnection, grant: str, seconds: int) -> None:
    """Take from a grant (below zero), or put back. Raises: AllowanceGone, if it is not there."""
    left = _GRANTS.c.left_s + seconds
    done = await db.execute(
        update(_GRANTS)
        .where(_GRANTS.c.id == grant, left >= 0, left <= _GRANTS.c.seconds)
        .values(left_s=left)
    )
    if done.rowcount != 1:
        raise AllowanceGone(grant)


async def write_uses(db: AsyncConnection, uses: Sequence[tuple[str, int, Drawn]]) -> None:
    """What increments (session, n) drew."""
    if uses:
        rows = [
            {
                "session": session,
                "n": n,
                "grant_id": one.grant,
                "covered_s": one.covered_s,
                "taken_s": one.taken_s,
            }
            for session, n, one in uses
        ]
        await db.execute(insert(_USES), rows)


async def uses_of(
    db: AsyncConnection, sessions: Collection[str]
) -> dict[str, dict[int, list[Drawn]]]:
    """What was drawn, by session and increment, each in the order of grants' ids."""
    query = (
        select(_USES)
        .where(_USES.c.session.in_(sessions))
        .order_by(_USES.c.session, _USES.c.n, _USES.c.grant_id)
    )
    found: dict[str, dict[int, list[Drawn]]] = {}
    for row in await db.execute(query):
        one = Drawn(row.grant_id, row.covered_s, row.taken_s)
        found.setdefault(row.session, {}).setdefault(row.n, []).append(one)
    return found


async def write_returns(
    db: AsyncConnection, session: str, back: Sequence[tuple[str, int]], at: datetime
) -> None:
    """What a session gives back to its grants; twice breaks the transaction."""
    if back:
        us = microseconds(at)
        rows = [
            {"session": session, "grant_id": grant, "seconds": seconds, "returned_us": us}
            for grant, seconds in back
        ]
        await db.execute(insert(_RETURNS), rows)


async def returned_by(db: AsyncConnection, sessions: Collection[str]) -> dict[str, int]:
    """Seconds that sessions gave back."""
    query = (
        select(_RETURNS.c.session, func.sum(_RETURNS.c.seconds))
        .where(_RETURNS.c.session.in_(sessions))
        .group_by(_RETURNS.c.session)
    )
    return {session: int(seconds) for session, seconds in await db.execute(query)}


async def held_by_meters(db: AsyncConnection) -> list[Drawn]:
    """Every part of an increment that a meter holds."""
    query = select(schema.meters.c.held_seconds).where(schema.meters.c.held_seconds.is_not(None))
    texts = (await db.execute(query)).scalars()
    return [Drawn(*one) for text in texts for one in json.loads(text)]


async def moved_of(db: AsyncConnection, grants: Collection[str]) -> dict[str, int]:
    """By grant: seconds taken by charged increments, less those given back."""
    taken = select(_USES.c.grant_id, func.sum(_USES.c.taken_s)).where(_USES.c.grant_id.in_(grants))
    back = select(_RETURNS.c.grant_id, func.sum(_RETURNS.c.seconds)).where(
        _RETURNS.c.grant_id.in_(grants)
    )
    found: dict[str, int] = {}
    for grant, seconds in await db.execute(taken.group_by(_USES.c.grant_id)):
        found[grant] = int(seconds)
    for grant, seconds in await db.execute(back.group_by(_RETURNS.c.grant_id)):
        found[grant] = found.get(grant, 0) - int(seconds)
    return found


def _still(at: datetime) -> ColumnElement[bool]:
    return or_(_GRANTS.c.expires_us.is_(None), _GRANTS.c.expires_us > microseconds(at))


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        payer=row.payer,
        kind=row.kind,
        seconds=row.seconds,
        step_s=row.step_s,
        left_s=row.left_s,
        granted_at=moment(row.granted_us),
        expires_at=None if row.expires_us is None else moment(row.expires_us),
    )
