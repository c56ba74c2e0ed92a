"""A room of more than two: everybody hears everybody, comes and goes without glare, and what is
witnessed of each pair adds up."""

import asyncio
import random

import pytest

from broker.sessions import billable
from broker.sessions.presence import Presence, fold, fold_pairs
from relay import LegFailed, SecondWitnessed, SourceAdded, SourceRemoved
from relay.endpoint import Endpoint
from tests.relay.conftest import LOOPBACK, Stage

pytestmark = pytest.mark.slow

COLLEAGUES = ("colleague-1", "colleague-2", "colleague-3")


class Room:
    """Who is in, and the next generation of each; whoever comes makes all others offer again."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.there: dict[str, Endpoint] = {}
        self.generations: dict[str, int] = {}

    async def comes(self, leg: str, *, shows: bool = False) -> Endpoint:
        one = Endpoint(LOOPBACK, video=shows)
        self.stage.endpoints.append(one)
        self.there[leg], self.generations[leg] = one, 0
        await self.stage.publish(leg, one)
        await asyncio.gather(*(self._looks(name) for name in list(self.there)))
        return one

    async def goes(self, leg: str) -> None:
        one = self.there.pop(leg)
        self.stage.endpoints.remove(one)
        await one.close()
        await self.stage.engine.close_leg("S", leg)

    async def _looks(self, leg: str) -> None:
        """As the page does after `want_offer`: a new connection with a section for each source."""
        one, self.generations[leg] = self.there[leg], self.generations[leg] + 1
        others = [end for name, end in self.there.items() if name != leg]
        pictures = max(1, sum(end.sends_video for end in others))
        offer = await one.subscribe_offer(max(1, len(others)), pictures)
        answer = await self.stage.engine.subscribe("S", leg, offer, self.generations[leg])
        carried = {source.leg for source in answer.sources if source.kind == "audio"}
        assert carried == set(self.there) - {leg}, "no voice is without a section"
        await one.subscribe_answer(answer.sdp)

    def sources(self) -> set[str]:
        """Legs whose sources are in the room by what was told."""
        told: set[str] = set()
        for event in self.stage.events:
            if isinstance(event, SourceAdded):
                told.add(event.source.id)
            elif isinstance(event, SourceRemoved):
                told.discard(event.source.id)
        return {source.rsplit("-", 2)[0] for source in told}


def presence_of(stage: Stage) -> Presence:
    """Folded a few seconds at a time, as the clerk does."""
    seconds, now = stage.of(SecondWitnessed), Presence()
    for first in range(0, len(seconds), 3):
        part, before = seconds[first : first + 3], now
        now = fold(before, [(one.second, billable(one.pairs)) for one in part])
        now = fold_pairs(before, now, [(one.second, one.pairs) for one in part])
    return now


async def test_three_are_witnessed_in_pairs(stage: Stage) -> None:
    room = Room(stage)
    await room.comes("client", shows=True)
    host = await room.comes("host")
    third = await room.comes("colleague-1")
    wanted = (("client", "colleague-1"), ("client", "host"), ("colleague-1", "host"))
    assert await stage.until(lambda: any(one.pairs == wanted for one in stage.of(SecondWitnessed)))
    assert third.counters.video_received > 0 < host.counters.video_received
    await room.goes("host")
    assert room.sources() == {"client", "colleague-1"}


@pytest.mark.nightly
async def test_five_come_and_go_without_glare_and_the_seconds_add_up(stage: Stage) -> None:
    """Thirty comings and goings; nobody is refused, nothing stale stays, the pairs add up."""
    dice, room = random.Random(43), Room(stage)
    await room.comes("client", shows=True)
    await room.comes("host")
    for _ in range(30):
        leg = dice.choice(COLLEAGUES)
        if leg in room.there:
            await room.goes(leg)
        else:
            await room.comes(leg, shows=dice.random() < 0.5)
        assert room.sources() == set(room.there)
        await asyncio.sleep(dice.random())
    for leg in COLLEAGUES:
        if leg not in room.there:
            await room.comes(leg, shows=True)
    everybody = len(room.there) * (len(room.there) - 1) // 2
    assert everybody == 10
    assert await stage.until(
        lambda: any(len(one.pairs) == everybody for one in stage.of(SecondWitnessed))
    )
    assert stage.of(LegFailed) == []
    presence = presence_of(stage)
    for pair, _ in presence.pairs:
        seen = sum(pair in one.pairs for one in stage.of(SecondWitnessed))
        assert presence.pair_s(*pair) == seen, pair
    counted = sum(billable(one.pairs) for one in stage.of(SecondWitnessed))
    assert presence.mutual_s == counted
    together = presence.pair_s("client", "host")
    assert together >= counted - 3, "churn of others costs the first two nothing"
