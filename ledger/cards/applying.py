"""What a fact does to our books: one way for each kind, all safe to repeat in any order.

Amounts are the fact's, never the news'. A state only climbs: the row of the top-up, refund or
dispute is locked, and whatever is older than what we know already changes nothing.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store
from ledger.acquirer import (
    CheckoutFact,
    CheckoutStatus,
    DisputeFact,
    Fact,
    PaymentFact,
    PaymentStatus,
    RefundFact,
    RefundStatus,
    SettlementFact,
    WarningFact,
)
from ledger.cards.disputes import apply_dispute, apply_warning
from ledger.cards.errors import NotYet
from ledger.cards.fees import want_fee
from ledger.cards.refund_calls import answered_by_news
from ledger.cards.settlements import apply_settlement
from ledger.cashier import accept_payment
from ledger.gateway import PaymentEvent, PaymentState

_PAYMENTS = {
    PaymentStatus.OPEN: PaymentState.PENDING,
    PaymentStatus.REFUSED: PaymentState.REFUSED,
    PaymentStatus.CANCELLED: PaymentState.CANCELLED,
    PaymentStatus.SUCCEEDED: PaymentState.PAID,
}
_REFUNDS = {
    RefundStatus.PENDING: PaymentState.OTHER,
    RefundStatus.SUCCEEDED: PaymentState.SENT,
    RefundStatus.FAILED: PaymentState.RETURNED,
}


async def apply_fact(db: AsyncConnection, gateway: str, news: str, fact: Fact, at: datetime) -> str:
    """Book what is so; `news` is the event's id. Answers a verdict in a word.

    Raises: NotYet for something that we shall know later.
    """
    match fact:
        case PaymentFact():
            return await apply_payment(db, gateway, news, fact, at)
        case CheckoutFact():
            return await _checkout(db, gateway, news, fact, at)
        case RefundFact():
            return await _refund(db, gateway, news, fact, at)
        case DisputeFact():
            return await apply_dispute(db, gateway, fact, at)
        case WarningFact():
            return await apply_warning(db, gateway, fact, at)
        case SettlementFact():
            return await apply_settlement(db, gateway, fact, at)


async def apply_payment(
    db: AsyncConnection, gateway: str, news: str, fact: PaymentFact, at: datetime
) -> str:
    """The one thing that credits a wallet; what the acquirer kept of it follows."""
    if not fact.top_up:
        return "not_ours"
    event = PaymentEvent(
        gateway=gateway,
        id=news,
        state=_PAYMENTS[fact.status],
        payment=fact.ref,
        top_up=fact.top_up,
        amount=fact.amount,
        reason=fact.reason,
    )
    if await accept_payment(db, event, at) is None:
        raise NotYet("top_up_unknown", fact.top_up)
    if fact.status is PaymentStatus.SUCCEEDED:
        await want_fee(db, gateway, fact, at)
    return fact.status.value


async def _checkout(
    db: AsyncConnection, gateway: str, news: str, fact: CheckoutFact, at: datetime
) -> str:
    """The page was completed or has expired: a state, never money."""
    if not fact.top_up:
        return "not_ours"
    expired = fact.status is CheckoutStatus.EXPIRED
    state = PaymentState.EXPIRED if expired else PaymentState.PENDING
    event = PaymentEvent(gateway, news, state, ref=fact.ref, top_up=fact.top_up)
    if await accept_payment(db, event, at) is None:
        raise NotYet("top_up_unknown", fact.top_up)
    return fact.status.value


async def _refund(
    db: AsyncConnection, gateway: str, news: str, fact: RefundFact, at: datetime
) -> str:
    """A refund of ours has arrived or come back. One that was made at the acquirer by hand is not
    in our books: the reconciliation shows it."""
    if not fact.refund:
        return "not_ours"
    if await payments_store.outgoing_by_id(db, fact.refund) is None:
        raise NotYet("refund_unknown", fact.refund)
    event = PaymentEvent(
        gateway=gateway,
        id=news,
        state=_REFUNDS[fact.status],
        payment=fact.ref,
        ref=fact.refund,
        amount=fact.amount,
        reason=fact.reason,
    )
    if event.state is not PaymentState.OTHER:
        await accept_payment(db, event, at)
    await answered_by_news(db, fact.refund, at)
    return fact.status.value
