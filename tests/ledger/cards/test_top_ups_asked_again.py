"""A page that was asked for, whose answer was lost, and who asked again how much later."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import begin_top_up, check, top_up
from tests.stripe.fake import World, acts
from tests.stripe.fake.world import Object
from tests.stripe.scene import URL, Scene, eur, nested, statement

MINUTE_S = 60
LOST = ["reset"] * 3  # the library asks three times
UNHEARD = ["unreachable"] * 3


@pytest.fixture
async def scene(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> Scene:
    one = Scene(nested(db), World(), monkeypatch)
    await one.settle("bob")
    return one


async def asked_again(scene: Scene, trouble: list[str], minutes: int) -> tuple[str, list[Object]]:
    """The page that the payer is sent to, and all pages that Stripe has."""
    scene.faults.queue = list(trouble)
    for wait in (0, minutes):
        acts.advance(scene.world, wait * MINUTE_S)
        async with scene.transaction() as db:
            begun = await begin_top_up(
                db, scene.gateway, "bob", eur(50_000), URL, scene.clock(), "t1"
            )
        if not wait:
            assert (begun.state.value, begun.url) == ("created", "")
    assert (begun.state.value, begun.refusal) == ("pending", "")
    return begun.ref, scene.world.all("checkout.session")


@pytest.mark.parametrize("minutes", [1, 29, 40, 59])
async def test_a_lost_answer_is_given_again(
    scene: Scene, db: AsyncConnection, minutes: int
) -> None:
    """Same key, same body: Stripe answers with the page that it has made."""
    page, pages = await asked_again(scene, LOST, minutes)
    assert [one["id"] for one in pages] == [page]
    await paid_once(scene, db, page)


@pytest.mark.parametrize("minutes", [1, 29, 40, 59, 60, 90, 60 * 30])
async def test_what_was_not_heard_is_asked_for_again(
    scene: Scene, db: AsyncConnection, minutes: int
) -> None:
    """Nothing was made, and nothing is saved under the key: the page must still be acceptable."""
    page, pages = await asked_again(scene, UNHEARD, minutes)
    assert [one["id"] for one in pages] == [page]
    await paid_once(scene, db, page)


@pytest.mark.parametrize("minutes", [60, 90])
async def test_after_an_hour_it_is_another_attempt(
    scene: Scene, db: AsyncConnection, minutes: int
) -> None:
    """The first page is known to nobody; its end does not end the second."""
    page, pages = await asked_again(scene, LOST, minutes)
    second, first = (one["id"] for one in pages)
    assert page == second != first
    acts.advance(scene.world, (121 - minutes) * MINUTE_S)
    for event in scene.world.events:
        assert event["data"]["object"]["id"] == first
        await scene.deliver(event)
    await scene.work()
    assert (await top_up(db, "t1")).state.value == "pending"
    await paid_once(scene, db, page)


async def paid_once(scene: Scene, db: AsyncConnection, page: str) -> None:
    told = len(scene.world.events)
    acts.pay(scene.world, page)
    for event in scene.world.events[told:]:
        await scene.deliver(event)
    await scene.work_all()
    assert await statement(db) == "CASH stripe -48520; PREPAID bob 50000; FEES -1480"
    assert await check(db) == []
