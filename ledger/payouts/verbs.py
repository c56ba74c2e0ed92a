"""What has cleared, and asking for a payout of it.

Every verb works in the caller's transaction. A step that was done before changes nothing and
answers the payout as it stands.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.control import (
    SYSTEM,
    Actor,
    ApprovalState,
    Rail,
    Switch,
    approval_of,
    limit_of,
    propose,
    require_open,
    require_rail,
)
from ledger.errors import TryAgain
from ledger.holds import hold
from ledger.money import Money
from ledger.payouts import earnings, store
from ledger.payouts.clearing import Clearing, Earned, clear
from ledger.payouts.errors import (
    NotCleared,
    OutOfBounds,
    PayeeUnknown,
    PayOutConflict,
    PayOutUnknown,
    WrongPayOutState,
)
from ledger.payouts.pay_outs import (
    HELD,
    WAITING,
    PayOut,
    PayOutState,
    earnings_of,
    least_of,
    require_step,
    reserve_of,
)
from ledger.payouts.verbs_reserve import keep_reserve
from ledger.payouts.verbs_way import free_of_blocks, locked, note, refuse
from ledger.verbs import lock_accounts
from ledger.views import balance

DUE_MAX = 500


async def cleared(db: AsyncConnection, party: str, currency: str, at: datetime) -> Clearing:
    """How much of a payee's earnings may leave, and why the rest may not."""
    terms = await store.terms_of(db, party)
    purse = await balance(db, earnings_of(party, currency))
    return clear(
        Earned(
            posted=purse.posted,
            held=purse.held,
            young=await earnings.young(db, party, currency, at - terms.clearing),
            blocked=await store.blocked(db, party, currency),
            reserved=(await balance(db, reserve_of(party, currency))).posted,
            under_way=await store.under_way(db, party, currency),
        )
    )


async def request_pay_out(
    db: AsyncConnection,
    pay_out_id: str,
    party: str,
    amount: Money,
    actor: Actor,
    at: datetime,
    period: str = "",
) -> PayOut:
    """Ask for cleared money. It is held at once; above the limit of two persons a second one has
    to agree. Asked again with the same id, answers the payout as it stands.

    Raises: PayOutConflict, SwitchedOff, PayeeUnknown, WrongRail, OutOfBounds, NotCleared.
    """
    known = await store.pay_out_by_id(db, pay_out_id)
    if known is not None:
        if (known.party, known.amount, known.period) != (party, amount, period):
            raise PayOutConflict(pay_out_id)
        return known
    await require_open(db, Switch.PAYOUTS)
    details = await store.details_of(db, party)
    if details is None:
        raise PayeeUnknown(party)
    await require_rail(db, party, details.rail)
    await _require_bounds(db, amount)
    await _require_cleared(db, party, amount, at)
    made = PayOut(
        pay_out_id, party, amount, details.rail, details.version, PayOutState.REQUESTED, at, period
    )
    await hold(db, made.hold_key, made.earnings, amount, at)
    if not await store.add_pay_out(db, made):
        raise TryAgain(made.hold_key)
    return await _propose(db, made, actor, at)


async def _require_bounds(db: AsyncConnection, amount: Money) -> None:
    least = await limit_of(db, "payout.least", amount.currency) or least_of(amount.currency)
    most = await limit_of(db, "payout.most", amount.currency)
    if amount < least or (most is not None and amount > most):
        raise OutOfBounds(amount, least, most)


async def _require_cleared(db: AsyncConnection, party: str, amount: Money, at: datetime) -> None:
    """Locks the payee's earnings, so that two requests cannot both have the same money."""
    currency = amount.currency
    await lock_accounts(db, [earnings_of(party, currency), reserve_of(party, currency)])
    await keep_reserve(db, party, currency, at)
    clearing = await cleared(db, party, currency, at)
    if amount > clearing.cleared:
        raise NotCleared(party, amount, clearing.cleared)


async def _propose(db: AsyncConnection, made: PayOut, actor: Actor, at: datetime) -> PayOut:
    subject = f"payout:{made.id}"
    found = await propose(db, "payout", subject, made.amount, actor, "", at, party=made.party)
    state = PayOutState.READY if found.granted else PayOutState.WAITING_APPROVAL
    require_step(made, state)
    asked = replace(made, state=state, approval=found.id)
    await store.save_pay_out(db, asked)
    await note(db, asked, actor, "payout.requested", at)
    return asked


async def settle_approvals(db: AsyncConnection, at: datetime) -> list[PayOut]:
    """Let go on, or end, what a second person has decided meanwhile; the changed ones."""
    changed = []
    for waiting in await store.pay_outs_in(db, {PayOutState.WAITING_APPROVAL}, DUE_MAX):
        found = await approval_of(db, "payout", f"payout:{waiting.id}", at)
        if found is None or found.state is ApprovalState.WAITING:
            continue
        if found.granted:
            ready = replace(waiting, state=PayOutState.READY)
            await store.save_pay_out(db, ready)
            changed.append(ready)
        else:
            why = found.reason or found.state.value
            changed.append(await refuse(db, waiting.id, why, SYSTEM, at))
    return changed


async def due_pay_outs(db: AsyncConnection, rail: Rail, at: datetime) -> list[PayOut]:
    """What may leave now by a rail, oldest first: granted, cooled off, not kept by a dispute.
    None while payouts are switched off: raises SwitchedOff."""
    await require_open(db, Switch.PAYOUTS)
    await settle_approvals(db, at)
    due = []
    left: dict[Account, Money] = {}
    for ready in await store.ready_pay_outs(db, rail, at, DUE_MAX):
        if ready.earnings not in left:
            left[ready.earnings] = await free_of_blocks(db, ready)
        if ready.amount <= left[ready.earnings]:
            left[ready.earnings] -= ready.amount
            due.append(ready)
    return due


async def call_off(db: AsyncConnection, id: str, party: str, actor: Actor, at: datetime) -> PayOut:
    """The payee wants it no more, before it has left. Raises: PayOutUnknown (also for another
    party's), WrongPayOutState."""
    found = await locked(db, id)
    if found.party != party:
        raise PayOutUnknown(id)
    if found.state not in WAITING | {PayOutState.REFUSED}:
        raise WrongPayOutState(id, found.state.value, PayOutState.REFUSED.value)
    return await refuse(db, id, "called_off", actor, at)


async def pay_outs_of(db: AsyncConnection, party: str, limit: int = 50) -> list[PayOut]:
    """A payee's payouts, newest first."""
    return await store.pay_outs_of(db, party, limit)


async def open_pay_outs(db: AsyncConnection, rail: Rail | None = None) -> list[PayOut]:
    """All that are asked for and have not left, oldest first."""
    return await store.pay_outs_in(db, HELD, DUE_MAX, rail)


async def in_doubt(db: AsyncConnection, rail: Rail) -> list[PayOut]:
    """Those about which the acquirer was asked and no answer is noted, oldest first."""
    return await store.pay_outs_in(db, {PayOutState.IN_DOUBT}, DUE_MAX, rail)
