"""Events of a payment in every order and any number: the same end."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from ledger import Money
from ledger.gateway import PaymentEvent, PaymentState
from ledger.payments import TopUp, TopUpState, after, checkout_request
from tests.ledger.books import AT, rub

TOP_UP = TopUp(
    id="t1",
    party="bob",
    amount=rub(100000),
    state=TopUpState.PENDING,
    gateway="demo",
    return_url="https://example.test/wallet",
    idempotency_key="top_up:t1:1",
    created_at=AT,
)


def event(state: PaymentState, payment: str = "p1", minor: int = 100000) -> PaymentEvent:
    return PaymentEvent("demo", f"e-{state.value}", state, payment, amount=rub(minor))


def run(events: tuple[PaymentEvent, ...]) -> tuple[TopUp, set[tuple[str, str, str]]]:
    """The last state, and the journals by key, kind and credited account."""
    top_up, journals = TOP_UP, set()
    for one in events:
        top_up, draft, _ = after(top_up, one)
        if draft:
            journals.add((draft.key, draft.kind, str(draft.legs[1].account)))
    return top_up, journals


def test_all_orders_of_a_payment_end_alike() -> None:
    states = (
        PaymentState.PENDING,
        PaymentState.REFUSED,
        PaymentState.PAID,
        PaymentState.CANCELLED,
        PaymentState.EXPIRED,
        PaymentState.PAID,
    )
    ends = {
        (top_up.state, top_up.payment, frozenset(journals))
        for order in itertools.permutations(states)
        for top_up, journals in [run(tuple(event(state) for state in order))]
    }
    paid = frozenset({("demo:p1", "top_up", "PREPAID(bob)")})
    assert ends == {(TopUpState.PAID, "p1", paid)}


def test_all_orders_of_a_payment_that_failed_end_alike() -> None:
    states = (PaymentState.PENDING, PaymentState.REFUSED, PaymentState.EXPIRED)
    ends = {
        run(tuple(event(state) for state in order))[0].state
        for order in itertools.permutations(states)
    }
    assert ends == {TopUpState.EXPIRED}


def test_another_amount_is_kept_apart() -> None:
    top_up, draft, verdict = after(TOP_UP, event(PaymentState.PAID, minor=99999))
    assert (top_up.state, top_up.refusal) == (TopUpState.REFUSED, "amount_differs")
    assert verdict == "amount_differs"
    assert draft is not None
    assert str(draft.legs[1].account) == "SUSPENSE(bob)"
    top_up, draft, verdict = after(top_up, event(PaymentState.PAID, "p2"))
    assert (top_up.state, verdict) == (TopUpState.PAID, "credited")


def test_a_second_payment_is_not_credited() -> None:
    paid, _, _ = after(TOP_UP, event(PaymentState.PAID))
    same, draft, verdict = after(paid, event(PaymentState.PAID, "p2"))
    assert (same, verdict) == (paid, "paid_twice")
    assert draft is not None
    assert str(draft.legs[1].account) == "SUSPENSE(bob)"


@pytest.mark.parametrize("amount", [None, Money(0), Money(-1), Money(5, "XXX")])
def test_money_that_makes_no_sense_is_not_booked(amount: Money | None) -> None:
    _, draft, _ = after(TOP_UP, PaymentEvent("demo", "e", PaymentState.PAID, "p1", amount=amount))
    assert draft is None


def test_the_reason_is_kept() -> None:
    refused = PaymentEvent("demo", "e1", PaymentState.REFUSED, "p1", reason="insufficient_funds")
    top_up, _, verdict = after(TOP_UP, refused)
    assert (top_up.refusal, verdict) == ("insufficient_funds", "noted")
    assert after(top_up, event(PaymentState.PENDING))[2] == "late"
    assert after(top_up, event(PaymentState.PAID))[0].refusal == "insufficient_funds"


def test_a_request_is_the_same_all_through_an_attempt() -> None:
    first = checkout_request(TOP_UP, AT)
    assert first.idempotency_key == TOP_UP.idempotency_key == "top_up:t1:1"
    assert checkout_request(TOP_UP, AT + timedelta(minutes=59)) == first
    assert checkout_request(TOP_UP, AT - timedelta(minutes=1)) == first
    later = checkout_request(TOP_UP, AT + timedelta(minutes=60))
    assert (later.idempotency_key, later.top_up) == ("top_up:t1:2", first.top_up)


@pytest.mark.parametrize("minutes", [0, 29, 31, 59, 60, 61, 1439, 1440, 100_000])
def test_a_page_is_asked_for_as_acquirers_want_it(minutes: int) -> None:
    at = AT + timedelta(minutes=minutes)
    life = checkout_request(TOP_UP, at).expires_at - at
    assert timedelta(hours=1) < life <= timedelta(hours=2)


def test_the_end_of_another_page_ends_nothing() -> None:
    open_page = replace(TOP_UP, state=TopUpState.PENDING, ref="cs_2")
    ended = PaymentEvent("demo", "e1", PaymentState.EXPIRED, ref="cs_1", top_up="t1")
    assert after(open_page, ended) == (open_page, None, "other_page")
    assert after(open_page, replace(ended, ref="cs_2"))[0].state is TopUpState.EXPIRED
