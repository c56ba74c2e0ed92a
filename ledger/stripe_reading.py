"""Stripe's objects in our words: plain mappings in, facts out. Pure; knows no client.

A status that is not in these tables is UnknownAnswer: its news waits and a person is told, for
guessing what a new word means could move money.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from ledger.acquirer import (
    BalanceLine,
    Category,
    CheckoutFact,
    CheckoutStatus,
    DisputeFact,
    DisputeStatus,
    Notice,
    PaymentFact,
    PaymentStatus,
    RefundFact,
    RefundStatus,
    SettlementFact,
    SettlementStatus,
    WarningFact,
)
from ledger.errors import EventRefused, UnknownAnswer
from ledger.money import CURRENCIES, Money

NAME = "stripe"
Object = Mapping[str, Any]

#: The kinds of news that say something to us, by what they are about.
KINDS: Mapping[str, frozenset[str]] = {
    "checkout.session": frozenset(
        {"completed", "expired", "async_payment_succeeded", "async_payment_failed"}
    ),
    "payment_intent": frozenset({"succeeded", "payment_failed", "canceled", "requires_action"}),
    "charge": frozenset({"updated"}),
    "refund": frozenset({"created", "updated", "failed"}),
    "charge.refund": frozenset({"updated"}),
    "charge.dispute": frozenset(
        {"created", "updated", "closed", "funds_withdrawn", "funds_reinstated"}
    ),
    "radar.early_fraud_warning": frozenset({"created", "updated"}),
    "payout": frozenset({"created", "updated", "paid", "failed", "canceled"}),
}
SUBSCRIBED = tuple(sorted(f"{what}.{verb}" for what, verbs in KINDS.items() for verb in verbs))

_CHECKOUTS = {
    "open": CheckoutStatus.OPEN,
    "complete": CheckoutStatus.COMPLETE,
    "expired": CheckoutStatus.EXPIRED,
}
_PAYMENTS = {
    "requires_payment_method": PaymentStatus.OPEN,
    "requires_confirmation": PaymentStatus.OPEN,
    "requires_action": PaymentStatus.OPEN,
    "requires_capture": PaymentStatus.OPEN,
    "processing": PaymentStatus.OPEN,
    "canceled": PaymentStatus.CANCELLED,
    "succeeded": PaymentStatus.SUCCEEDED,
}
_REFUNDS = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_DISPUTES = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    "warning_closed": DisputeStatus.INQUIRY_CLOSED,
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "appeal_needs_response": DisputeStatus.OPEN,
    "appeal_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "prevented": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
_PAYOUTS = {
    "pending": SettlementStatus.ON_THE_WAY,
    "in_transit": SettlementStatus.ON_THE_WAY,
    "paid": SettlementStatus.ARRIVED,
    "failed": SettlementStatus.FAILED,
    "canceled": SettlementStatus.FAILED,
}
_CATEGORIES = {category.value: category for category in Category}

_Word = TypeVar("_Word")


def about(kind: str) -> str:
    """What a kind of news is about: a key of `KINDS`, "" for kinds that say nothing to us."""
    what, _, verb = kind.rpartition(".")
    return what if verb in KINDS.get(what, ()) else ""


def notice_of(body: bytes, livemode: bool) -> Notice:
    """A delivery whose signature was checked. Raises: EventRefused."""
    try:
        event = json.loads(body)
        if event["object"] != "event":
            raise EventRefused("not_an_event")
        if bool(event["livemode"]) is not livemode:
            raise EventRefused("wrong_mode")
        return notice(event, body.decode())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EventRefused("bad_shape") from error


def notice(event: Object, body: str = "") -> Notice:
    """An event, delivered or listed. Some objects (a balance) have no id: their subject is ""."""
    subject = event["data"]["object"].get("id") or ""
    if not isinstance(event["id"], str) or not isinstance(event["type"], str):
        raise TypeError("an event's id and type are text")
    return Notice(
        gateway=NAME,
        id=event["id"][:200],
        kind=event["type"][:200],
        subject=str(subject)[:200],
        created_at=moment(event["created"]),
        account=str(event.get("account") or "")[:200],
        api_version=str(event.get("api_version") or "")[:40],
        body=body,
    )


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def money(facts: Object, field: str = "amount") -> Money:
    """Raises: UnknownAnswer for a currency that we do not keep."""
    currency = str(facts["currency"]).upper()
    if currency not in CURRENCIES:
        raise UnknownAnswer("currency", currency)
    return Money(int(facts[field]), currency)


def _word(table: Mapping[str, _Word], field: str, value: object) -> _Word:
    if not isinstance(value, str) or value not in table:
        raise UnknownAnswer(field, value)
    return table[value]


def id_of(value: Any) -> str:
    """Of a reference, whether it was expanded or not."""
    return str(value["id"] if isinstance(value, Mapping) else value or "")


def checkout(facts: Object) -> CheckoutFact:
    status = _word(_CHECKOUTS, "checkout.status", facts["status"])
    metadata = facts.get("metadata") or {}
    return CheckoutFact(
        ref=str(facts["id"]),
        status=status,
        top_up=str(metadata.get("top_up") or facts.get("client_reference_id") or ""),
        payment=id_of(facts.get("payment_intent")),
        customer=id_of(facts.get("customer")),
    )


def payment(facts: Object) -> PaymentFact:
    """Of a PaymentIntent, with its latest charge and that one's balance line expanded."""
    status = _word(_PAYMENTS, "payment_intent.status", facts["status"])
    error = facts.get("last_payment_error") or {}
    if error and facts["status"] == "requires_payment_method":
        status = PaymentStatus.REFUSED
    succeeded = status is PaymentStatus.SUCCEEDED
    charge = facts.get("latest_charge")
    kept = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    return PaymentFact(
        ref=str(facts["id"]),
        status=status,
        amount=money(facts, "amount_received" if succeeded else "amount"),
        top_up=str((facts.get("metadata") or {}).get("top_up") or ""),
        charge=id_of(charge),
        customer=id_of(facts.get("customer")),
        card=id_of(facts.get("payment_method")),
        reason=str(error.get("decline_code") or error.get("code") or ""),
        line=line(kept) if isinstance(kept, Mapping) else None,
    )


