"""The fake's manners: keys, faults, pages of lists, and the way of events to an endpoint."""

import json
from collections.abc import Mapping

import pytest
import stripe
from stripe import StripeClient, Webhook

from tests.stripe.fake import Deliveries, Endpoint, Served, World, acts
from tests.stripe.test_fake_cards import PAGE, charged

NEW = {"email": "bob@example.test"}


def keyed(key: str) -> dict[str, str]:
    return {"idempotency_key": key}


async def test_a_key_has_one_answer_for_a_day(client: StripeClient, served: Served) -> None:
    first = await client.v1.customers.create_async(NEW, keyed("k1"))
    again = await client.v1.customers.create_async(NEW, keyed("k1"))
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        await client.v1.customers.create_async({"email": "eve@example.test"}, keyed("k1"))
    acts.advance(served.world, 24 * 3600)
    late = await client.v1.customers.create_async(NEW, keyed("k1"))
    assert late.id != first.id


async def test_a_decline_is_kept_and_a_mistake_is_not(client: StripeClient) -> None:
    ask = {"amount": 500, "currency": "eur", "confirm": True, "payment_method_types": ["card"]}
    bad = {**ask, "payment_method": "pm_card_chargeDeclined"}
    intents = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            await client.v1.payment_intents.create_async(bad, keyed("k1"))
        intents.append(caught.value.error.payment_intent.id)
    assert intents[0] == intents[1]
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_method"):
        await client.v1.payment_intents.create_async({**ask, "payment_method": "x"}, keyed("k2"))
    good = {**ask, "payment_method": "pm_card_visa"}
    assert (await client.v1.payment_intents.create_async(good, keyed("k2"))).status == "succeeded"


@pytest.mark.parametrize(
    ("fault", "done", "error"),
    [
        ("unreachable", 0, stripe.APIConnectionError),
        ("500", 0, stripe.APIError),
        ("429", 0, stripe.RateLimitError),
        ("reset", 1, stripe.APIConnectionError),
        ("saved_500", 1, stripe.APIError),
    ],
)
async def test_faults(
    client: StripeClient, served: Served, fault: str, done: int, error: type[Exception]
) -> None:
    served.faults.queue = [fault]
    with pytest.raises(error):
        await client.v1.customers.create_async(NEW, keyed("k1"))
    assert len(served.world.all("customer")) == done
    if fault == "saved_500":
        with pytest.raises(stripe.APIError):
            await client.v1.customers.create_async(NEW, keyed("k1"))
    else:
        await client.v1.customers.create_async(NEW, keyed("k1"))
    assert len(served.world.all("customer")) == 1
    assert served.faults.met == [fault]


async def test_lists_come_in_pages(client: StripeClient) -> None:
    made = [(await client.v1.customers.create_async(NEW)).id for _ in range(5)]
    first = await client.v1.customers.list_async({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:2:-1], True)
    found = [one.id async for one in first.auto_paging_iter()]
    assert found == made[::-1]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await client.v1.customers.retrieve_async(made[0], {"expand": ["nonsense"]})


async def test_a_stranger_is_shown_the_door(
    served: Served, transport: stripe.AIOHTTPClient
) -> None:
    addresses = {"api": served.url}
    stranger = StripeClient("sk_live_1", base_addresses=addresses, http_client=transport)
    with pytest.raises(stripe.AuthenticationError):
        await stranger.v1.balance.retrieve_async()


# --- deliveries


class Inbox:
    """An endpoint that is down for its first `down` tries."""

    def __init__(self, world: World, down: int = 0) -> None:
        self.world, self.down = world, down
        self.tries = 0
        self.events: list[str] = []

    async def send(self, body: bytes, headers: Mapping[str, str]) -> int:
        self.tries += 1
        if self.tries <= self.down:
            return 500
        header = headers["Stripe-Signature"]
        Webhook.construct_event(body, header, "whsec_1", tolerance=None)  # type: ignore[arg-type]
        assert header.startswith(f"t={self.world.now},")
        self.events.append(json.loads(body)["id"])
        return 200


async def test_events_come_signed_and_again_after_errors(
    client: StripeClient, served: Served
) -> None:
    world = served.world
    began, inbox = world.now, Inbox(world, down=5)
    await charged(client)
    await Deliveries(world, [Endpoint("whsec_1", inbox.send)]).drain()
    assert sorted(inbox.events) == sorted(event["id"] for event in world.events)
    assert (inbox.tries, world.now - began) == (5 + 3, 300 + 1800)


async def test_events_come_twice_and_in_another_order(client: StripeClient, served: Served) -> None:
    world = served.world
    page = await client.v1.checkout.sessions.create_async(PAGE)
    acts.pay(world, page.id)
    orders = set()
    for seed in range(4):
        inbox = Inbox(world)
        await Deliveries(world, [Endpoint("whsec_1", inbox.send)], seed, twice=50).drain()
        assert {event["id"] for event in world.events} == set(inbox.events)
        assert len(inbox.events) > len(world.events)
        orders.add(tuple(inbox.events))
    assert len(orders) == 4


async def test_after_three_days_stripe_gives_up(client: StripeClient, served: Served) -> None:
    world = served.world
    began, inbox = world.now, Inbox(world, down=1000)
    await client.v1.customers.create_async(NEW)
    pump = Deliveries(world, [Endpoint("whsec_1", inbox.send)])
    await pump.drain()
    assert [event["type"] for event in pump.abandoned] == ["customer.created"]
    assert 2 * 86400 < world.now - began <= 3 * 86400
    assert inbox.tries == 10
    assert len((await client.v1.events.list_async({})).data) == 1
    acts.advance(world, 30 * 86400)
    assert (await client.v1.events.list_async({})).data == []


async def test_connected_accounts_have_an_endpoint_of_their_own(
    client: StripeClient, served: Served
) -> None:
    made = await client.v1.accounts.create_async({"type": "express"})
    acts.onboard(served.world, made.id)
    ours, theirs = Inbox(served.world), Inbox(served.world)
    endpoints = [
        Endpoint("whsec_1", ours.send),
        Endpoint("whsec_1", theirs.send, connect=True),
    ]
    await Deliveries(served.world, endpoints).drain()
    assert (len(ours.events), len(theirs.events)) == (0, 1)
