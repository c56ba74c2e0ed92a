"""A bad month at the acquirer: news late by up to three days, twice, in any order, every third call
an error on either side. The books end as those of a calm one.
"""

import random
from collections.abc import Mapping
from contextlib import suppress

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards import reconcile
from ledger.errors import GatewayUnreachable
from tests.stripe.fake import Deliveries, Endpoint, Faults, World, acts
from tests.stripe.fake.world import DAY_S
from tests.stripe.orders import quiet
from tests.stripe.scene import SECRET, Scene, nested, statement

ROUNDS = 2
CARD_PAYERS = ("bob", "dan", "eve", "fay")
ENDED = (
    "CASH stripe -110500; PREPAID bob 70000; PREPAID dan 50000; PREPAID fay 0 frozen;"
    " FEES -6500; DISPUTE_COST -3000"
)


class Bumpy:
    """Our endpoint as Stripe meets it: `bad` per cent of its answers are errors, some after the
    news was stored; and it is down altogether until `up_at`.
    """

    def __init__(self, scene: Scene, bad: int, up_at: int, seed: int) -> None:
        self.scene, self.bad, self.up_at = scene, bad, up_at
        self._random = random.Random(seed)

    async def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        drawn = self._random.randrange(100)
        if self.scene.world.now < self.up_at or drawn < self.bad // 2:
            return 503
        await self.scene.receive(body, headers)
        await self.scene.work_all()
        return 500 if drawn < self.bad else 204


async def month(scene: Scene, bad: int, down_s: int, seed: int) -> int:
    """Four payers: one takes money back, two dispute, one is warned of.

    Answers how much news Stripe gave up bringing: the daily reconciliation fetches it.
    """
    world = scene.world
    endpoint = Bumpy(scene, bad, world.now + down_s, seed)
    pump = Deliveries(world, [Endpoint(SECRET, endpoint.post)], seed, twice=bad)
    pages = {}
    for party, minor in zip(CARD_PAYERS, (100_000, 50_000, 60_000, 10_000), strict=True):
        await scene.settle(party)
        pages[party] = await scene.top_up(party, f"t-{party}", minor)
    await rest(scene, pump)
    endpoint.up_at = world.now + down_s
    await scene.ask_back("bob", "r1", 30_000)
    lost = acts.dispute(world, pages["eve"]["payment_intent"])
    won = acts.dispute(world, pages["dan"]["payment_intent"])
    acts.answer_dispute(world, won["id"])
    acts.close_dispute(world, won["id"], won=True)
    acts.close_dispute(world, lost["id"], won=False)
    acts.warn_of_fraud(world, pages["fay"]["payment_intent"])
    await rest(scene, pump)
    return len(pump.abandoned)


async def rest(scene: Scene, pump: Deliveries) -> None:
    """What news brings about makes news of its own; a day's reconciliation ends each round."""
    for _ in range(ROUNDS):
        await pump.drain()
        await quiet(scene)
        with suppress(GatewayUnreachable):
            await reconcile(scene.transaction, scene.gateway, scene.clock)


async def played(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch, bad: int, down_s: int, seed: int
) -> str:
    faults = Faults(chances={"500": bad // 2, "reset": bad - bad // 2}, seed=seed, on_reading=True)
    world = World()
    scene = Scene(nested(db), world, monkeypatch, faults)
    given_up = await month(scene, bad, down_s, seed)
    assert given_up or down_s <= 2 * DAY_S
    assert (len(faults.met) > 5) is (bad > 0)
    faults.chances = {}
    # The last reconciliation of the month may itself have fetched news, after which our loops have
    # not turned yet: the first good day is seen to its end.
    await reconcile(scene.transaction, scene.gateway, scene.clock)
    await quiet(scene)
    found = await reconcile(scene.transaction, scene.gateway, scene.clock)
    assert found.differences == ()
    refunds = [one["metadata"]["refund"] for one in world.all("refund")]
    assert sorted(refunds) == sorted(set(refunds))
    assert len(refunds) == 2
    return await statement(db)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_calm_month(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await played(db, monkeypatch, bad=0, down_s=0, seed=0) == ENDED


async def test_a_bad_month(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of all answers are errors."""
    assert await played(db, monkeypatch, bad=30, down_s=0, seed=1) == ENDED


async def test_a_month_with_two_long_nights(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We are down for two and a half days, twice; Stripe gives up after three."""
    assert await played(db, monkeypatch, bad=30, down_s=60 * 3600, seed=3) == ENDED


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 60))
async def test_fifty_bad_months(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    assert await played(db, monkeypatch, bad=40, down_s=seed % 3 * 86400, seed=seed) == ENDED
