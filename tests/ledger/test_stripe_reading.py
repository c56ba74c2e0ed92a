"""Stripe's words in ours: every status of its library is known, any other one is not guessed."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe

from ledger import stripe_reading as reading
from ledger.acquirer import (
    BalanceLine,
    Category,
    CheckoutFact,
    CheckoutStatus,
    DisputeFact,
    DisputeStatus,
    Fact,
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
from ledger.money import Money

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


# --- every field of every object, as Stripe writes it

EARLY, LATE = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 9, 9, tzinfo=UTC)
TXN = {
    "id": "txn_1", "amount": 900, "currency": "eur", "fee": 31, "reporting_category": "charge",
    "source": {"id": "ch_1"}, "created": int(EARLY.timestamp()),
}  # fmt: skip
LINE = BalanceLine("txn_1", Category.CHARGE, Money(900, "EUR"), Money(31, "EUR"), "ch_1", EARLY)
WHOLE: list[tuple[Any, dict[str, Any], Fact]] = [
    (
        reading.checkout,
        {
            "id": "cs_1", "status": "complete", "metadata": {"top_up": "t1"},
            "client_reference_id": "t2", "payment_intent": "pi_1", "customer": {"id": "cus_1"},
        },
        CheckoutFact("cs_1", CheckoutStatus.COMPLETE, "t1", "pi_1", "cus_1"),
    ),
    (
        reading.payment,
        {
            "id": "pi_1", "status": "succeeded", **MONEY, "metadata": {"top_up": "t1"},
            "latest_charge": {"id": "ch_1", "balance_transaction": TXN}, "customer": "cus_1",
            "payment_method": {"id": "pm_1"},
        },
        PaymentFact(
            "pi_1", PaymentStatus.SUCCEEDED, Money(900, "EUR"), "t1", "ch_1", "cus_1", "pm_1",
            line=LINE,
        ),
    ),
    (
        reading.payment,
        {
            "id": "pi_1", "status": "canceled", **MONEY, "latest_charge": "ch_1",
            "last_payment_error": {"code": "expired_card"},
        },
        PaymentFact(
            "pi_1", PaymentStatus.CANCELLED, Money(1000, "EUR"), charge="ch_1",
            reason="expired_card",
        ),
    ),
    (
        reading.refund,
        {
            "id": "re_1", "status": "failed", **MONEY, "payment_intent": "pi_1",
            "metadata": {"refund": "r1:1"}, "failure_reason": "lost_or_stolen_card",
        },
        RefundFact(
            "re_1", RefundStatus.FAILED, Money(1000, "EUR"), "pi_1", "r1:1", "lost_or_stolen_card"
        ),
    ),
    (
        reading.dispute,
        {
            "id": "dp_1", "status": "needs_response", **MONEY, "payment_intent": {"id": "pi_1"},
            "charge": "ch_1", "reason": "fraudulent", "balance_transactions": [TXN],
            "evidence_details": {"due_by": int(LATE.timestamp())},
        },
        DisputeFact(
            "dp_1", DisputeStatus.OPEN, Money(1000, "EUR"), "pi_1", "ch_1", "fraudulent", LATE,
            (LINE,),
        ),
    ),
    (
        reading.settlement,
        {"id": "po_1", "status": "paid", **MONEY},
        SettlementFact("po_1", SettlementStatus.ARRIVED, Money(1000, "EUR")),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("read", "facts", "expected"), WHOLE)
def test_every_field_is_read(read: Any, facts: dict[str, Any], expected: Fact) -> None:
    assert read(facts) == expected


@pytest.mark.parametrize(("read", "facts", "expected"), WHOLE)
def test_what_is_missing_is_empty_text(read: Any, facts: dict[str, Any], expected: Fact) -> None:
    """Only the id, the status and the amount are there always."""
    there = ("id", "status", "amount", "amount_received", "currency")
    bare = read({name: facts[name] for name in there if name in facts})
    texts = ("top_up", "payment", "customer", "charge", "card", "reason", "refund")
    assert {getattr(bare, name) for name in texts if hasattr(bare, name)} <= {""}
    assert (bare.ref, bare.status) == (expected.ref, expected.status)  # type: ignore[union-attr]


def test_a_warning() -> None:
    facts = {"id": "issfr_1", "fraud_type": "card_never_received", "actionable": False}
    seen = reading.warning({**facts, "payment_intent": "pi_1"}, "pi_2")
    assert seen == WarningFact("issfr_1", "pi_1", "card_never_received", live=False)
    assert reading.warning({"id": "issfr_1"}, "pi_2") == WarningFact("issfr_1", "pi_2", "")


def test_a_line_of_a_kind_that_we_do_not_know() -> None:
    facts = {"id": "txn_2", "amount": -5, "currency": "usd", "created": int(EARLY.timestamp())}
    expected = BalanceLine("txn_2", Category.OTHER, Money(-5, "USD"), Money(0, "USD"), "", EARLY)
    assert reading.line({**facts, "reporting_category": "moon_dust"}) == expected
    assert reading.line(facts) == expected


EVENT: dict[str, Any] = {
    "object": "event", "livemode": True, "id": "evt_1", "type": "payout.paid", "account": "acct_1",
    "created": int(EARLY.timestamp()), "api_version": "2026-10-28.basil",
    "data": {"object": {"id": "po_1"}},
}  # fmt: skip


def test_a_delivery() -> None:
    body = json.dumps(EVENT)
    assert reading.notice_of(body.encode(), livemode=True) == Notice(
        "stripe", "evt_1", "payout.paid", "po_1", EARLY, "acct_1", "2026-10-28.basil", body
    )
    bare = {name: EVENT[name] for name in ("id", "type", "created")} | {"data": {"object": {}}}
    assert reading.notice(bare) == Notice("stripe", "evt_1", "payout.paid", "", EARLY)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"object": "charge"}, "not_an_event"),
        ({"livemode": False}, "wrong_mode"),
        ({"id": 7}, "bad_shape"),
        ({"type": None}, "bad_shape"),
        ({"data": None}, "bad_shape"),
        ({"created": "soon"}, "bad_shape"),
    ],
)
def test_a_delivery_is_refused_and_why(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(EventRefused) as refused:
        reading.notice_of(json.dumps(EVENT | changed).encode(), livemode=True)
    assert refused.value.reason == reason
