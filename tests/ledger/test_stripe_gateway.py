"""The Stripe adapter against the pretended Stripe on a real socket, held to Stripe's own
description: what it asks, what it understands, and whose news it takes.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stripe import WebhookSignature

from ledger.acquirer import (
    Category,
    CheckoutFact,
    CheckoutStatus,
    DisputeFact,
    DisputeStatus,
    Evidence,
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
from ledger.errors import EventRefused, GatewayRefused, GatewayUnreachable
from ledger.gateway import CheckoutRequest, PayOutRequest, RefundRequest
from ledger.money import Money
from ledger.stripe_gateway import SIGNATURE_HEADER, StripeGateway
from ledger.stripe_transport import StripeSettings
from tests.ledger.books import AT
from tests.stripe.fake import Call, Served, acts, serving

SECRET, OLD_SECRET, CONNECT_SECRET = "whsec_new", "whsec_old", "whsec_connect"
URL = "https://example.test/wallet/top-up/t1"
PAGE_LIFE = timedelta(hours=1)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as one:
        yield one


@pytest.fixture
async def gateway(served: Served, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StripeGateway]:
    monkeypatch.setattr("stripe.HTTPClient.MAX_DELAY", 0.01)
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    secrets, base = (SECRET, OLD_SECRET), {"api": served.url}
    made = StripeGateway(StripeSettings("sk_test_1", secrets, base, (CONNECT_SECRET,)))
    yield made
    await made.close()


def request(served: Served, **facts: Any) -> CheckoutRequest:
    until = datetime.fromtimestamp(served.world.now, UTC) + PAGE_LIFE
    asked = {"top_up": "t1", "amount": eur(100000), "return_url": URL, "expires_at": until}
    return CheckoutRequest(idempotency_key="top_up:t1:1", **(asked | facts))


async def paid(gateway: StripeGateway, served: Served, card: str = "visa") -> str:
    """A payment of 1000.00 by Checkout; answers its id."""
    page = await gateway.open_checkout(request(served))
    return str(acts.pay(served.world, page.ref, card)["payment_intent"])


def told(kind: str, subject: str, account: str = "") -> Notice:
    return Notice("stripe", "evt_1", kind, subject, AT, account)


async def look(gateway: StripeGateway, kind: str, subject: str) -> Fact:
    found = await gateway.look(told(kind, subject))
    assert found is not None
    return found


async def test_a_checkout_keeps_no_card_unless_asked(
    gateway: StripeGateway, served: Served
) -> None:
    opened = await gateway.open_checkout(request(served))
    call = served.world.calls[-1]
    assert (call.path, call.key) == ("/v1/checkout/sessions", "top_up:t1:1")
    assert call.form["client_reference_id"] == "t1"
    assert call.form["payment_intent_data"] == {"metadata": {"top_up": "t1"}}
    assert "customer" not in call.form
    assert opened.url.startswith("https://")
    assert (await gateway.open_checkout(request(served))).ref == opened.ref


async def test_a_checkout_keeps_the_card_of_whoever_asks_for_it(
    gateway: StripeGateway, served: Served
) -> None:
    customer = served.world.call(Call("POST", "/v1/customers", key="c1")).body["id"]
    page = await gateway.open_checkout(request(served, customer=customer))
    intent = acts.pay(served.world, page.ref)["payment_intent"]
    assert served.world.calls[-1].form["payment_intent_data"]["setup_future_usage"] == "off_session"
    fact = await gateway.payment(str(intent))
    assert (fact.customer, bool(fact.card)) == (customer, True)


@pytest.mark.parametrize("fault", ["reset", "mid_body", "500", "409"])
async def test_silence_is_one_request_however_often_it_is_made(
    gateway: StripeGateway, served: Served, fault: str
) -> None:
    served.faults.queue = [fault] * 3
    with pytest.raises(GatewayUnreachable):
        await gateway.open_checkout(request(served))
    served.faults.queue = []
    await gateway.open_checkout(request(served))
    assert len(served.world.all("checkout.session")) == 1


async def test_one_key_for_two_requests_is_refused(gateway: StripeGateway, served: Served) -> None:
    await gateway.open_checkout(request(served))
    with pytest.raises(GatewayRefused, match="IdempotencyError"):
        await gateway.open_checkout(request(served, amount=eur(500)))


async def test_a_payment_with_what_stripe_kept_of_it(
    gateway: StripeGateway, served: Served
) -> None:
    """1000.00 came, 29.30 were kept."""
    intent = await paid(gateway, served)
    fact = await look(gateway, "payment_intent.succeeded", intent)
    assert isinstance(fact, PaymentFact)
    assert (fact.status, fact.amount, fact.top_up) == (PaymentStatus.SUCCEEDED, eur(100000), "t1")
    assert fact.line is not None
    assert (fact.line.amount, fact.line.fee, fact.line.net) == (eur(100000), eur(2930), eur(97070))
    assert await look(gateway, "charge.updated", fact.charge) == fact
    with pytest.raises(GatewayRefused, match="resource_missing"):
        await gateway.payment("pi_other")


async def test_a_fee_that_is_not_known_yet(gateway: StripeGateway, served: Served) -> None:
    served.world.late_fees = True
    fact = await gateway.payment(await paid(gateway, served))
    assert (fact.status, fact.line) == (PaymentStatus.SUCCEEDED, None)


async def test_a_page_says_where_it_stands_and_never_pays(
    gateway: StripeGateway, served: Served
) -> None:
    page = await gateway.open_checkout(request(served))
    kind = "checkout.session.completed"
    fact = await look(gateway, kind, page.ref)
    assert fact == CheckoutFact(page.ref, CheckoutStatus.OPEN, "t1")
    assert acts.try_to_pay(served.world, page.ref, "chargeDeclinedLostCard") == "lost_card"
    (tried,) = served.world.all("payment_intent")
    refused = await look(gateway, "payment_intent.payment_failed", tried["id"])
    assert isinstance(refused, PaymentFact)
    assert (refused.status, refused.reason) == (PaymentStatus.REFUSED, "lost_card")
    acts.advance(served.world, 3600)
    fact = await look(gateway, "checkout.session.expired", page.ref)
    assert isinstance(fact, CheckoutFact)
    assert fact.status is CheckoutStatus.EXPIRED


@pytest.mark.parametrize(("card", "done"), [("visa", True), ("pendingRefund", False)])
async def test_a_refund(gateway: StripeGateway, served: Served, card: str, done: bool) -> None:
    intent = await paid(gateway, served, card)
    asked = RefundRequest("r1", intent, eur(300), "refund:r1:1")
    answer = await gateway.refund(asked)
    assert (answer.done, answer.refused) == (done, "")
    assert (await gateway.refund(asked)).ref == answer.ref
    status = RefundStatus.SUCCEEDED if done else RefundStatus.PENDING
    fact = RefundFact(answer.ref, status, eur(300), intent, "r1")
    assert await look(gateway, "refund.created", answer.ref) == fact
    assert await look(gateway, "charge.refund.updated", answer.ref) == fact
    assert await gateway.refunds_of(intent) == (fact,)
    acts.fail_refund(served.world, answer.ref)
    failed = await look(gateway, "refund.failed", answer.ref)
    assert isinstance(failed, RefundFact)
    assert (failed.status, failed.reason) == (RefundStatus.FAILED, "lost_or_stolen_card")


async def test_more_than_was_paid_is_refused(gateway: StripeGateway, served: Served) -> None:
    intent = await paid(gateway, served)
    with pytest.raises(GatewayRefused):
        await gateway.refund(RefundRequest("r1", intent, eur(100001), "refund:r1:1"))
    assert await gateway.refunds_of(intent) == ()


async def test_a_payout_to_nobody_is_refused(gateway: StripeGateway) -> None:
    with pytest.raises(GatewayRefused):
        await gateway.pay_out(PayOutRequest("o1", "acct_nobody", eur(300), "pay_out:o1:1"))


async def test_a_dispute_from_its_beginning_to_its_end(
    gateway: StripeGateway, served: Served
) -> None:
    """1000.00 and 15.00 for the dispute are taken; won, the 1000.00 come back."""
    intent = await paid(gateway, served)
    opened = acts.dispute(served.world, intent)["id"]
    fact = await look(gateway, "charge.dispute.created", opened)
    assert isinstance(fact, DisputeFact)
    assert (fact.status, fact.payment, fact.reason) == (DisputeStatus.OPEN, intent, "fraudulent")
    ((taken,),) = (fact.lines,)
    assert (taken.amount, taken.fee, taken.net) == (eur(-100000), eur(1500), eur(-101500))
    assert taken.category is Category.DISPUTE
    pack = Evidence("an hour of help", "seconds 1-3600", "both pressed start", "", "2026-11-21")
    await gateway.send_evidence(opened, pack, final=False, idempotency_key="e:1")
    shown = served.world.find(opened, "dispute")
    assert shown["evidence"]["access_activity_log"] == "seconds 1-3600"
    assert (shown["status"], shown["evidence_details"]["submission_count"]) == ("needs_response", 0)
    await gateway.send_evidence(opened, pack, final=True, idempotency_key="e:2")
    acts.close_dispute(served.world, opened, won=True)
    ended = await look(gateway, "charge.dispute.closed", opened)
    assert isinstance(ended, DisputeFact)
    assert (ended.status, [line.net.minor for line in ended.lines]) == (
        DisputeStatus.WON,
        [-101500, 100000],
    )


async def test_an_early_warning(gateway: StripeGateway, served: Served) -> None:
    intent = await paid(gateway, served)
    warned = acts.warn_of_fraud(served.world, intent)["id"]
    fact = await look(gateway, "radar.early_fraud_warning.created", warned)
    assert fact == WarningFact(warned, intent, "made_with_stolen_card", True)
    del served.world.find(warned, "radar.early_fraud_warning")["payment_intent"]
    assert await look(gateway, "radar.early_fraud_warning.updated", warned) == fact


async def test_our_balance_on_its_way_to_our_bank(gateway: StripeGateway, served: Served) -> None:
    await paid(gateway, served)
    acts.advance(served.world, 3 * 86400)
    (payout,) = acts.pay_out_all(served.world)
    fact = SettlementFact(payout["id"], SettlementStatus.ON_THE_WAY, eur(97070))
    assert await look(gateway, "payout.created", payout["id"]) == fact
    acts.arrive(served.world, payout["id"])
    arrived = await look(gateway, "payout.paid", payout["id"])
    assert isinstance(arrived, SettlementFact)
    assert arrived.status is SettlementStatus.ARRIVED


async def test_its_own_account_of_news_and_money(gateway: StripeGateway, served: Served) -> None:
    """More than a page of each; news that says nothing to us is left out."""
    for n in range(1, 36):
        asked = request(served, top_up=f"t{n}")
        asked = CheckoutRequest(f"t{n}", eur(1000), URL, f"top_up:t{n}:1", asked.expires_at)
        acts.pay(served.world, (await gateway.open_checkout(asked)).ref)
    since = datetime.fromtimestamp(served.world.now - 60, UTC)
    notices = await gateway.notices_since(since)
    assert len(served.world.events) > 100
    kinds = {one.kind for one in notices}
    assert kinds == {"payment_intent.succeeded", "checkout.session.completed"}
    assert len(notices) == 70
    lines = await gateway.lines_since(since)
    assert sum(line.net.minor for line in lines) == 35 * (1000 - 59)
    assert await gateway.lines_since(since + timedelta(days=1)) == ()


async def test_kinds_that_say_nothing_are_not_asked_about(gateway: StripeGateway) -> None:
    assert await gateway.look(told("customer.created", "cus_1")) is None
    assert await gateway.look(told("payout.paid", "po_1", account="acct_1")) is None


# --- whose news it takes


def signed(
    secret: str = SECRET, late_s: int = 0, text: str = "", **more: Any
) -> tuple[bytes, dict[str, str]]:
    """A delivery, signed by the library's own helper."""
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": int(AT.timestamp()),
        "livemode": False,
        "api_version": "2026-08-26.dahlia",
        "data": {"object": {"id": "pi_1", "amount": 100000}},
    }
    body = text or json.dumps(event | more)
    header = WebhookSignature.generate_signature_header(body, secret, int(AT.timestamp()) - late_s)
    return body.encode(), {SIGNATURE_HEADER: header}


