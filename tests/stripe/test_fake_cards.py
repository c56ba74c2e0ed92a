"""The fake takes, refuses and gives back money as Stripe's documents say."""

import pytest
import stripe
from stripe import StripeClient

from tests.stripe.fake import Served, acts

PAGE = {
    "mode": "payment",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "eur",
                "unit_amount": 100000,
                "product_data": {"name": "Top-up"},
            },
        }
    ],
    "success_url": "https://example.test/back",
    "client_reference_id": "t1",
    "metadata": {"top_up": "t1"},
    "payment_intent_data": {"metadata": {"top_up": "t1"}},
}


async def saved_card(client: StripeClient, served: Served, card: str) -> dict[str, str]:
    customer = await client.v1.customers.create_async({"email": "bob@example.test"})
    method = acts.save_card(served.world, customer.id, card)
    return {"customer": customer.id, "payment_method": method}


async def charged(client: StripeClient, amount: int = 10000, card: str = "visa") -> str:
    made = await client.v1.payment_intents.create_async(
        {
            "amount": amount,
            "currency": "eur",
            "payment_method": f"pm_card_{card}",
            "payment_method_types": ["card"],
            "confirm": True,
        }
    )
    assert made.status == "succeeded"
    return made.id


async def test_a_page_is_paid_at_the_second_try(client: StripeClient, served: Served) -> None:
    page = await client.v1.checkout.sessions.create_async(PAGE)
    assert (page.status, page.payment_status, page.payment_intent) == ("open", "unpaid", None)
    assert acts.try_to_pay(served.world, page.id, "chargeDeclinedInsufficientFunds") == (
        "insufficient_funds"
    )
    acts.pay(served.world, page.id)
    expand = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    page = await client.v1.checkout.sessions.retrieve_async(page.id, expand)
    assert (page.status, page.payment_status, page.url) == ("complete", "paid", None)
    intent = page.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 100000)
    assert intent.metadata["top_up"] == "t1"
    row = intent.latest_charge.balance_transaction
    assert (row.amount, row.fee, row.net) == (100000, 2930, 97070)
    assert [event["type"] for event in served.world.events] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


async def test_a_page_expires_by_itself(client: StripeClient, served: Served) -> None:
    soon = {**PAGE, "expires_at": served.world.now + 1800}
    page = await client.v1.checkout.sessions.create_async(soon)
    acts.advance(served.world, 1799)
    assert served.world.events == []
    acts.advance(served.world, 1)
    assert [event["type"] for event in served.world.events] == ["checkout.session.expired"]
    with pytest.raises(Exception, match="no longer open"):
        acts.pay(served.world, page.id)
    late = {**PAGE, "expires_at": served.world.now + 60}
    with pytest.raises(stripe.InvalidRequestError, match="between 30 minutes and 24 hours"):
        await client.v1.checkout.sessions.create_async(late)


async def test_a_bank_debit_takes_days(client: StripeClient, served: Served) -> None:
    for card, ending in (("sepa_succeeds", "succeeded"), ("sepa_fails", "failed")):
        page = await client.v1.checkout.sessions.create_async(
            {**PAGE, "payment_method_types": ["sepa_debit"]}
        )
        acts.pay(served.world, page.id, card)
        page = await client.v1.checkout.sessions.retrieve_async(page.id)
        assert (page.status, page.payment_status) == ("complete", "unpaid")
        acts.settle_debits(served.world)
        last = served.world.events[-1]
        assert last["type"] == f"checkout.session.async_payment_{ending}"


