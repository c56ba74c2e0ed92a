"""The border inwards: money comes in by top-ups; news of payments moves them on.

The row with the idempotency key is written before the acquirer is asked. `begin_top_up` does
both in one transaction, which suits an acquirer that answers at once. For one behind a network,
commit between the steps, so that a crash cannot lose the key and no lock waits for the network:
`plan_top_up`, commit, `ask_checkout` without any transaction, `note_checkout`.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store as rows
from ledger.control import SYSTEM, Actor, admit_top_up, record_once
from ledger.errors import GatewayRefused, GatewayUnreachable, TopUpConflict, TopUpUnknown
from ledger.gateway import Checkout, Gateway, PaymentEvent, PaymentState
from ledger.money import Money
from ledger.outgoings import finish
from ledger.payments import TopUp, TopUpState, after, attempt_key, checkout_request
from ledger.verbs import post_many


async def plan_top_up(
    db: AsyncConnection,
    gateway: str,
    party: str,
    amount: Money,
    return_url: str,
    at: datetime,
    top_up_id: str,
    *,
    customer: str = "",
    actor: Actor | None = None,
) -> TopUp:
    """Write the top-up and its idempotency key down; the acquirer is not asked yet.

    `customer` is the acquirer's name of a payer whose card is to be kept, "" to keep none;
    `actor`, where given, leaves a row in the audit journal. Asked again, answers the top-up as it
    stands.

    Raises: TopUpConflict when the id belongs to another party, amount or acquirer; SwitchedOff,
    WrongRail, OverLimit when the control room will not have it.
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
        idempotency_key=attempt_key(top_up_id, 1),
        created_at=at,
        customer=customer,
    )
    stored = await rows.top_up_by_id(db, top_up_id)
    if stored is None:
        await admit_top_up(db, party, gateway, amount, at, top_up_id)
        fresh = await rows.add_top_up(db, planned)
        if fresh and actor is not None:
            await _record(db, actor, "top_up.begun", planned, amount, at)
        stored = await top_up(db, top_up_id)
    if (stored.party, stored.amount, stored.gateway) != (party, amount, gateway):
        raise TopUpConflict(top_up_id)
    return stored


async def ask_checkout(
    gateway: Gateway, top_up: TopUp, at: datetime
) -> Checkout | GatewayRefused | None:
    """Open the checkout of a planned top-up; needs no transaction.

    None when nothing is to be noted: it was opened before, or the acquirer is silent.
    """
    if top_up.state is not TopUpState.CREATED or top_up.url:
        return None
    try:
        return await gateway.open_checkout(checkout_request(top_up, at))
    except GatewayUnreachable:
        return None
    except GatewayRefused as refused:
        return refused


async def note_checkout(
    db: AsyncConnection, top_up_id: str, checkout: Checkout | GatewayRefused, at: datetime
) -> TopUp:
    """Remember where the payer pays, or why the acquirer will not have him.

    News of the payment may have come first: a paid top-up stays paid. Of two pages that were opened
    at once the payer is told of the first only. Raises: TopUpUnknown.
    """
    stored = await rows.top_up_by_id(db, top_up_id, lock=True)
    if stored is None:
        raise TopUpUnknown(top_up_id)
    fresh = stored.state is TopUpState.CREATED
    if isinstance(checkout, GatewayRefused):
        state = TopUpState.REFUSED if fresh else stored.state
        noted = replace(stored, state=state, refusal=checkout.reason)
    elif stored.url:
        return stored
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
    unknown, and asking again with the same id repeats the same request under the same key; after an
    hour it is a new attempt.
    Raises: as `plan_top_up`.
    """
    planned = await plan_top_up(db, gateway.name, party, amount, return_url, at, top_up_id)
    answer = await ask_checkout(gateway, planned, at)
    return await note_checkout(db, top_up_id, answer, at) if answer else planned


async def top_up(db: AsyncConnection, id: str) -> TopUp:
    """Raises: TopUpUnknown."""
    found = await rows.top_up_by_id(db, id)
    if found is None:
        raise TopUpUnknown(id)
    return found


async def accept_payment(db: AsyncConnection, event: PaymentEvent, at: datetime) -> TopUp | None:
    """Take news whose signature is checked; None when it is about no top-up of ours.

    Each event is applied once, each payment is credited once, whatever the order and the number
    of deliveries. The verdict is kept with the event.
    """
    fresh = await rows.add_event(db, event, at)
    if event.state in (PaymentState.SENT, PaymentState.RETURNED):
        verdict = await finish(db, event, at) if fresh else ""
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
        amount = event.amount or changed.amount
        await _record(db, SYSTEM, f"top_up.{verdict}", changed, amount, at)
    if changed != found:
        await rows.save_top_up(db, changed, at)
    return changed, verdict


async def _record(
    db: AsyncConnection, actor: Actor, action: str, top_up: TopUp, amount: Money, at: datetime
) -> None:
    await record_once(
        db,
        actor,
        action,
        f"top_up:{top_up.id}",
        "",
        at,
        party=top_up.party,
        gateway=top_up.gateway,
        payment=top_up.payment,
        amount_minor=amount.minor,
        currency=amount.currency,
    )
