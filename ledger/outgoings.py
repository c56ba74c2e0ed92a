"""The border outwards: refunds of top-ups and payouts of earnings through an acquirer.

A movement is planned (its money is held, its key is stored), then asked for, then noted:

    plan_refund | plan_pay_out  ──commit──►  ask  ──no transaction──►  note

Each step may be repeated: the same id plans once, the same key asks once, the same answer is
booked once. `refund` and `pay_out` do all three in one transaction, for an acquirer that answers
at once and cannot be silent.
"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store as rows
from ledger.errors import (
    GatewayRefused,
    GatewayUnreachable,
    PayOutRefused,
    RefundRefused,
    TopUpUnknown,
)
from ledger.freezing import post_through
from ledger.gateway import (
    Gateway,
    Movement,
    PaymentEvent,
    PaymentState,
    PayOutRequest,
    RefundRequest,
)
from ledger.holds import hold, void_hold
from ledger.money import Money
from ledger.payments import (
    MovementState,
    Outgoing,
    TopUpState,
    arrived,
    hold_key,
    returned,
    sent,
    source_of,
)


async def plan_refund(
    db: AsyncConnection, top_up_id: str, amount: Money, at: datetime, refund_id: str
) -> Outgoing:
    """Hold unspent prepaid money that is to go back the way it came.

    Asked again, answers the refund as it stands. Raises: TopUpUnknown, InsufficientFunds,
    RefundRefused ("not_paid", "exceeds_payment", "id_taken").
    """
    paid = await rows.top_up_by_id(db, top_up_id, lock=True)
    if paid is None:
        raise TopUpUnknown(top_up_id)
    if paid.state is not TopUpState.PAID:
        raise RefundRefused(refund_id, "not_paid")
    known = await rows.outgoing_by_id(db, refund_id)
    given = await rows.refunded_minor(db, top_up_id)
    if known is None and amount.minor + given > paid.amount.minor:
        raise RefundRefused(refund_id, "exceeds_payment")
    asked = Outgoing(
        id=refund_id,
        kind="refund",
        party=paid.party,
        target=top_up_id,
        amount=amount,
        state=MovementState.PENDING,
        gateway=paid.gateway,
        idempotency_key=f"refund:{refund_id}:1",
        payment=paid.payment,
    )
    if known is not None and not _same(known, asked):
        raise RefundRefused(refund_id, "id_taken")
    return replace(known, payment=paid.payment) if known else await _begin(db, asked, at)


async def plan_pay_out(
    db: AsyncConnection,
    gateway: str,
    party: str,
    destination: str,
    amount: Money,
    at: datetime,
    pay_out_id: str,
) -> Outgoing:
    """Hold earnings that are to go to the acquirer's account of a party; repeatable.

    Raises: InsufficientFunds, PayOutRefused ("id_taken").
    """
    known = await rows.outgoing_by_id(db, pay_out_id)
    asked = Outgoing(
        id=pay_out_id,
        kind="pay_out",
        party=party,
        target=destination,
        amount=amount,
        state=MovementState.PENDING,
        gateway=gateway,
        idempotency_key=f"pay_out:{pay_out_id}:1",
    )
    if known is not None and not _same(known, asked):
        raise PayOutRefused(pay_out_id, "id_taken")
    return known or await _begin(db, asked, at)


async def ask(gateway: Gateway, outgoing: Outgoing) -> Movement | None:
    """Ask the acquirer for a planned movement, under its key; needs no transaction.

    None when there is nothing to note: it was answered before, or the acquirer is silent.
    """
    if outgoing.state is not MovementState.PENDING or outgoing.ref:
        return None
    id, amount, key = outgoing.id, outgoing.amount, outgoing.idempotency_key
    if outgoing.kind == "refund":
        asked = RefundRequest(id, outgoing.payment, amount, key)
        return await answer(gateway.refund(asked))
    return await answer(gateway.pay_out(PayOutRequest(id, outgoing.target, amount, key)))


async def answer(call: Awaitable[Movement]) -> Movement | None:
    """What the acquirer says to a call: None is silence, a no is a refused movement."""
    try:
        return await call
    except GatewayUnreachable:
        return None
    except GatewayRefused as refused:
        return Movement("", done=False, refused=refused.reason)


async def note(db: AsyncConnection, id: str, movement: Movement, at: datetime) -> Outgoing:
    """Book the acquirer's answer; news of it may have come first, and then nothing is left to do.

    Raises: KeyError when there is no such movement.
    """
    outgoing = await rows.outgoing_by_id(db, id)
    if outgoing is None:
        raise KeyError(id)
    fresh = outgoing.state is MovementState.PENDING and (movement.done or not outgoing.ref)
    return await _note(db, outgoing, movement, at) if fresh else outgoing


async def refund(
    db: AsyncConnection,
    gateway: Gateway,
    top_up_id: str,
    amount: Money,
    at: datetime,
    refund_id: str,
) -> Outgoing:
    """Plan, ask and note a refund in one transaction; asked again, continue. Raises: as planned."""
    planned = await plan_refund(db, top_up_id, amount, at, refund_id)
    if planned.gateway != gateway.name:
        raise RefundRefused(refund_id, "id_taken")
    movement = await ask(gateway, planned)
    return await note(db, refund_id, movement, at) if movement else planned


async def pay_out(
    db: AsyncConnection,
    gateway: Gateway,
    party: str,
    destination: str,
    amount: Money,
    at: datetime,
    pay_out_id: str,
) -> Outgoing:
    """Plan, ask and note a payout in one transaction; asked again, continue. Raises: as planned."""
    planned = await plan_pay_out(db, gateway.name, party, destination, amount, at, pay_out_id)
    movement = await ask(gateway, planned)
    return await note(db, pay_out_id, movement, at) if movement else planned


async def finish(db: AsyncConnection, event: PaymentEvent, at: datetime) -> str:
    """Later news of a movement: it arrived, or it came back, even after it had arrived.

    Answers a verdict in a word.
    """
    outgoing = await rows.outgoing_by_id(db, event.ref)
    if outgoing is None or outgoing.gateway != event.gateway:
        return "unknown"
    back = event.state is PaymentState.RETURNED
    if outgoing.state is MovementState.REFUSED or (
        outgoing.state is MovementState.DONE and not back
    ):
        return "late"
    if event.amount is not None and event.amount != outgoing.amount:
        return "amount_differs"
    moved = outgoing.state is MovementState.DONE or (outgoing.kind == "pay_out" and outgoing.ref)
    if not moved:
        refused = (event.reason or "returned") if back else ""
        movement = Movement(event.payment or outgoing.ref, not back, refused)
        await _note(db, outgoing, movement, at)
        return "noted"
    await post_through(db, [returned(outgoing) if back else arrived(outgoing)], at)
    state = MovementState.REFUSED if back else MovementState.DONE
    await rows.save_outgoing(db, replace(outgoing, state=state, refusal=event.reason), at)
    return "noted"


async def _begin(db: AsyncConnection, asked: Outgoing, at: datetime) -> Outgoing:
    await hold(db, hold_key(asked), source_of(asked), asked.amount, at)
    await rows.add_outgoing(db, asked, at)
    return asked


def _same(known: Outgoing, asked: Outgoing) -> bool:
    facts = (known.kind, known.party, known.target, known.amount, known.gateway)
    return facts == (asked.kind, asked.party, asked.target, asked.amount, asked.gateway)


async def _note(
    db: AsyncConnection, outgoing: Outgoing, movement: Movement, at: datetime
) -> Outgoing:
    noted = replace(outgoing, ref=movement.ref or outgoing.ref, refusal=movement.refused)
    if movement.refused:
        noted = replace(noted, state=MovementState.REFUSED)
        await void_hold(db, hold_key(outgoing), at)
    else:
        drafts = [sent(outgoing)] if movement.done or outgoing.kind == "pay_out" else []
        if movement.done and outgoing.kind == "pay_out":
            drafts.append(arrived(outgoing))
        await post_through(db, drafts, at)
        if movement.done:
            noted = replace(noted, state=MovementState.DONE)
    await rows.save_outgoing(db, noted, at)
    return noted
