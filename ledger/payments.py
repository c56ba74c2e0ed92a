"""Payments across the border, as values: what an event from the acquirer does to a top-up.

Events come repeated and in any order. Each state has a rank and a top-up only ever climbs, so the
end is the same for every order; money is credited by the payment's own id, hence once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from ledger.accounts import Account, AccountKind
from ledger.gateway import CheckoutRequest, PaymentEvent, PaymentState
from ledger.journals import Draft, Leg
from ledger.money import CURRENCIES, Money

# A page lives for one to two hours: acquirers want at least half an hour and at most a day, from
# the moment when they are asked. Asked again within the attempt's hour, the request is the same to
# the byte, under the same key; later it is another attempt, under a key of its own. Nobody was told
# where the first one's page is, so nobody can pay on both.
ATTEMPT = timedelta(hours=1)
PAGE_LIFE = timedelta(hours=2)


class TopUpState(Enum):
    """In the order of rank: a later one wins over an earlier one."""

    CREATED = "created"
    PENDING = "pending"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PAID = "paid"


_RANK = {state: rank for rank, state in enumerate(TopUpState)}
_STATE_AFTER = {
    PaymentState.PENDING: TopUpState.PENDING,
    PaymentState.REFUSED: TopUpState.REFUSED,
    PaymentState.CANCELLED: TopUpState.CANCELLED,
    PaymentState.EXPIRED: TopUpState.EXPIRED,
    PaymentState.PAID: TopUpState.PAID,
}


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money on its way into a party's prepaid account. `url` is where the payer pays.

    `refusal` keeps why the last try failed, even when a later one succeeds; `customer` is the
    acquirer's name of a payer who wants the card kept.
    """

    id: str
    party: str
    amount: Money
    state: TopUpState
    gateway: str
    return_url: str
    idempotency_key: str
    created_at: datetime
    url: str = ""
    ref: str = ""
    payment: str = ""
    refusal: str = ""
    customer: str = ""


