"""Events, kept for thirty days and listed newest first."""

from tests.stripe.fake.errors import missing
from tests.stripe.fake.lists import page
from tests.stripe.fake.world import DAY_S, Call, Object, World

_KEPT_S = 30 * DAY_S


def _kept(world: World, account: str) -> list[Object]:
    """A connected account's events are listed with its own header only."""
    return [
        event
        for event in reversed(world.events)
        if world.now - event["created"] <= _KEPT_S and event.get("account", "") == account
    ]


def many(world: World, call: Call) -> Object:
    return page(call, _kept(world, call.account))


def retrieve(world: World, call: Call) -> Object:
    for event in _kept(world, call.account):
        if event["id"] == call.id:
            return event
    raise missing("event", call.id)
