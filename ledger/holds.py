"""Holds: money set aside on an account, counted by its limit, entered nowhere until posted.

A hold ends at most once: posted by a draft that names it (`Draft.posts_hold`), voided, or expired.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store
from ledger.accounts import Account, account_of
from ledger.errors import HoldConflict, HoldEnded, HoldUnknown, TryAgain
from ledger.journals import Leg, Result, Status
from ledger.judge import Standing, refusal
from ledger.money import Money

EXPIRED_MAX = 1000  # holds that one sweep ends


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
    standing = (await lock_and_expire(db, [payer], at))[payer]
    known = (await store.holds_by_key(db, [key])).get(key)
    if known is not None:
        if (known.account, known.amount) != (payer, amount.minor):
            raise HoldConflict(key)
        if known.ended in ("void", "expire"):
            raise HoldEnded(key, known.ended)
        return
    refused = refusal(Leg(payer, -amount.minor), standing)
    if refused:
        refused.raise_for_status()
    if standing.floor is None and standing.status != "open":
        Result(Status.FROZEN, account=payer).raise_for_status()
    if not await store.write_hold(db, key, standing.id, amount.minor, at, expires_at):
        raise TryAgain(key)
    await store.save_standings(db, [replace(standing, held=standing.held + amount.minor)])


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
        await _end(db, {key: found.amount}, "void", standing, at)


_DUE = text(
    "SELECT h.key, h.amount, h.account_id FROM ledger_hold h"
    " WHERE h.account_id = :account_id AND h.expires_us <= :now"
    " AND NOT EXISTS (SELECT 1 FROM ledger_hold_end e WHERE e.hold_key = h.key) LIMIT :most"
)


async def lock_and_expire(
    db: AsyncConnection, accounts: Collection[Account], at: datetime
) -> dict[Account, Standing]:
    """Lock accounts and end their holds that are due, so that limits count living holds only."""
    standings = await store.lock(db, accounts)
    for account, standing in standings.items():
        if not standing.held:
            continue
        facts = {"account_id": standing.id, "now": store.us_of(at), "most": EXPIRED_MAX}
        due = {row[0]: row[1] for row in await db.execute(_DUE, facts)}
        if due:
            standings[account] = await _end(db, due, "expire", standing, at)
    return standings


_DUE_ACCOUNTS = text(
    "SELECT DISTINCT a.kind, a.owner, a.currency FROM ledger_hold h"
    " JOIN ledger_account a ON a.id = h.account_id WHERE h.expires_us <= :now"
    " AND NOT EXISTS (SELECT 1 FROM ledger_hold_end e WHERE e.hold_key = h.key) LIMIT :most"
)


async def expire_holds(db: AsyncConnection, at: datetime) -> int:
    """End holds that are due on any account; answers on how many accounts it looked."""
    facts = {"now": store.us_of(at), "most": EXPIRED_MAX}
    accounts = [account_of(*row) for row in await db.execute(_DUE_ACCOUNTS, facts)]
    if accounts:
        await lock_and_expire(db, accounts, at)
    return len(accounts)


async def _end(
    db: AsyncConnection, holds: dict[str, int], kind: str, standing: Standing, at: datetime
) -> Standing:
    ends = [{"hold_key": key, "kind": kind, "journal_id": None} for key in holds]
    await store.write_hold_ends(db, ends, at)
    released = replace(standing, held=standing.held - sum(holds.values()))
    await store.save_standings(db, [released])
    return released
