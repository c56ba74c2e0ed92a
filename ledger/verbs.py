"""Moving money: post a batch, lock its accounts, undo a journal. Settling is in `ledger.settling`.

Every verb works inside the caller's transaction and never commits. A transaction that calls
several verbs over shared accounts should `lock_accounts` first: everybody who locks once, in the
common order, can wait for others but never for ever.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store
from ledger.accounts import Account
from ledger.journals import Ask, Result, Status, reversal_of
from ledger.views import journal_by_id


async def post_many(db: AsyncConnection, drafts: Sequence[Ask], at: datetime) -> list[Result]:
    """Judge drafts one by one, in order, and write those that pass; a result for each.

    A draft whose key is on the books already is answered DUPLICATE (the same draft) or CONFLICT
    (another) before anything else is looked at. Refused drafts are not stored.

    Raises: TryAgain when another transaction took a key meanwhile: roll back and repeat.
    """
    return await store.post(db, drafts, at) if drafts else []


async def lock_accounts(db: AsyncConnection, accounts: Collection[Account]) -> None:
    """Take the locks of a whole transaction at once, in the common order."""
    await store.lock(db, accounts)


async def reverse(
    db: AsyncConnection, journal_id: str, key: str, memo: str, at: datetime
) -> Result:
    """Undo a journal on every account it touched, by a new one that names it; at most once.

    The new journal is "reverse:<key>" and is about what the first is about. Its result says what
    stands in the way: the money may have been spent (INSUFFICIENT), the journal may be undone
    already or be an undoing itself (REVERSED_ALREADY), or not exist (REVERSAL_UNKNOWN).
    """
    journal = await journal_by_id(db, journal_id)
    if journal is None:
        return Result(Status.REVERSAL_UNKNOWN)
    [result] = await post_many(db, [reversal_of(journal, key, memo)], at)
    return result
