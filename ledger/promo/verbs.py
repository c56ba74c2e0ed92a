"""Giving credit, offering it, and taking back what nobody spent in time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AccountKind
from ledger.credit import Purse, expiry_draft, grant_draft
from ledger.journals import Balance
from ledger.money import Money
from ledger.posting import post_all
from ledger.promo import store
from ledger.promo.errors import GrantConflict
from ledger.promo.grants import Grant
from ledger.store import lock

EXPIRED_MAX = 500  # purses that one sweep drains
PURSES_MAX = 20  # that are offered at once, so that a journal stays a short one


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
    found = await store.purses(db, [party], at)
    return found.get((party, currency), [])[:PURSES_MAX]


async def purses_of(
    db: AsyncConnection, wallets: Collection[Account], at: datetime
) -> dict[Account, list[Purse]]:
    """The purses that go before each of these wallets; a wallet without any is left out."""
    parties = {wallet.owner for wallet in wallets if wallet.kind is AccountKind.PREPAID}
    if not parties:
        return {}
    found = await store.purses(db, sorted(parties), at)
    own = {w: found.get((w.owner, w.currency), [])[:PURSES_MAX] for w in wallets}
    return {wallet: purses for wallet, purses in own.items() if purses}


async def credit_of(db: AsyncConnection, party: str, currency: str, at: datetime) -> Balance:
    """All credit that a party may spend at this moment, as if it were one account."""
    posted, held = await store.sums(db, party, currency, at)
    return Balance(Money(posted, currency), Money(held, currency), Money(posted - held, currency))


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
