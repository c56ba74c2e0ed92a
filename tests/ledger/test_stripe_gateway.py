"""The Stripe adapter over a real socket, and its reading of events that Stripe's own helper signed.

The library sleeps up to seconds between its retries; the pause is taken out here.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from stripe import WebhookSignature

from ledger import accept_payment, begin_top_up, refund, top_up
from ledger.errors import EventRefused, GatewayRefused, GatewayUnreachable
from ledger.gateway import CheckoutRequest, PaymentState, PayOutRequest, RefundRequest
from ledger.stripe_gateway import SIGNATURE_HEADER, StripeGateway, StripeSettings, read
from tests.ledger.books import AT, BOB, available, rub
from tests.ledger.stripe_server import Counterpart, counterpart

SECRET, OLD_SECRET = "whsec_new", "whsec_old"
URL = "https://example.test/wallet/top-up/t1"
CHECKOUT = CheckoutRequest("t1", rub(100000), URL, "top_up:t1:1", AT + timedelta(hours=1))


@pytest.fixture
async def stripe_server() -> AsyncIterator[Counterpart]:
    async with counterpart() as serving:
        yield serving


@pytest.fixture
async def gateway(
    stripe_server: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[StripeGateway]:
    monkeypatch.setattr("stripe.HTTPClient.MAX_DELAY", 0.01)
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    settings = StripeSettings("sk_test_1", (SECRET, OLD_SECRET), {"api": stripe_server.url})
    made = StripeGateway(settings)
    yield made
    await made.close()


async def test_a_checkout_is_opened(gateway: StripeGateway, stripe_server: Counterpart) -> None:
    opened = await gateway.open_checkout(CHECKOUT)
    assert opened.ref == "cs_test_1"
    assert opened.url == "https://checkout.stripe.com/c/pay/cs_test_1"
    ((path, key, form),) = stripe_server.requests
    assert (path, key) == ("/v1/checkout/sessions", "top_up:t1:1")
    assert form["line_items[0][price_data][unit_amount]"] == "100000"
    assert form["line_items[0][price_data][currency]"] == "rub"
    assert form["payment_intent_data[metadata][top_up]"] == form["client_reference_id"] == "t1"


@pytest.mark.parametrize("fault", ["reset", "mid_body", "500"])
async def test_a_broken_answer_is_asked_again_with_the_same_key(
    gateway: StripeGateway, stripe_server: Counterpart, fault: str
) -> None:
    stripe_server.faults = [fault]
    assert (await gateway.open_checkout(CHECKOUT)).ref == "cs_test_1"
    assert [key for _, key, _ in stripe_server.requests] == ["top_up:t1:1"] * 2


@pytest.mark.parametrize("fault", ["reset", "mid_body", "500", "429"])
async def test_silence_is_an_unknown_outcome(
    gateway: StripeGateway, stripe_server: Counterpart, fault: str
) -> None:
    stripe_server.faults = [fault] * 3
    with pytest.raises(GatewayUnreachable):
        await gateway.open_checkout(CHECKOUT)
    # Our own repetition finds the checkout that was made in silence.
    stripe_server.faults = []
    assert (await gateway.open_checkout(CHECKOUT)).ref == "cs_test_1"
    assert len(stripe_server.saved) == 1


async def test_a_no_carries_its_code(gateway: StripeGateway, stripe_server: Counterpart) -> None:
    stripe_server.faults = ["declined"]
    with pytest.raises(GatewayRefused) as caught:
        await gateway.open_checkout(CHECKOUT)
    assert caught.value.reason == "card_declined"
    other = CheckoutRequest("t1", rub(5), URL, "top_up:t1:1", CHECKOUT.expires_at)
    with pytest.raises(GatewayRefused) as caught:
        await gateway.open_checkout(other)
    assert caught.value.reason == "IdempotencyError"


async def test_nobody_there(gateway: StripeGateway) -> None:
    nowhere = StripeGateway(StripeSettings("sk_test_1", (SECRET,), {"api": "http://127.0.0.1:9"}))
    with pytest.raises(GatewayUnreachable):
        await nowhere.open_checkout(CHECKOUT)
    await nowhere.close()


@pytest.mark.parametrize(
    ("status", "done", "refused"),
    [
        ("succeeded", True, ""),
        ("pending", False, ""),
        ("failed", False, "expired_or_canceled_card"),
    ],
)
async def test_refunds(
    gateway: StripeGateway, stripe_server: Counterpart, status: str, done: bool, refused: str
) -> None:
    stripe_server.refund_status = status
    answer = await gateway.refund(RefundRequest("r1", "pi_1", rub(300), "refund:r1:1"))
    assert (answer.ref, answer.done, answer.refused) == ("re_1", done, refused)


async def test_payouts(gateway: StripeGateway, stripe_server: Counterpart) -> None:
    answer = await gateway.pay_out(PayOutRequest("o1", "acct_1", rub(300), "pay_out:o1:1"))
    assert (answer.ref, answer.done) == ("tr_1", True)
    assert stripe_server.requests[0][1:] == (
        "pay_out:o1:1",
        {
            "amount": "300",
            "currency": "rub",
            "destination": "acct_1",
            "metadata[pay_out]": "o1",
        },
    )


async def test_a_payment_can_be_looked_up(
    gateway: StripeGateway, stripe_server: Counterpart
) -> None:
    opened = await gateway.open_checkout(CHECKOUT)
    assert (await gateway.find_payment(opened.ref)).state is PaymentState.PENDING
    paid = {"status": "complete", "payment_status": "paid", "payment_intent": "pi_1"}
    stripe_server.session.update(paid)
    found = await gateway.find_payment(opened.ref)
    assert (found.state, found.payment, found.top_up) == (PaymentState.PAID, "pi_1", "t1")
    assert found.amount == rub(100000)
    stripe_server.session.update({"status": "expired", "payment_status": "unpaid"})
    assert (await gateway.find_payment(opened.ref)).state is PaymentState.EXPIRED
    with pytest.raises(GatewayRefused):
        await gateway.find_payment("cs_other")


# --- events


def intent(status: str, **facts: Any) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "status": status,
        "amount": 100000,
        "amount_received": 100000 if status == "succeeded" else 0,
        "currency": "rub",
        "metadata": {"top_up": "t1"},
        **facts,
    }


def session(**facts: Any) -> dict[str, Any]:
    return {
        "id": "cs_test_1",
        "object": "checkout.session",
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "amount_total": 100000,
        "currency": "rub",
        "client_reference_id": "t1",
        "metadata": {},
        **facts,
    }


def signed(
    kind: str, facts: dict[str, Any], secret: str = SECRET, late_s: int = 0, **more: Any
) -> tuple[bytes, dict[str, str]]:
    """A delivery, signed by the library's own helper."""
    event = {"id": f"evt_{kind}", "object": "event", "type": kind, "livemode": False}
    body = json.dumps({**event, "data": {"object": facts}, **more})
    moment = int(AT.timestamp()) - late_s
    header = WebhookSignature.generate_signature_header(body, secret, moment)
    return body.encode(), {SIGNATURE_HEADER: header}


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_signed_events_are_read(gateway: StripeGateway, secret: str) -> None:
    body, headers = signed("payment_intent.succeeded", intent("succeeded"), secret)
    event = gateway.read_event(body, headers, AT)
    assert (event.state, event.payment, event.top_up) == (PaymentState.PAID, "pi_1", "t1")
    assert event.amount == rub(100000)
    assert event.id == "evt_payment_intent.succeeded"


