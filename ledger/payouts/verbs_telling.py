"""The list of what owners must be told; a fact is written once, and read until it is told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.payouts import store
from ledger.payouts.telling import Told


async def tell(
    db: AsyncConnection, key: str, party: str, kind: str, at: datetime, **facts: str
) -> None:
    """Put a fact on the list, in the transaction of what it tells about; a known key adds none."""
    await store.add_told(db, key, party, kind, facts, at)


async def untold(db: AsyncConnection, limit: int = 50) -> list[Told]:
    """What was not told yet, oldest first."""
    return await store.untold(db, limit)


async def mark_told(db: AsyncConnection, id: int, at: datetime) -> None:
    """Whoever tells them has taken it over. Idempotent."""
    await store.mark_told(db, id, at)
