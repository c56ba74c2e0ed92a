"""Stripe's words in ours: every status of its library is known, any other one is not guessed."""

import re
from pathlib import Path
from typing import Any

import pytest
import stripe

from ledger import stripe_reading as reading
from ledger.acquirer import CheckoutStatus, DisputeStatus, PaymentStatus, RefundStatus
from ledger.errors import UnknownAnswer

HOME = Path(stripe.__file__).parent
MONEY: dict[str, Any] = {"amount": 1000, "amount_received": 900, "currency": "eur"}


def documented(file: str, field: str = "status") -> set[str]:
    """The words that the library's own source gives for a field."""
    source = (HOME / file).read_text()
    block = re.search(rf"\n    {field}: (.*?)\n    \"\"\"(.*?)\"\"\"", source, re.DOTALL)
    assert block
    return set(re.findall(r"\"(\w+)\"", block[1])) or set(re.findall(r"`([a-z_]+)`", block[2]))


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("checkout/_session.py", "_CHECKOUTS"),
        ("_payment_intent.py", "_PAYMENTS"),
        ("_refund.py", "_REFUNDS"),
        ("_dispute.py", "_DISPUTES"),
        ("_payout.py", "_PAYOUTS"),
    ],
)
def test_every_documented_status_is_known(file: str, table: str) -> None:
    assert documented(file) <= set(getattr(reading, table))


@pytest.mark.parametrize(
    ("read", "facts"),
    [
        (reading.payment, {"id": "pi_1", **MONEY}),
        (reading.refund, {"id": "re_1", **MONEY}),
        (reading.dispute, {"id": "dp_1", **MONEY}),
        (reading.settlement, {"id": "po_1", **MONEY}),
        (reading.checkout, {"id": "cs_1"}),
    ],
)
@pytest.mark.parametrize("status", ["astonished", None, 5])
def test_a_new_word_is_not_guessed(read: Any, facts: dict[str, Any], status: Any) -> None:
    with pytest.raises(UnknownAnswer) as caught:
        read({**facts, "status": status})
    assert caught.value.field.endswith(".status")
    assert caught.value.value == str(status)


def test_a_currency_that_we_do_not_keep_is_not_guessed() -> None:
    with pytest.raises(UnknownAnswer, match="currency"):
        reading.money({"amount": 5, "currency": "xau"})


def test_amounts_are_what_came_and_not_what_was_asked() -> None:
    facts = {"id": "pi_1", "status": "succeeded", **MONEY, "metadata": {"top_up": "t1"}}
    assert reading.payment(facts).amount.minor == 900
    assert reading.payment({**facts, "status": "processing"}).amount.minor == 1000


def test_a_declined_try_may_be_tried_again() -> None:
    error = {"code": "card_declined", "decline_code": "lost_card"}
    facts = {"id": "pi_1", "status": "requires_payment_method", **MONEY}
    assert reading.payment(facts).status is PaymentStatus.OPEN
    tried = reading.payment({**facts, "last_payment_error": error})
    assert (tried.status, tried.reason) == (PaymentStatus.REFUSED, "lost_card")
    paid = reading.payment({**facts, "status": "succeeded", "last_payment_error": error})
    assert paid.status is PaymentStatus.SUCCEEDED


def test_references_expanded_or_not() -> None:
    facts = {"id": "re_1", "status": "succeeded", **MONEY}
    for intent in ("pi_1", {"id": "pi_1"}):
        assert reading.refund({**facts, "payment_intent": intent}).payment == "pi_1"
    assert reading.refund({**facts, "payment_intent": None}).payment == ""
    assert reading.refund(facts).status is RefundStatus.SUCCEEDED
    due = {**facts, "status": "needs_response", "evidence_details": {"due_by": None}}
    assert (reading.dispute(due).status, reading.dispute(due).answer_by) == (
        DisputeStatus.OPEN,
        None,
    )
    page = reading.checkout({"id": "cs_1", "status": "open", "client_reference_id": "t1"})
    assert (page.status, page.top_up) == (CheckoutStatus.OPEN, "t1")


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("payment_intent.succeeded", "payment_intent"),
        ("charge.dispute.funds_withdrawn", "charge.dispute"),
        ("charge.refund.updated", "charge.refund"),
        ("charge.updated", "charge"),
        ("charge.captured", ""),
        ("customer.created", ""),
        ("nonsense", ""),
    ],
)
def test_what_news_is_about(kind: str, what: str) -> None:
    assert reading.about(kind) == what
    assert (kind in reading.SUBSCRIBED) is bool(what)
