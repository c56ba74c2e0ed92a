"""Holds: money set aside on an account, counted by its limit, entered nowhere until posted.

A hold ends at most once: posted by a draft that names it (`Draft.posts_hold`), voided, or expired.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store
from ledger.accounts import Account, account_of
from ledger.errors import HoldConflict, HoldEnded, HoldUnknown
from ledger.journals import Ask, HoldDraft, Result, Status
from ledger.money import Money

ACCOUNTS_MAX = 1000  # that one sweep looks at


async def hold(
    db: AsyncConnection,
    key: str,
    payer: Account,
    amount: Money,
    at: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Set `amount` (more than zero) aside on `payer`. The same call again changes nothing.

    Raises: InsufficientFunds(account, needed, available); HoldConflict when the key was used for
    another account or amount; HoldEnded when that hold was voided or has expired.
    """
    if amount.minor <= 0 or amount.currency != payer.currency:
        raise ValueError(f"{amount} cannot be held on {payer}")
    [result] = await store.post(db, [HoldDraft(key, payer, amount.minor, expires_at)], at)
    if result.status is Status.CONFLICT:
        raise HoldConflict(key)
    if result.status is Status.HOLD_ENDED:
        ended = (await store.holds_by_key(db, [key]))[key].ended
        raise HoldEnded(key, ended or "")
    result.raise_for_status()


async def ask_many(
    db: AsyncConnection, asks: Sequence[Ask], at: datetime
) -> tuple[list[Result], dict[Account, int]]:
    """Post drafts and make holds in one go, as `post_many`; beside the results, what may now be
    debited of each account that was changed.
    """
    verdict = await store.judged(db, asks, at)
    return verdict.results, {a: s.available for a, s in verdict.standings.items()}


async def void_hold(db: AsyncConnection, key: str, at: datetime) -> None:
    """Give the money back to its account's disposal. Voiding again changes nothing.

    Raises: HoldUnknown; HoldEnded when the hold was posted: its money has moved.
    """
    found = (await store.holds_by_key(db, [key])).get(key)
    if found is None:
        raise HoldUnknown(key)
    standing = (await store.lock(db, [found.account]))[found.account]
    ended = (await store.holds_by_key(db, [key]))[key].ended
    if ended == "post":
        raise HoldEnded(key, ended)
    if ended is None:
        standing.held -= found.amount
        await store.void(db, key, standing, at)


_DUE_ACCOUNTS = text(
    "SELECT DISTINCT a.kind, a.owner, a.currency FROM ledger_hold h"
    " JOIN ledger_account a ON a.id = h.account_id WHERE h.expires_us <= :now"
    " AND NOT EXISTS (SELECT 1 FROM ledger_hold_end e WHERE e.hold_key = h.key) LIMIT :most"
)


async def expire_holds(db: AsyncConnection, at: datetime) -> int:
    """End holds that are due on any account; answers on how many accounts it looked."""
    facts = {"now": store.us_of(at), "most": ACCOUNTS_MAX}
    accounts = [account_of(*row) for row in await db.execute(_DUE_ACCOUNTS, facts)]
    if accounts:
        await store.lock_and_expire(db, accounts, at)
    return len(accounts)
