"""Giving credit, offering it, and taking back what nobody spent in time."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.credit import Purse, expiry_draft, grant_draft
from ledger.posting import post_all
from ledger.promo import store
from ledger.promo.errors import GrantConflict
from ledger.promo.grants import Grant
from ledger.store import lock

EXPIRED_MAX = 500  # purses that one sweep drains


async def grant(db: AsyncConnection, wanted: Grant, at: datetime) -> Grant:
    """Give; the same grant again changes nothing.

    Raises: GrantConflict.
    """
    if not await store.add(db, wanted):
        known = await store.by_id(db, wanted.id)
        if known is None or not known.same_promise(wanted):
            raise GrantConflict(wanted.id)
        return known
    await post_all(db, [grant_draft(wanted.id, wanted.amount)], at)
    return wanted


async def purses(db: AsyncConnection, party: str, currency: str, at: datetime) -> list[Purse]:
    """What a party may spend of its credit at this moment, the first to expire first."""
    return await store.purses(db, party, currency, at)


async def granted_to(db: AsyncConnection, party: str) -> list[Grant]:
    """All grants that a party ever got, the first to expire first."""
    return await store.of_party(db, party)


async def expire(db: AsyncConnection, at: datetime) -> int:
    """Give what is left after its day back to the campaigns; answers how many purses it drained.

    Credit that a session drew in time stays with the session; what its settlement gives back
    after the day goes with a later sweep.
    """
    due = await store.due(db, at, EXPIRED_MAX)
    standings = await lock(db, due)
    drafts = [
        expiry_draft(purse, standing.available, standing.version)
        for purse, standing in standings.items()
        if standing.available > 0
    ]
    await post_all(db, drafts, at)
    return len(drafts)
