"""The flows beside a session's own: appraisals, subscriptions, firms, claims.

Each verb reads what is there under the accounts' locks, asks the nouns and posts, all in the
caller's transaction. Asked again, it finds its journal and changes nothing. Flows that need no
reading are drafts for `post_many`: budgets, exchange, fees, tax.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import settling_store, views
from ledger.accounts import Account
from ledger.appraisals import Appraisal, appraisal_drafts, budget
from ledger.collection import claim_collected, recourse_of
from ledger.errors import KeyConflict
from ledger.firms import division_draft, ref_of
from ledger.journals import Draft, Status
from ledger.money import Money
from ledger.posting import lock_free, post_all
from ledger.subscriptions import Subscription, day_drafts, ended_early
from ledger.verbs import post_many

CLAIMS_MAX = 50  # parties of one transaction


async def appraise(db: AsyncConnection, appraisal: Appraisal, at: datetime) -> None:
    """Pay a bonus out of the budget, or take a penalty from the errand's pay into it.

    Raises: InsufficientFunds when the budget does not reach; PenaltyTooHigh; KeyConflict when the
    errand was appraised otherwise.
    """
    performer, currency = appraisal.performer, appraisal.change.currency
    accounts = {performer, budget(currency), *recourse_of(performer)}
    free = await lock_free(db, accounts, at)
    known = await views.journal_by_id(db, f"grade:{appraisal.errand}")
    if known is not None:
        if (performer, appraisal.change) not in [(e.account, e.amount) for e in known.entries]:
            raise KeyConflict(known.id)
        return
    pay = Money(await settling_store.earned_for(db, appraisal.errand, performer), currency)
    await post_all(db, appraisal_drafts(appraisal, pay, free), at)


async def earn_days(
    db: AsyncConnection, subscription: Subscription, through: date, at: datetime
) -> Money:
    """Release what was served by the end of `through`; answers what the advance still holds.

    Each day is effective on itself; one in a closed period is recorded with today's date and keeps
    its own in the memo.
    """
    free = await lock_free(db, [subscription.advance], at)
    left = Money(free[subscription.advance], subscription.price.currency)
    for draft in day_drafts(subscription, through, left):
        result = (await post_many(db, [draft], at))[0]
        if result.status is Status.PERIOD_CLOSED:
            await post_all(db, [replace(draft, effective_on=None)], at)
        else:
            result.raise_for_status()
        left += draft_sum(draft, subscription.advance)
    return left


def draft_sum(draft: Draft, account: Account) -> Money:
    """What a draft does to one account."""
    minor = sum(leg.minor for leg in draft.legs if leg.account == account)
    return Money(minor, account.currency)


async def end_subscription(
    db: AsyncConnection, subscription: Subscription, through: date, to: Account, at: datetime
) -> Money:
    """Earn the days served by `through` and give the rest back to `to`; answers the rest."""
    known = await views.journal_by_id(db, f"sub_end:{subscription.id}")
    if known is not None:
        return sum((e.amount for e in known.entries if e.account == to), subscription.price * 0)
    left = await earn_days(db, subscription, through, at)
    await post_all(db, [ended_early(subscription, left, to)], at)
    return left


async def divide_in_firm(
    db: AsyncConnection,
    firm: Account,
    session: str,
    weights: Sequence[tuple[str, int]],
    at: datetime,
) -> None:
    """Keep who in the firm brought how much of what `firm` (its earnings) has of a session.

    Asked again, after a ruling or with other weights, enters the difference.

    Raises: InsufficientFunds when a member was paid already what the firm now takes back.
    """
    await lock_free(db, [firm], at)
    earned = Money(await settling_store.earned_for(db, session, firm), firm.currency)
    prefix = f"firm:{firm.owner}/{session}:"
    given: dict[Account, int] = {}
    journals = await views.journals_of(db, ref_of(firm.owner))
    divisions = [journal for journal in journals if journal.id.startswith(prefix)]
    for entry in (entry for journal in divisions for entry in journal.entries):
        if entry.account.owner.startswith(f"{firm.owner}/"):
            given[entry.account] = given.get(entry.account, 0) + entry.amount.minor
    number = len(divisions) + 1
    draft = division_draft(firm.owner, session, number, earned, weights, given)
    await post_all(db, [draft], at)


async def collect_claims(db: AsyncConnection, at: datetime, limit: int = CLAIMS_MAX) -> int:
    """Collect from everybody who owes us and has earned since; how many were looked at.

    The occasion is the claim's last entry: asked again before it moves, nothing is taken twice.
    Call it again, in a new transaction, until it answers 0.
    """
    found = await settling_store.claims(db, limit)
    for earnings, version in found:
        await collect_claim(db, earnings, f"{earnings.owner}:{earnings.currency}:{version}", at)
    return len(found)


async def collect_claim(db: AsyncConnection, earnings: Account, key: str, at: datetime) -> None:
    """What a provider owes us is taken from the earnings there are; `key` names the occasion."""
    free = await lock_free(db, [earnings, *recourse_of(earnings)], at)
    if await views.journal_by_id(db, f"recourse:{key}") is None:
        await post_all(db, [claim_collected(key, earnings, free)], at)
