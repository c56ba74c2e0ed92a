"""Frozen accounts: nothing is taken from one but by an act that was decided before or above it.

A frozen account still receives. Freezing is an account's status in the books, so that every path
of posting and holding respects it; why it is frozen is known by the room that froze it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store
from ledger.accounts import Account
from ledger.holds import hold
from ledger.journals import Draft
from ledger.money import Money
from ledger.verbs import post_many

_SET = text("UPDATE ledger_account SET status = :status WHERE id = :id AND status = :before")


async def freeze(db: AsyncConnection, account: Account) -> None:
    """Stop everything that would take from the account, at once. Again: nothing changes."""
    standing = (await store.lock(db, [account]))[account]
    await db.execute(_SET, {"id": standing.id, "status": "frozen", "before": "open"})


async def thaw(db: AsyncConnection, account: Account) -> None:
    """Let the account be used again; a closed one stays closed."""
    standing = (await store.lock(db, [account]))[account]
    await db.execute(_SET, {"id": standing.id, "status": "open", "before": "frozen"})


async def post_through(db: AsyncConnection, drafts: Sequence[Draft], at: datetime) -> None:
    """Post drafts whose accounts may be frozen: what was held before, or is collected by right.

    Raises: DraftRefused and its kin; the accounts are frozen again in the same transaction.
    """
    accounts = {leg.account for draft in drafts for leg in draft.legs}
    standings = await store.lock(db, accounts) if accounts else {}
    frozen = [account for account, found in standings.items() if found.status == "frozen"]
    for account in frozen:
        await thaw(db, account)
    for result in await post_many(db, drafts, at):
        result.raise_for_status()
    for account in frozen:
        await freeze(db, account)


async def hold_through(
    db: AsyncConnection, key: str, account: Account, amount: Money, at: datetime
) -> None:
    """Set money aside on an account that may be frozen. Raises: as `hold`."""
    standing = (await store.lock(db, [account]))[account]
    if standing.status == "frozen":
        await thaw(db, account)
    await hold(db, key, account, amount, at)
    if standing.status == "frozen":
        await freeze(db, account)
