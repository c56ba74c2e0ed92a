"""The border: money in by top-up, money out by refund and payout.

The row with the idempotency key is written before the acquirer is asked. `begin_top_up` does
both in one transaction, which suits an acquirer that answers at once. For one behind a network,
commit between the steps, so that a crash cannot lose the key and no lock waits for the network:
`plan_top_up`, commit, `ask_checkout` without any transaction, `note_checkout`.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store as rows
from ledger.errors import (
    GatewayRefused,
    GatewayUnreachable,
    PayOutRefused,
    RefundRefused,
    TopUpConflict,
    TopUpUnknown,
)
from ledger.gateway import (
    Checkout,
    Gateway,
    Movement,
    PaymentEvent,
    PaymentState,
    PayOutRequest,
    RefundRequest,
)
from ledger.holds import hold, void_hold
from ledger.journals import Draft
from ledger.money import Money
from ledger.payments import (
    MovementState,
    Outgoing,
    TopUp,
    TopUpState,
    after,
    arrived,
    checkout_request,
    hold_key,
    returned,
    sent,
    source_of,
)
from ledger.verbs import post_many


async def plan_top_up(
    db: AsyncConnection,
    gateway: str,
    party: str,
    amount: Money,
    return_url: str,
    at: datetime,
    top_up_id: str,
) -> TopUp:
    """Write the top-up and its idempotency key down; the acquirer is not asked yet.

    Asked again, answers the top-up as it stands. Raises: TopUpConflict when the id belongs to
    another party, amount or acquirer.
    """
    if amount.minor <= 0:
        raise ValueError(f"a top-up of {amount.minor}")
    planned = TopUp(
        id=top_up_id,
        party=party,
        amount=amount,
        state=TopUpState.CREATED,
        gateway=gateway,
        return_url=return_url,
        idempotency_key=f"top_up:{top_up_id}:1",
        created_at=at,
    )
    await rows.add_top_up(db, planned)
    stored = await top_up(db, top_up_id)
    if (stored.party, stored.amount, stored.gateway) != (party, amount, gateway):
        raise TopUpConflict(top_up_id)
    return stored


async def ask_checkout(gateway: Gateway, top_up: TopUp) -> Checkout | GatewayRefused | None:
    """Open the checkout of a planned top-up; needs no transaction.

    None when nothing is to be noted: it was opened before, or the acquirer is silent.
    """
    if top_up.state is not TopUpState.CREATED or top_up.url:
        return None
    try:
        return await gateway.open_checkout(checkout_request(top_up))
    except GatewayUnreachable:
        return None
    except GatewayRefused as refused:
        return refused


async def note_checkout(
    db: AsyncConnection, top_up_id: str, checkout: Checkout | GatewayRefused, at: datetime
) -> TopUp:
    """Remember where the payer pays, or why the acquirer will not have him.

    News of the payment may have come first: a paid top-up stays paid. Raises: TopUpUnknown.
    """
    stored = await rows.top_up_by_id(db, top_up_id, lock=True)
    if stored is None:
        raise TopUpUnknown(top_up_id)
    fresh = stored.state is TopUpState.CREATED
    if isinstance(checkout, GatewayRefused):
        state = TopUpState.REFUSED if fresh else stored.state
        noted = replace(stored, state=state, refusal=checkout.reason)
    else:
        state = TopUpState.PENDING if fresh else stored.state
        noted = replace(stored, state=state, ref=checkout.ref, url=checkout.url)
    await rows.save_top_up(db, noted, at)
    return noted


async def begin_top_up(
    db: AsyncConnection,
    gateway: Gateway,
    party: str,
    amount: Money,
    return_url: str,
    at: datetime,
    top_up_id: str,
) -> TopUp:
    """Plan a top-up and open its checkout; asked again, continue where the last call stopped.

    When the acquirer is silent the top-up stays "created" without a `url`: its outcome there is
    unknown, and asking again with the same id repeats the same request under the same key.
    Raises: TopUpConflict.
    """
    planned = await plan_top_up(db, gateway.name, party, amount, return_url, at, top_up_id)
    answer = await ask_checkout(gateway, planned)
    return await note_checkout(db, top_up_id, answer, at) if answer else planned


async def top_up(db: AsyncConnection, id: str) -> TopUp:
    """Raises: TopUpUnknown."""
    found = await rows.top_up_by_id(db, id)
    if found is None:
        raise TopUpUnknown(id)
    return found


async def accept_payment(db: AsyncConnection, event: PaymentEvent, at: datetime) -> TopUp | None:
    """Take news whose signature is checked; None when it is about nothing of ours.

    Each event is applied once, each payment is credited once, whatever the order and the number
    of deliveries. The verdict is kept with the event.
    """
    fresh = await rows.add_event(db, event, at)
    if event.state in (PaymentState.SENT, PaymentState.RETURNED):
        verdict = await _finish(db, event, at) if fresh else ""
        found = None
    else:
        found = await rows.top_up_of_event(db, event)
        if found is None or not fresh:
            verdict = "unknown" if fresh else ""
        else:
            found, verdict = await _apply(db, found, event, at)
    if fresh:
        await rows.save_verdict(db, event, verdict)
    return found


async def _apply(
    db: AsyncConnection, found: TopUp, event: PaymentEvent, at: datetime
) -> tuple[TopUp, str]:
    changed, draft, verdict = after(found, event)
    if draft is not None:
        result = (await post_many(db, [draft], at))[0]
        if not result.moved:
            return found, f"{verdict}_{result.status.value}"
    if changed != found:
        await rows.save_top_up(db, changed, at)
    return changed, verdict


async def refund(
    db: AsyncConnection,
    gateway: Gateway,
    top_up_id: str,
    amount: Money,
    at: datetime,
    refund_id: str,
) -> Outgoing:
    """Give unspent prepaid money back the way it came: held now, a journal when it is sent.

    Asked again with the same id, repeats the request under the same key while it is pending.
    Raises: TopUpUnknown, InsufficientFunds, RefundRefused ("not_paid", "exceeds_payment",
    "id_taken").
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
        gateway=gateway.name,
        idempotency_key=f"refund:{refund_id}:1",
    )
    if known is not None and not _same(known, asked):
        raise RefundRefused(refund_id, "id_taken")
    outgoing = known or await _begin(db, asked, at)
    if outgoing.state is not MovementState.PENDING or outgoing.ref:
        return outgoing
    request = RefundRequest(refund_id, paid.payment, amount, outgoing.idempotency_key)
    try:
        movement = await gateway.refund(request)
    except GatewayUnreachable:
        return outgoing
    except GatewayRefused as refused:
        movement = Movement("", done=False, refused=refused.reason)
    return await _note_movement(db, outgoing, movement, at)


