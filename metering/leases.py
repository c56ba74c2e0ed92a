"""One owner meters at a time.

Taking the lease raises its epoch. The owner renews it in the transaction that charges, and every
meter it writes asks for its epoch again, so a process that slept past its lease writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store
from metering.clock import MICROSECONDS, microseconds
from metering.errors import LeaseLost

NAME = "meters"
LEASE_S = 10
RENEW_AFTER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Lease:
    owner: str
    epoch: int

    @property
    def fence(self) -> ColumnElement[bool]:
        """True inside a statement while this lease is the current one."""
        return store.fence_of(NAME, self.epoch)


async def take(db: AsyncConnection, owner: str, at: datetime) -> Lease | None:
    """The lease under a new epoch, or None while another owner's has not run out."""
    await store.insert_lease(db, NAME)
    row = await store.lease_row(db, NAME)
    now_us = microseconds(at)
    if row is None or (row.owner not in ("", owner) and row.until_us > now_us):
        return None
    lease = Lease(owner, row.epoch + 1)
    until_us = now_us + LEASE_S * MICROSECONDS
    taken = await store.update_lease(db, NAME, row.epoch, owner, lease.epoch, until_us)
    return lease if taken else None


async def renew(db: AsyncConnection, lease: Lease, at: datetime) -> None:
    """Keep it, and keep others from taking it until this transaction ends.

    Raises: LeaseLost.
    """
    until_us = microseconds(at) + LEASE_S * MICROSECONDS
    kept = await store.update_lease(db, NAME, lease.epoch, lease.owner, lease.epoch, until_us)
    if not kept:
        raise LeaseLost(lease.owner, lease.epoch)


async def release(db: AsyncConnection, lease: Lease) -> None:
    """Let the next owner in without waiting; nothing if it is another's already."""
    await store.update_lease(db, NAME, lease.epoch, "", lease.epoch + 1, 0)