def refund(facts: Object) -> RefundFact:
    return RefundFact(
        ref=str(facts["id"]),
        status=_word(_REFUNDS, "refund.status", facts["status"]),
        amount=money(facts),
        payment=id_of(facts.get("payment_intent")),
        refund=str((facts.get("metadata") or {}).get("refund") or ""),
        reason=str(facts.get("failure_reason") or ""),
    )


def dispute(facts: Object) -> DisputeFact:
    due = (facts.get("evidence_details") or {}).get("due_by")
    return DisputeFact(
        ref=str(facts["id"]),
        status=_word(_DISPUTES, "dispute.status", facts["status"]),
        amount=money(facts),
        payment=id_of(facts.get("payment_intent")),
        charge=id_of(facts.get("charge")),
        reason=str(facts.get("reason") or ""),
        answer_by=moment(due) if due else None,
        lines=tuple(line(one) for one in facts.get("balance_transactions") or ()),
    )


def warning(facts: Object, payment: str) -> WarningFact:
    """`payment` is asked of the charge where the warning does not name it."""
    return WarningFact(
        ref=str(facts["id"]),
        payment=id_of(facts.get("payment_intent")) or payment,
        kind=str(facts.get("fraud_type") or ""),
        live=bool(facts.get("actionable", True)),
    )


def settlement(facts: Object) -> SettlementFact:
    status = _word(_PAYOUTS, "payout.status", facts["status"])
    return SettlementFact(str(facts["id"]), status, money(facts))


def line(facts: Object) -> BalanceLine:
    """A balance transaction, told apart by `reporting_category`, as Stripe advises accountants."""
    amount = money(facts)
    return BalanceLine(
        id=str(facts["id"]),
        category=_CATEGORIES.get(str(facts.get("reporting_category")), Category.OTHER),
        amount=amount,
        fee=Money(int(facts.get("fee") or 0), amount.currency),
        source=id_of(facts.get("source")),
        at=moment(facts["created"]),
    )
