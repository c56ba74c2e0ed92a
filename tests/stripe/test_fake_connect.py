"""The fake's connected accounts, transfers and payouts."""

import pytest
import stripe
from stripe import StripeClient

from tests.stripe.fake import Served, acts
from tests.stripe.test_fake_cards import charged

DAYS_3 = 3 * 86400


async def payee(client: StripeClient, served: Served) -> str:
    made = await client.v1.accounts.create_async(
        {
            "type": "express",
            "country": "DE",
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"party": "ann"},
        }
    )
    acts.onboard(served.world, made.id)
    return made.id


async def test_nothing_goes_to_an_account_that_is_not_ready(client: StripeClient) -> None:
    made = await client.v1.accounts.create_async(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    )
    assert (made.payouts_enabled, made.capabilities.transfers) == (False, "inactive")
    url = "https://example.test/earnings"
    link = await client.v1.account_links.create_async(
        {"account": made.id, "refresh_url": url, "return_url": url, "type": "account_onboarding"}
    )
    assert link.url.startswith("https://connect.stripe.com/setup/")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.transfers.create_async(
            {"amount": 1, "currency": "eur", "destination": made.id}
        )
    assert caught.value.code == "insufficient_capabilities_for_transfer"


async def test_money_is_transferred_when_it_is_available(
    client: StripeClient, served: Served
) -> None:
    account = await payee(client, served)
    await charged(client, 10000)
    ask = {"amount": 9000, "currency": "eur", "destination": account, "transfer_group": "g1"}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.transfers.create_async(ask)
    assert caught.value.code == "balance_insufficient"
    acts.advance(served.world, DAYS_3)
    made = await client.v1.transfers.create_async(ask)
    assert (made.amount, made.destination) == (9000, account)
    balance = await client.v1.balance.retrieve_async(options={"stripe_account": account})
    assert [(part.amount, part.currency) for part in balance.available] == [(9000, "eur")]
    found = await client.v1.transfers.list_async({"transfer_group": "g1"})
    assert [one.id for one in found.data] == [made.id]


async def test_a_transfer_comes_back_as_far_as_there_is_balance(
    client: StripeClient, served: Served
) -> None:
    account = await payee(client, served)
    await charged(client, 20000, "bypassPending")
    made = await client.v1.transfers.create_async(
        {"amount": 9000, "currency": "eur", "destination": account}
    )
    await client.v1.transfers.reversals.create_async(made.id, {"amount": 4000})
    with pytest.raises(stripe.InvalidRequestError, match=r"\(5001\) exceeds .* \(5000\)"):
        await client.v1.transfers.reversals.create_async(made.id, {"amount": 5001})
    (payout,) = acts.pay_out_all(served.world, account)
    assert payout["amount"] == 5000
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.transfers.reversals.create_async(made.id)
    assert caught.value.code == "balance_insufficient"


async def test_payouts_of_an_account_are_its_own_events(
    client: StripeClient, served: Served
) -> None:
    account = await payee(client, served)
    await charged(client, 20000, "bypassPending")
    await client.v1.transfers.create_async(
        {"amount": 9000, "currency": "eur", "destination": account}
    )
    (payout,) = acts.pay_out_all(served.world, account)
    acts.arrive(served.world, payout["id"], account)
    acts.return_payout(served.world, payout["id"], account)
    options = {"stripe_account": account}
    found = await client.v1.payouts.retrieve_async(payout["id"], options=options)
    assert (found.status, found.failure_code) == ("failed", "account_closed")
    events = (await client.v1.events.list_async({"type": "payout.failed"}, options)).data
    assert [event.account for event in events] == [account]
    assert (await client.v1.events.list_async({"type": "payout.failed"})).data == []


async def test_the_platform_pays_itself_out(client: StripeClient, served: Served) -> None:
    await charged(client, 10000, "bypassPending")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.payouts.create_async({"amount": 9681, "currency": "eur"})
    assert caught.value.code == "balance_insufficient"
    made = await client.v1.payouts.create_async({"amount": 9680, "currency": "eur"})
    acts.arrive(served.world, made.id)
    assert (await client.v1.payouts.retrieve_async(made.id)).status == "paid"
    balance = await client.v1.balance.retrieve_async()
    assert [part.amount for part in balance.available] == [0]