async def test_a_saved_card_is_charged_in_its_holders_absence(
    client: StripeClient, served: Served
) -> None:
    page = await client.v1.checkout.sessions.create_async(
        {**PAGE, "payment_intent_data": {"setup_future_usage": "off_session"}}
    )
    acts.pay(served.world, page.id)
    customer = served.world.find(page.id, "checkout.session")["customer"]
    methods = await client.v1.payment_methods.list_async({"customer": customer, "type": "card"})
    made = await client.v1.payment_intents.create_async(
        {
            "amount": 5000,
            "currency": "eur",
            "customer": customer,
            "payment_method": methods.data[0].id,
            "off_session": True,
            "confirm": True,
        }
    )
    assert (made.status, made.amount_received) == ("succeeded", 5000)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("chargeCustomerFail", "card_declined", "generic_decline"),
        ("authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
async def test_a_saved_card_declines(
    client: StripeClient, served: Served, card: str, code: str, decline_code: str
) -> None:
    saved = await saved_card(client, served, card)
    with pytest.raises(stripe.CardError) as caught:
        await client.v1.payment_intents.create_async(
            {"amount": 500, "currency": "eur", "off_session": True, "confirm": True, **saved}
        )
    assert caught.value.http_status == 402
    assert (caught.value.code, caught.value.error.decline_code) == (code, decline_code)
    intent = await client.v1.payment_intents.retrieve_async(caught.value.error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    confirmed = await client.v1.payment_intents.confirm_async(
        intent.id, {"payment_method": "pm_card_visa"}
    )
    assert confirmed.status == "succeeded"


async def test_its_holder_proves_to_be_there(client: StripeClient, served: Served) -> None:
    ask = {
        "amount": 500,
        "currency": "eur",
        "payment_method": "pm_card_authenticationRequired",
        "payment_method_types": ["card"],
        "confirm": True,
    }
    made = await client.v1.payment_intents.create_async(ask)
    assert (made.status, made.next_action.type) == ("requires_action", "redirect_to_url")
    assert acts.authenticate(served.world, made.id)["status"] == "succeeded"
    made = await client.v1.payment_intents.create_async(ask)
    assert acts.authenticate(served.world, made.id, passed=False)["status"] == (
        "requires_payment_method"
    )
    cancelled = await client.v1.payment_intents.cancel_async(made.id)
    assert cancelled.status == "canceled"


async def test_no_more_is_refunded_than_was_paid(client: StripeClient) -> None:
    intent = await charged(client, 10000)
    await client.v1.refunds.create_async({"payment_intent": intent, "amount": 4000})
    with pytest.raises(stripe.InvalidRequestError, match=r"\(6001\) is greater than .* \(6000\)"):
        await client.v1.refunds.create_async({"payment_intent": intent, "amount": 6001})
    rest = await client.v1.refunds.create_async({"payment_intent": intent})
    assert (rest.amount, rest.status) == (6000, "succeeded")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.refunds.create_async({"payment_intent": intent, "amount": 1})
    assert caught.value.code == "charge_already_refunded"
    rows = (await client.v1.balance_transactions.list_async({})).data
    assert [(row.type, row.net) for row in rows] == [
        ("refund", -6000),
        ("refund", -4000),
        ("charge", 9680),
    ]


async def test_a_refund_waits_and_comes_back(client: StripeClient, served: Served) -> None:
    intent = await charged(client, card="pendingRefund")
    refund = await client.v1.refunds.create_async({"payment_intent": intent, "amount": 3000})
    assert (refund.status, refund.balance_transaction) == ("pending", None)
    assert acts.finish_refund(served.world, refund.id)["status"] == "succeeded"
    acts.fail_refund(served.world, refund.id)
    refund = await client.v1.refunds.retrieve_async(refund.id)
    assert (refund.status, refund.failure_reason) == ("failed", "lost_or_stolen_card")
    charge = await client.v1.charges.retrieve_async(
        served.world.find(intent, "payment_intent")["latest_charge"]
    )
    assert charge.amount_refunded == 0


async def test_a_refund_waits_for_funds(client: StripeClient, served: Served) -> None:
    served.world.refunds_need_funds = True
    intent = await charged(client, 10000)
    refund = await client.v1.refunds.create_async({"payment_intent": intent})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")


async def test_a_dispute_takes_the_money_and_a_fee(client: StripeClient, served: Served) -> None:
    won, lost = await charged(client), await charged(client)
    first, second = acts.dispute(served.world, won), acts.dispute(served.world, lost)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.refunds.create_async({"payment_intent": won})
    assert caught.value.code == "charge_disputed"
    answered = await client.v1.disputes.update_async(
        first["id"], {"evidence": {"access_activity_log": "12:00 both there"}, "submit": True}
    )
    assert (answered.status, answered.evidence_details.submission_count) == ("under_review", 1)
    acts.close_dispute(served.world, first["id"], won=True)
    closed = await client.v1.disputes.close_async(second["id"])
    assert closed.status == "lost"
    rows = (await client.v1.balance_transactions.list_async({"type": "adjustment"})).data
    assert [(row.reporting_category, row.amount, row.fee) for row in rows] == [
        ("dispute_reversal", 10000, 0),
        ("dispute", -10000, 1500),
        ("dispute", -10000, 1500),
    ]


async def test_an_inquiry_and_a_warning_take_nothing(client: StripeClient, served: Served) -> None:
    intent = await charged(client, card="createDisputeInquiry")
    acts.warn_of_fraud(served.world, intent)
    (dispute,) = (await client.v1.disputes.list_async({"payment_intent": intent})).data
    assert dispute.status == "warning_needs_response"
    acts.close_dispute(served.world, dispute.id, won=False)
    assert served.world.find(dispute.id, "dispute")["status"] == "warning_closed"
    warnings = await client.v1.radar.early_fraud_warnings.list_async({"payment_intent": intent})
    assert [one.fraud_type for one in warnings.data] == ["made_with_stolen_card"]
    assert len((await client.v1.balance_transactions.list_async({})).data) == 1


async def test_fees_may_be_late(client: StripeClient, served: Served) -> None:
    served.world.late_fees = True
    intent = await charged(client)
    charge = served.world.find(intent, "payment_intent")["latest_charge"]
    assert (await client.v1.charges.retrieve_async(charge)).balance_transaction is None
    acts.book_fees(served.world)
    assert (await client.v1.charges.retrieve_async(charge)).balance_transaction is not None
