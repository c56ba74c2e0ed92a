"""Small common steps of the verbs above `post_many`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store
from ledger.accounts import Account
from ledger.journals import Draft
from ledger.verbs import post_many


async def post_all(db: AsyncConnection, drafts: Sequence[Draft | None], at: datetime) -> None:
    """Post every draft that is there, or raise: the caller's transaction then rolls back.

    Raises: InsufficientFunds, KeyConflict, DraftRefused, TryAgain.
    """
    wanted = [draft for draft in drafts if draft is not None]
    for result in await post_many(db, wanted, at):
        result.raise_for_status()


async def lock_free(
    db: AsyncConnection, accounts: Collection[Account], at: datetime
) -> dict[Account, int]:
    """Lock accounts and say what may be debited of each: of those without a floor the balance, of
    frozen ones nothing."""
    standings = await store.lock_and_expire(db, accounts, at)
    return {
        account: standing.available if standing.status == "open" else 0
        for account, standing in standings.items()
    }