class MovementState(Enum):
    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Money on its way out: a "refund" (`target` is a top-up) or "pay_out" (a destination).

    `payment` is the acquirer's payment that a refund goes back to.
    """

    id: str
    kind: str
    party: str
    target: str
    amount: Money
    state: MovementState
    gateway: str
    idempotency_key: str
    ref: str = ""
    refusal: str = ""
    payment: str = ""


def checkout_request(top_up: TopUp, at: datetime, description: str = "") -> CheckoutRequest:
    """What to ask the acquirer now; the same request, with the same key, all through an attempt."""
    earlier = max(0, (at - top_up.created_at) // ATTEMPT)
    return CheckoutRequest(
        top_up=top_up.id,
        amount=top_up.amount,
        return_url=top_up.return_url,
        idempotency_key=attempt_key(top_up.id, 1 + earlier),
        expires_at=top_up.created_at + earlier * ATTEMPT + PAGE_LIFE,
        description=description,
        customer=top_up.customer,
    )


def attempt_key(top_up: str, attempt: int) -> str:
    """The idempotency key of the n-th attempt to open a page, from 1."""
    return f"top_up:{top_up}:{attempt}"


def after(top_up: TopUp, event: PaymentEvent) -> tuple[TopUp, Draft | None, str]:
    """The top-up after an event, the journal that the event asks for, and a verdict in a word.

    Money that came, but not as agreed (another amount, a second payment), is not the payer's to
    spend: it goes to SUSPENSE, where a person finds it. The end of another page than the payer's is
    none of his business.
    """
    if event.state is PaymentState.PAID:
        return _paid(top_up, event)
    if event.state is PaymentState.EXPIRED and top_up.ref and event.ref not in ("", top_up.ref):
        return top_up, None, "other_page"
    state = _STATE_AFTER.get(event.state)
    if state is None or _RANK[state] <= _RANK[top_up.state]:
        return top_up, None, "late" if state else "ignored"
    return replace(top_up, state=state, refusal=event.reason or top_up.refusal), None, "noted"


def _paid(top_up: TopUp, event: PaymentEvent) -> tuple[TopUp, Draft | None, str]:
    if not event.payment or event.amount is None:
        return top_up, None, "incomplete"
    if top_up.state is TopUpState.PAID and top_up.payment == event.payment:
        return top_up, None, "paid_before"
    if event.amount != top_up.amount:
        stray = _stray(top_up, event.payment, event.amount)
        if top_up.state is TopUpState.PAID:
            return top_up, stray, "amount_differs"
        refused = replace(top_up, state=TopUpState.REFUSED, refusal="amount_differs")
        return refused, stray, "amount_differs"
    if top_up.state is TopUpState.PAID:
        return top_up, _stray(top_up, event.payment, event.amount), "paid_twice"
    paid = replace(top_up, state=TopUpState.PAID, payment=event.payment)
    wallet = Account(AccountKind.PREPAID, top_up.party, top_up.amount.currency)
    draft = _receipt(top_up, event.payment, event.amount, wallet, "top_up")
    return paid, draft, "credited"


def _stray(top_up: TopUp, payment: str, amount: Money) -> Draft | None:
    if amount.currency not in CURRENCIES or amount.minor <= 0:
        return None
    suspense = Account(AccountKind.SUSPENSE, top_up.party, amount.currency)
    return _receipt(top_up, payment, amount, suspense, "unidentified")


def _receipt(top_up: TopUp, payment: str, amount: Money, to: Account, kind: str) -> Draft:
    cash = Account(AccountKind.CASH, top_up.gateway, amount.currency)
    legs = (Leg(cash, -amount.minor), Leg(to, amount.minor))
    return Draft("psp", f"{top_up.gateway}:{payment}", kind, legs, ref=top_up.id)


def source_of(outgoing: Outgoing) -> Account:
    """The account that the money leaves."""
    kind = AccountKind.PREPAID if outgoing.kind == "refund" else AccountKind.EARNINGS
    return Account(kind, outgoing.party, outgoing.amount.currency)


def hold_key(outgoing: Outgoing) -> str:
    return f"{outgoing.kind}:{outgoing.id}"


def sent(outgoing: Outgoing) -> Draft:
    """Out of the party's account: a refund straight to cash, a payout first into transit."""
    currency = outgoing.amount.currency
    to = Account(AccountKind.CASH, outgoing.gateway, currency)
    if outgoing.kind == "pay_out":
        to = Account(AccountKind.PAYOUT, outgoing.party, currency)
    legs = (Leg(source_of(outgoing), -outgoing.amount.minor), Leg(to, outgoing.amount.minor))
    return Draft(
        outgoing.kind,
        outgoing.id,
        outgoing.kind,
        legs,
        outgoing.target,
        posts_hold=hold_key(outgoing),
    )


def arrived(outgoing: Outgoing) -> Draft:
    """A payout in transit has left our cash."""
    currency, minor = outgoing.amount.currency, outgoing.amount.minor
    transit = Account(AccountKind.PAYOUT, outgoing.party, currency)
    cash = Account(AccountKind.CASH, outgoing.gateway, currency)
    legs = (Leg(transit, -minor), Leg(cash, minor))
    return Draft("arrived", outgoing.id, "pay_out_arrived", legs, outgoing.target)


def returned(outgoing: Outgoing) -> Draft:
    """What was sent came back: from transit, or from cash when it had arrived."""
    currency, minor = outgoing.amount.currency, outgoing.amount.minor
    source = Account(AccountKind.CASH, outgoing.gateway, currency)
    if outgoing.kind == "pay_out" and outgoing.state is MovementState.PENDING:
        source = Account(AccountKind.PAYOUT, outgoing.party, currency)
    legs = (Leg(source, -minor), Leg(source_of(outgoing), minor))
    kind = f"{outgoing.kind}_returned"
    return Draft("returned", outgoing.id, kind, legs, outgoing.target)