@pytest.mark.parametrize("late_s", [-301, 301, 86400, -86400])
def test_events_out_of_time_are_refused_both_ways(gateway: StripeGateway, late_s: int) -> None:
    body, headers = signed("payment_intent.succeeded", intent("succeeded"), late_s=late_s)
    with pytest.raises(EventRefused, match="bad_time"):
        gateway.read_event(body, headers, AT)


def test_events_of_others_are_refused(gateway: StripeGateway) -> None:
    kind, facts = "payment_intent.succeeded", intent("succeeded")
    body, headers = signed(kind, facts)
    for bad_body, bad_headers in (
        (body.replace(b"100000", b"900000"), headers),
        (body, {}),
        (body, {SIGNATURE_HEADER: "t=1,v1=00"}),
        (body, {SIGNATURE_HEADER: "nonsense"}),
        (b"\xff\xfe", headers),
        signed(kind, facts, "whsec_other"),
    ):
        with pytest.raises(EventRefused, match="bad_signature"):
            gateway.read_event(bad_body, bad_headers, AT)
    for shape in ({"data": {}}, {"id": None, "data": None}, {"livemode": None, "data": []}):
        with pytest.raises(EventRefused, match="bad_shape"):
            gateway.read_event(*signed(kind, facts, **shape), AT)
    with pytest.raises(EventRefused, match="body_too_large"):
        gateway.read_event(b" " * 300000, headers, AT)
    with pytest.raises(EventRefused, match="wrong_mode"):
        gateway.read_event(*signed(kind, facts, livemode=True), AT)
    with pytest.raises(EventRefused, match="not_an_event"):
        gateway.read_event(*signed(kind, facts, object="v2.core.event"), AT)


