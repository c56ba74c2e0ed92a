"""Keeping a part of fresh earnings back, and giving it back when its time has come."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.money import Money
from ledger.payouts import earnings, store
from ledger.payouts.pay_outs import earnings_of, reserve_of
from ledger.payouts.reserves import Kept, keep, kept_draft, releasable, released_draft
from ledger.verbs import lock_accounts, post_many
from ledger.views import balance

EARNINGS_MAX = 500  # journals of one payee in one go
PAYEES_MAX = 50


async def keep_reserves(db: AsyncConnection, at: datetime, limit: int = PAYEES_MAX) -> int:
    """Keep the reserve of payees whose earnings moved; how many were looked at.

    Call it again, in a new transaction, until it answers 0.
    """
    found = await earnings.unswept(db, limit)
    for party, currency in found:
        await keep_reserve(db, party, currency, at)
    return len(found)


async def keep_reserve(db: AsyncConnection, party: str, currency: str, at: datetime) -> None:
    """Keep of every credit of one payee that is not looked at yet. Locks both accounts."""
    await lock_accounts(db, [earnings_of(party, currency), reserve_of(party, currency)])
    fresh = await earnings.fresh_earnings(db, party, currency, EARNINGS_MAX)
    terms = await store.terms_of(db, party)
    wanted = [kept for earning in fresh if (kept := keep(party, earning, terms))]
    results = await post_many(db, [kept_draft(kept) for kept in wanted], at)
    for kept, result in zip(wanted, results, strict=True):
        if result.moved:  # else the money has gone another way already, back to the payer
            await earnings.add_kept(db, kept)
    last = fresh[-1].version if len(fresh) == EARNINGS_MAX else None
    await earnings.mark_swept(db, party, currency, last)


async def release_reserves(db: AsyncConnection, at: datetime, limit: int = 200) -> int:
    """Give back what was kept long enough, of payees without a dispute; how many rows."""
    due = await earnings.due_reserves(db, at, limit)
    payees = sorted({(kept.party, kept.amount.currency) for kept in due})
    accounts = [kind(*payee) for payee in payees for kind in (earnings_of, reserve_of)]
    await lock_accounts(db, accounts)
    for kept in due:
        await _release(db, kept, at)
    return len(due)


async def _release(db: AsyncConnection, kept: Kept, at: datetime) -> None:
    currency = kept.amount.currency
    on_reserve = (await balance(db, reserve_of(kept.party, currency))).available
    others = await earnings.still_kept(db, kept.party, currency) - kept.amount
    amount = releasable(kept, on_reserve, others)
    if not await earnings.save_released(db, kept, amount):
        return
    if amount > Money(0, currency):
        for result in await post_many(db, [released_draft(kept, amount)], at):
            result.raise_for_status()