@pytest.fixture
def offline() -> StripeGateway:
    settings = StripeSettings("sk_test_1", (SECRET, OLD_SECRET), None, (CONNECT_SECRET,))
    return StripeGateway(settings)


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_two_secrets_hold_while_one_replaces_the_other(offline: StripeGateway, secret: str) -> None:
    body, headers = signed(secret)
    notice = offline.read_notice(body, headers, AT)
    assert (notice.id, notice.kind, notice.subject) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert (notice.created_at, notice.api_version) == (AT, "2026-08-26.dahlia")
    assert notice.body.encode() == body


@pytest.mark.parametrize("late_s", [300, -300])
def test_clocks_may_differ_a_little(offline: StripeGateway, late_s: int) -> None:
    assert offline.read_notice(*signed(late_s=late_s), AT).id == "evt_1"


@pytest.mark.parametrize("late_s", [-301, 301, 86400, -86400])
def test_news_out_of_time_is_refused_both_ways(offline: StripeGateway, late_s: int) -> None:
    with pytest.raises(EventRefused, match="bad_time"):
        offline.read_notice(*signed(late_s=late_s), AT)


def test_forged_news_is_refused(offline: StripeGateway) -> None:
    body, headers = signed()
    for bad_body, bad_headers in (
        (body.replace(b"100000", b"900000"), headers),
        (body + b" ", headers),
        (body, {}),
        (body, {SIGNATURE_HEADER: "t=1,v1=00"}),
        (body, {SIGNATURE_HEADER: "nonsense"}),
        (b"\xff\xfe", headers),
        signed("whsec_other"),
        signed(CONNECT_SECRET),
    ):
        with pytest.raises(EventRefused, match="bad_signature"):
            offline.read_notice(bad_body, bad_headers, AT)


