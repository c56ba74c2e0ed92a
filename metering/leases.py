"""Every shard of meters has one owner at a time.

An owner renews its leases every few seconds by the database's clock, and stops acting by its own
monotonic clock well before they run out. Taking a shard raises its epoch, and every statement that
writes a meter asks for the epoch again, so a process that slept past its leases writes nothing.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store_shards
from metering.clock import MICROSECONDS
from metering.shards import SHARDS
from metering.store_shards import database_us

LEASE_S = 10
RENEW_AFTER_S = 3
STOP_AFTER_S = 7  # of the owner's monotonic clock since the last renewal

NowUs = Callable[[AsyncConnection], Awaitable[int]]


@dataclass(slots=True)
class Lease:
    """The shards that this owner holds, with the epochs that it took them with."""

    owner: str
    epochs: dict[int, int] = field(default_factory=dict)


async def take(
    db: AsyncConnection, lease: Lease, most: int = SHARDS, now_us: NowUs = database_us
) -> set[int]:
    """More shards, up to so many in all; answers which are new."""
    room = most - len(lease.epochs)
    if room <= 0:
        return set()
    now = await now_us(db)
    until_us = now + LEASE_S * MICROSECONDS
    taken = await store_shards.take(db, lease.owner, lease.epochs.keys(), room, now, until_us)
    lease.epochs.update(taken)
    return set(taken)


async def renew(db: AsyncConnection, lease: Lease, now_us: NowUs = database_us) -> set[int]:
    """Keep them; answers which are lost, and forgets those."""
    until_us = await now_us(db) + LEASE_S * MICROSECONDS
    return lose(lease, await store_shards.renew(db, lease.epochs, until_us))


async def release(db: AsyncConnection, lease: Lease) -> None:
    """Let the next owner in at once."""
    await store_shards.release(db, lease.epochs)
    lease.epochs.clear()


def lose(lease: Lease, kept: Collection[int]) -> set[int]:
    """Forget every shard but `kept`; answers which were forgotten."""
    lost = {shard for shard in lease.epochs if shard not in kept}
    for shard in lost:
        del lease.epochs[shard]
    return lost