@pytest.mark.parametrize(
    ("kind", "facts", "state", "reason"),
    [
        ("checkout.session.completed", session(), "paid", ""),
        ("checkout.session.completed", session(payment_status="unpaid"), "pending", ""),
        ("checkout.session.async_payment_succeeded", session(), "paid", ""),
        (
            "checkout.session.async_payment_failed",
            session(payment_status="unpaid"),
            "refused",
            "",
        ),
        (
            "checkout.session.expired",
            session(payment_status="unpaid", payment_intent=None),
            "expired",
            "",
        ),
        (
            "payment_intent.payment_failed",
            intent(
                "requires_payment_method",
                last_payment_error={"code": "card_declined", "decline_code": "lost_card"},
            ),
            "refused",
            "lost_card",
        ),
        ("payment_intent.canceled", intent("canceled"), "cancelled", ""),
        ("customer.created", {"id": "cus_1"}, "other", ""),
    ],
)
def test_kinds_of_events(kind: str, facts: dict[str, Any], state: str, reason: str) -> None:
    event = read("evt_1", kind, facts)
    assert (event.state.value, event.reason) == (state, reason)
    assert event.top_up == ("" if state == "other" else "t1")


@pytest.mark.parametrize(
    ("status", "state"), [("succeeded", "sent"), ("failed", "returned"), ("pending", "other")]
)
def test_events_of_refunds(status: str, state: str) -> None:
    facts = {"id": "re_1", "amount": 300, "currency": "rub", "status": status}
    event = read("evt_1", "refund.updated", {**facts, "metadata": {"refund": "r1"}})
    assert (event.state.value, event.ref, event.amount) == (state, "r1", rub(300))


async def test_both_events_of_one_payment_credit_once(
    db: AsyncConnection, gateway: StripeGateway
) -> None:
    await begin_top_up(db, gateway, "bob", rub(100000), URL, AT, "t1")
    for kind, facts in (
        ("payment_intent.payment_failed", intent("requires_payment_method")),
        ("checkout.session.completed", session()),
        ("payment_intent.succeeded", intent("succeeded")),
        ("payment_intent.succeeded", intent("succeeded")),
    ):
        await accept_payment(db, gateway.read_event(*signed(kind, facts), AT), AT)
    assert await available(db, BOB) == 100000
    assert (await top_up(db, "t1")).state.value == "paid"
    given = await refund(db, gateway, "t1", rub(100000), AT, "r1")
    assert given.state.value == "done"
    assert await available(db, BOB) == 0