def test_each_address_takes_its_own_news(offline: StripeGateway) -> None:
    theirs = signed(CONNECT_SECRET, account="acct_1")
    assert offline.read_notice(*theirs, AT, connect=True).account == "acct_1"
    with pytest.raises(EventRefused, match="bad_signature"):
        offline.read_notice(*theirs, AT)
    with pytest.raises(EventRefused, match="wrong_account"):
        offline.read_notice(*signed(account="acct_1"), AT)
    with pytest.raises(EventRefused, match="wrong_account"):
        offline.read_notice(*signed(CONNECT_SECRET), AT, connect=True)


@pytest.mark.parametrize(
    "shape",
    [
        {"data": {}},
        {"id": None},
        {"type": 5},
        {"livemode": None, "data": []},
        {"created": "soon"},
        {"text": "[" * 50_000},
        {"text": "nothing"},
        {"text": "[]"},
    ],
)
def test_signed_nonsense_is_refused(offline: StripeGateway, shape: dict[str, Any]) -> None:
    with pytest.raises(EventRefused, match="bad_shape"):
        offline.read_notice(*signed(**shape), AT)


def test_news_of_another_world_is_refused(offline: StripeGateway) -> None:
    with pytest.raises(EventRefused, match="wrong_mode"):
        offline.read_notice(*signed(livemode=True), AT)
    with pytest.raises(EventRefused, match="not_an_event"):
        offline.read_notice(*signed(object="v2.core.event"), AT)
    with pytest.raises(EventRefused, match="body_too_large"):
        offline.read_notice(*signed(text=" " * 300_000), AT)
