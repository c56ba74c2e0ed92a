"""The periodic run: what has cleared is paid out by itself, once a payee and period.

The run may stop anywhere and be begun again: a row, unique by party, period and currency, says
who was paid.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import SYSTEM, Switch, WrongRail, limit_of, require_open
from ledger.money import Money
from ledger.payouts import earnings, store
from ledger.payouts.pay_outs import PayOut, least_of, period_of, periodic_id
from ledger.payouts.verbs import cleared, request_pay_out
from ledger.payouts.verbs_reserve import keep_reserve

# A transaction: who has written into the audit journal must not wait for another payee's account.
PAYEES_MAX = 1

Payee = tuple[str, str]  # party, currency
FIRST: Payee = ("", "")


@dataclass(frozen=True, slots=True)
class Run:
    """`made` now; go on after `last`, in a new transaction, until that is None."""

    made: tuple[PayOut, ...]
    last: Payee | None


async def make_pay_outs(
    db: AsyncConnection,
    period: str,
    at: datetime,
    after: Payee = FIRST,
    limit: int = PAYEES_MAX,
) -> Run:
    """Ask for payouts of some payees who have earnings and details and were not paid in `period`.

    Repeating a part, or the whole run, makes nothing anew. Raises: SwitchedOff.
    """
    await require_open(db, Switch.PAYOUTS)
    found = await earnings.payees_of_period(db, period, after, limit)
    made = [one for payee in found if (one := await _pay(db, period, payee, at))]
    return Run(tuple(made), found[-1] if len(found) == limit else None)


async def go_on(db: AsyncConnection, at: datetime, limit: int = PAYEES_MAX) -> Run | None:
    """The next part of this week's run, from where the last one stopped; None when it is over.

    Raises: SwitchedOff; nothing is lost then, the run goes on when payouts are let again.
    """
    period = period_of(at.astimezone(UTC).date())
    after, over = await store.run_of(db, period)
    if over:
        return None
    run = await make_pay_outs(db, period, at, after, limit)
    await store.save_run(db, period, run.last, at)
    return run


async def _pay(db: AsyncConnection, period: str, payee: Payee, at: datetime) -> PayOut | None:
    party, currency = payee
    await keep_reserve(db, party, currency, at)
    amount = (await cleared(db, party, currency, at)).cleared
    most = await limit_of(db, "payout.most", currency)
    if most is not None:
        amount = min(amount, most)
    if amount < (await limit_of(db, "payout.least", currency) or least_of(currency)):
        return None
    try:
        id = periodic_id(period, party, currency)
        return await request_pay_out(
            db, id, party, Money(amount.minor, currency), SYSTEM, at, period
        )
    except WrongRail:
        return None  # the party has moved to another country and not said where to pay now
