"""Rows of shards, and what other nodes leave for an owner.

The fence is a shard's epoch: whoever takes a shard raises it, and whatever an owner writes asks
for the epoch that it took the shard with.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import schema
from metering.errors import MeteringError
from metering.meter import Meter
from metering.store import Epochs, live_meters_where, meter_of

_log = logging.getLogger(__name__)

_SHARDS = schema.shards
_METERS = schema.meters
_WITNESSED = schema.witnessed

_NOW = {
    "postgresql": text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"),
    "sqlite": text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000"),
}


async def database_us(db: AsyncConnection) -> int:
    """The database's clock, in microseconds since 1970."""
    return int((await db.execute(_NOW[db.dialect.name])).scalar_one())


async def take(
    db: AsyncConnection, owner: str, mine: Collection[int], most: int, now_us: int, until_us: int
) -> dict[int, int]:
    """Up to so many shards that are free, ran out, or were this owner's in another life."""
    free = or_(_SHARDS.c.owner.in_(["", owner]), _SHARDS.c.until_us <= now_us)
    query = (
        select(_SHARDS.c.shard, _SHARDS.c.epoch)
        .where(free, _SHARDS.c.shard.not_in(mine))
        .order_by(_SHARDS.c.shard)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    epochs = {row.shard: row.epoch + 1 for row in await db.execute(query)}
    if epochs:
        await db.execute(
            update(_SHARDS)
            .where(_SHARDS.c.shard.in_(epochs))
            .values(owner=owner, epoch=_SHARDS.c.epoch + 1, until_us=until_us)
        )
    return epochs


async def standing(db: AsyncConnection, epochs: Epochs, lock: bool = False) -> set[int]:
    """Of the shards those that are still ours; `lock` keeps them so until the transaction ends."""
    query = (
        select(_SHARDS.c.shard, _SHARDS.c.epoch)
        .where(_SHARDS.c.shard.in_(epochs))
        .order_by(_SHARDS.c.shard)
    )
    rows = await db.execute(query.with_for_update(read=True) if lock else query)
    return {row.shard for row in rows if epochs[row.shard] == row.epoch}


async def renew(db: AsyncConnection, epochs: Epochs, until_us: int) -> set[int]:
    """Keep them; answers which of them are still ours."""
    kept = await standing(db, epochs)
    mine = update(_SHARDS).where(
        _SHARDS.c.shard == bindparam("b_shard"), _SHARDS.c.epoch == bindparam("b_epoch")
    )
    rows = [{"b_shard": shard, "b_epoch": epochs[shard]} for shard in sorted(kept)]
    if rows:
        await db.execute(mine.values(until_us=until_us), rows)
    return kept


async def release(db: AsyncConnection, epochs: Epochs) -> None:
    """Let the next owner in without waiting; nothing where it is another's already."""
    kept = await standing(db, epochs, lock=True)
    await db.execute(
        update(_SHARDS)
        .where(_SHARDS.c.shard.in_(kept))
        .values(owner="", epoch=_SHARDS.c.epoch + 1, until_us=0)
    )


async def other_owners(db: AsyncConnection, owner: str) -> set[str]:
    """Whoever else holds shards by a lease that has not run out."""
    query = select(_SHARDS.c.owner).where(
        _SHARDS.c.owner.not_in(["", owner]), _SHARDS.c.until_us > await database_us(db)
    )
    return set((await db.execute(query.distinct())).scalars())


async def meters_of(db: AsyncConnection, shards: Collection[int]) -> list[Meter]:
    """Every live meter of these shards."""
    query = select(_METERS).where(_METERS.c.shard.in_(shards), live_meters_where())
    return _readable(await db.execute(query))


async def read_news(db: AsyncConnection, shards: Collection[int]) -> list[Meter]:
    """Meters of these shards that others wrote; they are asked for once."""
    waiting = select(_METERS.c.session).where(_METERS.c.news, _METERS.c.shard.in_(shards))
    names = list((await db.execute(waiting)).scalars())
    if not names:
        return []
    seen = update(_METERS).where(_METERS.c.session.in_(names)).values(news=False)
    return _readable(await db.execute(seen.returning(*_METERS.c)))


def _readable(rows: Iterable[Row[Any]]) -> list[Meter]:
    """A row that nobody can read must not keep the others from being metered."""
    found = []
    for row in rows:
        try:
            found.append(meter_of(row))
        except (ValueError, KeyError, MeteringError):
            _log.exception("a meter cannot be read", extra={"session": row.session})
    return found


async def meters_named(db: AsyncConnection, sessions: Collection[str]) -> list[Meter]:
    """Those of them that exist and can be read."""
    return _readable(await db.execute(select(_METERS).where(_METERS.c.session.in_(sessions))))


async def owners_of(db: AsyncConnection, sessions: Collection[str]) -> dict[str, int]:
    """The shards of meters that are live."""
    query = select(_METERS.c.session, _METERS.c.shard).where(
        _METERS.c.session.in_(sessions), live_meters_where()
    )
    return {row.session: row.shard for row in await db.execute(query)}


async def leave(db: AsyncConnection, runs: Sequence[tuple[int, str, int, int]]) -> None:
    """What was seen of meters of another owner: shard, session and the run."""
    names = ("shard", "session", "from_second", "to_second")
    await db.execute(insert(_WITNESSED), [dict(zip(names, run, strict=True)) for run in runs])


async def collect(
    db: AsyncConnection, shards: Collection[int], taken: Sequence[int]
) -> list[tuple[int, str, int, int]]:
    """What others have left of ours: id, session and run; `taken` are ids of the look before.

    They go only now, when that look is known to be committed: read twice they count once, deleted
    by a look whose answer was lost they would be gone.
    """
    if taken:
        await db.execute(delete(_WITNESSED).where(_WITNESSED.c.id.in_(taken)))
    columns = (_WITNESSED.c.id, _WITNESSED.c.session, _WITNESSED.c.from_second)
    left = select(*columns, _WITNESSED.c.to_second).where(_WITNESSED.c.shard.in_(shards))
    found = await db.execute(left.order_by(_WITNESSED.c.id))
    return [(row[0], row[1], row[2], row[3]) for row in found]
