"""The calls that make refunds: asked under a stored key, in doubt until the answer is noted.

A silent acquirer is asked again under the same key; from the second time on it is looked first
whether our refund is there, by the id in its metadata. When the key may be forgotten it is only
looked for; what is not found by then waits for a person, who has seen the acquirer's own pages.
"""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import outgoings
from ledger.acquirer import CardGateway, RefundFact, RefundStatus
from ledger.cards import refund_rows as rows
from ledger.cards.doing import Clock, Transactions
from ledger.cards.errors import CallNotByHand, RefundUnknown
from ledger.cards.refund_plan import Part, standing
from ledger.cards.refunds import go_on, waiting_refunds
from ledger.cards.states import KEY_LIFE, CallState, back_off
from ledger.control import Actor, Switch, SwitchedOff, record, require_open
from ledger.errors import GatewayError, LedgerError
from ledger.gateway import Movement, RefundRequest

CALLED_MAX = 20

log = structlog.get_logger("cards")


async def work_refunds(transaction: Transactions, gateway: CardGateway, clock: Clock) -> int:
    """One round: carry out what was approved, ask for what is due; how many calls were made."""
    await _go_on(transaction, clock)
    async with transaction() as db:
        states = rows.ASKABLE if await _open(db) else (CallState.IN_DOUBT.value,)
        due = await rows.claim_calls(db, gateway.name, states, clock(), CALLED_MAX)
    for part in due:
        try:
            await _call(transaction, gateway, clock, part)
        except Exception:  # in doubt until its lease ends; the others go on
            log.exception("refund call failed", refund=part.id)
    return len(due)


async def _go_on(transaction: Transactions, clock: Clock) -> None:
    """What second persons decided, each in a transaction of its own."""
    async with transaction() as db:
        waiting = await waiting_refunds(db)
    for one in waiting:
        try:
            async with transaction() as db:
                await go_on(db, one.id, clock())
        except LedgerError as error:
            log.warning("an approved refund waits", refund=one.id, why=str(error))


async def _open(db: AsyncConnection) -> bool:
    """A closed switch stops new calls; what was asked already is followed to its end."""
    try:
        await require_open(db, Switch.REFUNDS)
    except SwitchedOff:
        return False
    return True


async def _call(transaction: Transactions, gateway: CardGateway, clock: Clock, part: Part) -> None:
    young = part.asked_at is not None and clock() - part.asked_at < KEY_LIFE
    movement, heard = None, True
    try:
        movement = await _found(gateway, part) if part.tries > 1 else None
        if movement is None and young:
            movement = await _ask(gateway, part)
    except GatewayError as error:
        heard = False
        log.warning("refund is in doubt", refund=part.id, why=str(error))
    async with transaction() as db:
        at = clock()
        if movement is not None:
            await _note(db, part.id, movement, at)
        elif heard and not young:
            await rows.put_call(db, part.id, CallState.BY_HAND)
            log.error("refund must be decided by hand", refund=part.id, payment=part.payment)
        else:
            await rows.put_off(db, part, at + back_off(part.id, part.tries))


async def _ask(gateway: CardGateway, part: Part) -> Movement | None:
    """None from a silent acquirer; a no is an answer."""
    request = RefundRequest(part.id, part.payment, part.amount, f"refund:{part.id}:1")
    return await outgoings.answer(gateway.refund(request))


async def _found(gateway: CardGateway, part: Part) -> Movement | None:
    """Our refund among those of the payment, by its metadata."""
    for fact in await gateway.refunds_of(part.payment):
        if fact.refund == part.id:
            return movement_of(fact)
    return None


def movement_of(fact: RefundFact) -> Movement:
    failed = fact.status is RefundStatus.FAILED
    refused = (fact.reason or "failed") if failed else ""
    return Movement(fact.ref, fact.status is RefundStatus.SUCCEEDED, refused)


async def _note(db: AsyncConnection, id: str, movement: Movement, at: datetime) -> None:
    await outgoings.note(db, id, movement, at)
    await answered_by_news(db, id, at)


async def answered_by_news(db: AsyncConnection, id: str, at: datetime) -> None:
    """The outcome of a call is known: the call is answered, and its refund stands as its parts."""
    found = await rows.part_by_id(db, id, lock=True)
    if found is None:
        return
    part, refund = found
    if part.call is not CallState.ANSWERED:
        await rows.put_call(db, id, CallState.ANSWERED)
    whole = await rows.refund_by_id(db, refund, lock=True)
    if whole is not None:
        state = standing([one.money for one in whole.parts])
        if state is not whole.state:
            await rows.put_state(db, refund, state, part.refusal, at)


async def decide_call(
    db: AsyncConnection, id: str, actor: Actor, why: str, at: datetime, ref: str = ""
) -> Part:
    """A person has looked: the refund is there as `ref`, or ("") it was never made.

    Raises: RefundUnknown, CallNotByHand; ValueError without a reason.
    """
    if not why.strip():
        raise ValueError("a call is decided with a reason")
    found = await rows.part_by_id(db, id, lock=True)
    if found is None:
        raise RefundUnknown(id)
    part, _ = found
    if part.call is not CallState.BY_HAND:
        raise CallNotByHand(id, part.call.value)
    movement = Movement(ref, done=True) if ref else Movement("", done=False, refused="never_made")
    await _note(db, id, movement, at)
    await record(db, actor, "refund.decided", f"refund:{id}", why, at, ref=ref)
    after = await rows.part_by_id(db, id)
    assert after is not None
    return after[0]


async def calls(db: AsyncConnection, state: CallState) -> list[Part]:
    """Oldest first: IN_DOUBT for alarms, BY_HAND for a person."""
    return await rows.parts_in_state(db, state)
