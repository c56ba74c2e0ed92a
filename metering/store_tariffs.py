"""Rows and values of published tariffs: the only file that reads and writes their table."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import schema
from metering.clock import microseconds, moment
from metering.published import PLATFORM, Published
from metering.tariffs import Tariff

_TARIFFS = schema.tariffs


async def add(db: AsyncConnection, wanted: Published) -> None:
    """Write a version, unless there is one of that number."""
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    row = {
        "plan": wanted.plan,
        "owner": wanted.owner,
        "version": wanted.version,
        "tariff": wanted.tariff.to_json(),
        "published_us": microseconds(wanted.published_at),
        "published_by": wanted.published_by,
        "why": wanted.why,
    }
    await db.execute(insert(_TARIFFS).values(row).on_conflict_do_nothing())


async def versions(
    db: AsyncConnection, plan: str, owner: str = PLATFORM, limit: int = 1
) -> list[Published]:
    """The newest first."""
    query = (
        select(_TARIFFS)
        .where(_TARIFFS.c.plan == plan, _TARIFFS.c.owner == owner)
        .order_by(_TARIFFS.c.version.desc())
        .limit(limit)
    )
    return [_published(row) for row in await db.execute(query)]


async def version(db: AsyncConnection, plan: str, owner: str, number: int) -> Published | None:
    query = select(_TARIFFS).where(
        _TARIFFS.c.plan == plan, _TARIFFS.c.owner == owner, _TARIFFS.c.version == number
    )
    row = (await db.execute(query)).first()
    return None if row is None else _published(row)


async def plans(db: AsyncConnection) -> list[Published]:
    """The platform's plans in force, by name."""
    return await _newest(db, _TARIFFS.c.owner == PLATFORM)


async def rates(db: AsyncConnection, plan: str) -> list[Published]:
    """Every consultant's rate in force within a plan."""
    return await _newest(db, (_TARIFFS.c.owner != PLATFORM) & (_TARIFFS.c.plan == plan))


async def texts(db: AsyncConnection) -> list[tuple[str, str, int, str]]:
    """Plan, owner, number and text of every version, as they are kept, in this order."""
    columns = (_TARIFFS.c.plan, _TARIFFS.c.owner, _TARIFFS.c.version, _TARIFFS.c.tariff)
    rows = await db.execute(select(*columns).order_by(*columns[:3]))
    return [(row.plan, row.owner, row.version, row.tariff) for row in rows]


async def _newest(db: AsyncConnection, wanted: Any) -> list[Published]:
    last = (
        select(_TARIFFS.c.owner, _TARIFFS.c.plan, func.max(_TARIFFS.c.version).label("version"))
        .where(wanted)
        .group_by(_TARIFFS.c.owner, _TARIFFS.c.plan)
        .subquery()
    )
    query = (
        select(_TARIFFS)
        .join(
            last,
            (_TARIFFS.c.owner == last.c.owner)
            & (_TARIFFS.c.plan == last.c.plan)
            & (_TARIFFS.c.version == last.c.version),
        )
        .order_by(_TARIFFS.c.plan, _TARIFFS.c.owner)
    )
    return [_published(row) for row in await db.execute(query)]


def _published(row: Row[Any]) -> Published:
    return Published(
        plan=row.plan,
        owner=row.owner,
        version=row.version,
        tariff=Tariff.from_json(row.tariff),
        published_at=moment(row.published_us),
        published_by=row.published_by,
        why=row.why,
    )