async def pay_out(
    db: AsyncConnection,
    gateway: Gateway,
    party: str,
    destination: str,
    amount: Money,
    at: datetime,
    pay_out_id: str,
) -> Outgoing:
    """Send earnings to the acquirer's account of a party; asked again, as `refund`.

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
        gateway=gateway.name,
        idempotency_key=f"pay_out:{pay_out_id}:1",
    )
    if known is not None and not _same(known, asked):
        raise PayOutRefused(pay_out_id, "id_taken")
    outgoing = known or await _begin(db, asked, at)
    if outgoing.state is not MovementState.PENDING or outgoing.ref:
        return outgoing
    request = PayOutRequest(pay_out_id, destination, amount, outgoing.idempotency_key)
    try:
        movement = await gateway.pay_out(request)
    except GatewayUnreachable:
        return outgoing
    except GatewayRefused as refused:
        movement = Movement("", done=False, refused=refused.reason)
    return await _note_movement(db, outgoing, movement, at)


async def _begin(db: AsyncConnection, asked: Outgoing, at: datetime) -> Outgoing:
    await hold(db, hold_key(asked), source_of(asked), asked.amount, at)
    await rows.add_outgoing(db, asked, at)
    return asked


def _same(known: Outgoing, asked: Outgoing) -> bool:
    facts = (known.kind, known.party, known.target, known.amount, known.gateway)
    return facts == (asked.kind, asked.party, asked.target, asked.amount, asked.gateway)


async def _note_movement(
    db: AsyncConnection, outgoing: Outgoing, movement: Movement, at: datetime
) -> Outgoing:
    noted = replace(outgoing, ref=movement.ref, refusal=movement.refused)
    if movement.refused:
        noted = replace(noted, state=MovementState.REFUSED)
        await void_hold(db, hold_key(outgoing), at)
    else:
        drafts = [sent(outgoing)] if movement.done or outgoing.kind == "pay_out" else []
        if movement.done and outgoing.kind == "pay_out":
            drafts.append(arrived(outgoing))
        await _post(db, drafts, at)
        if movement.done:
            noted = replace(noted, state=MovementState.DONE)
    await rows.save_outgoing(db, noted, at)
    return noted


async def _finish(db: AsyncConnection, event: PaymentEvent, at: datetime) -> str:
    """Later news of a refund or payout: it arrived, or it came back, even after it had arrived."""
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
        await _note_movement(db, outgoing, movement, at)
        return "noted"
    await _post(db, [returned(outgoing) if back else arrived(outgoing)], at)
    state = MovementState.REFUSED if back else MovementState.DONE
    await rows.save_outgoing(db, replace(outgoing, state=state, refusal=event.reason), at)
    return "noted"


async def _post(db: AsyncConnection, drafts: list[Draft], at: datetime) -> None:
    for result in await post_many(db, drafts, at):
        result.raise_for_status()
