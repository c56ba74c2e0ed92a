"""Every order of every flow's events, each event twice: the same books each time."""

import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from ledger import stripe_reading
from tests.conftest import tune_sqlite
from tests.stripe.fake import World, acts
from tests.stripe.fake.world import DAY_S, Object
from tests.stripe.orders import Walk
from tests.stripe.scene import Scene, nested, statement


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def db(
    backend: str, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncConnection]:
    """SQLite without the driver's thread: the walks take thousands of steps and undo them."""

    async def at_once(_: object, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return work(*args, **kwargs)

    here: Any = {}
    if backend == "sqlite":
        monkeypatch.setattr("aiosqlite.core.Connection._execute", at_once)
        here = {"check_same_thread": False}
    engine = create_async_engine(shared_url, poolclass=NullPool, connect_args=here)
    if backend == "sqlite":
        tune_sqlite(engine)
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()
    await engine.dispose()


@pytest.fixture
async def scene(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> Scene:
    world = World(views={})
    one = Scene(nested(db), world, monkeypatch)
    await one.settle("bob")
    return one


def heard(events: list[Object]) -> list[Object]:
    """Those that our endpoint is subscribed to."""
    return [event for event in events if stripe_reading.about(event["type"])]


async def walk(scene: Scene, db: AsyncConnection, events: list[Object]) -> set[str]:
    """What all orders of the events end in; it is asserted that none was left out."""
    one = Walk(db, scene, lambda: statement(db))
    assert await one.over(events) == math.factorial(len(events))
    print(f"{math.factorial(len(events))} orders in {one.steps} steps on {db.dialect.name}")
    return one.ends


async def paid(scene: Scene, card: str = "visa") -> Object:
    """A top-up of 1000.00 whose news is not delivered yet; answers the page."""
    return await scene.top_up("bob", "t1", 100_000, card)


async def told(scene: Scene) -> int:
    """All news so far is delivered and applied; answers how many events there were."""
    for event in heard(scene.world.events):
        await scene.deliver(event)
    await scene.work()
    return len(scene.world.events)


async def told_connect(scene: Scene) -> None:
    for event in scene.world.events:
        if event.get("account"):
            await scene.deliver(event)
    await scene.work()


async def test_top_up(scene: Scene, db: AsyncConnection) -> None:
    """A card declines, another pays, the fee comes late."""
    scene.world.late_fees = True
    page = await scene.open("bob", "t1", 100_000)
    acts.try_to_pay(scene.world, page, "chargeDeclinedInsufficientFunds")
    acts.pay(scene.world, page)
    acts.book_fees(scene.world)
    events = heard(scene.world.events)
    assert len(events) == 4
    assert await walk(scene, db, events) == {"CASH stripe -97070; PREPAID bob 100000; FEES -2930"}


async def test_top_up_by_bank_debit(scene: Scene, db: AsyncConnection) -> None:
    """The page is completed days before the money comes."""
    await paid(scene, "sepa_succeeds")
    acts.advance(scene.world, 3 * DAY_S)
    acts.settle_debits(scene.world)
    events = heard(scene.world.events)
    assert len(events) == 3
    assert await walk(scene, db, events) == {"CASH stripe -97070; PREPAID bob 100000; FEES -2930"}


async def test_top_up_by_bank_debit_that_fails(scene: Scene, db: AsyncConnection) -> None:
    await paid(scene, "sepa_fails")
    acts.settle_debits(scene.world)
    events = heard(scene.world.events)
    assert len(events) == 3
    assert await walk(scene, db, events) == {""}


async def test_refund(scene: Scene, db: AsyncConnection) -> None:
    """It waits, arrives, and comes back from a closed card."""
    await paid(scene, "pendingRefund")
    mark = await told(scene)
    await scene.ask_back("bob", "r1", 30_000)
    (refund,) = scene.world.all("refund")
    acts.finish_refund(scene.world, refund["id"])
    arrived = heard(scene.world.events[mark:])
    acts.fail_refund(scene.world, refund["id"])
    events = heard(scene.world.events[mark:])
    assert (len(arrived), len(events)) == (3, 6)
    assert await walk(scene, db, events) == {"CASH stripe -97070; PREPAID bob 100000; FEES -2930"}


@pytest.mark.parametrize("answered", [False, pytest.param(True, marks=pytest.mark.nightly)])
async def test_dispute_won(scene: Scene, db: AsyncConnection, answered: bool) -> None:
    """Even the news of the payment itself may come after the dispute is over."""
    page = await paid(scene)
    dispute = acts.dispute(scene.world, page["payment_intent"])
    if answered:
        acts.answer_dispute(scene.world, dispute["id"])
    acts.close_dispute(scene.world, dispute["id"], won=True)
    events = [e for e in heard(scene.world.events) if not e["type"].startswith("checkout")]
    assert len(events) == 5 + answered
    assert await walk(scene, db, events) == {
        "CASH stripe -95570; PREPAID bob 100000; FEES -2930; DISPUTE_COST -1500"
    }


async def test_dispute_lost(scene: Scene, db: AsyncConnection) -> None:
    """The wallet pays for it; the fee of the dispute is ours."""
    page = await paid(scene)
    dispute = acts.dispute(scene.world, page["payment_intent"])
    acts.answer_dispute(scene.world, dispute["id"])
    acts.close_dispute(scene.world, dispute["id"], won=False)
    events = [e for e in heard(scene.world.events) if not e["type"].startswith("checkout")]
    assert len(events) == 5
    assert await walk(scene, db, events) == {"CASH stripe 4430; FEES -2930; DISPUTE_COST -1500"}


async def test_fraud_warning(scene: Scene, db: AsyncConnection) -> None:
    """What is left goes back at once, and the wallet stays frozen."""
    page = await scene.top_up("bob", "t1", 10_000)
    acts.warn_of_fraud(scene.world, page["payment_intent"])
    events = heard(scene.world.events)
    assert len(events) == 3
    assert await walk(scene, db, events) == {"CASH stripe 320; PREPAID bob 0 frozen; FEES -320"}


async def test_payout_to_our_own_bank(scene: Scene, db: AsyncConnection) -> None:
    """It arrives, and the bank sends it back."""
    await paid(scene)
    mark = await told(scene)
    acts.advance(scene.world, 3 * DAY_S)
    (payout,) = acts.pay_out_all(scene.world)
    acts.arrive(scene.world, payout["id"])
    acts.return_payout(scene.world, payout["id"])
    events = heard(scene.world.events[mark:])
    assert len(events) == 5
    assert await walk(scene, db, events) == {"CASH stripe -97070; PREPAID bob 100000; FEES -2930"}


async def test_auto_top_up(scene: Scene, db: AsyncConnection) -> None:
    """The card's bank asks for its owner, who confirms; the fee comes late."""
    scene.world.late_fees = True
    await scene.save_card("bob", "authenticationRequired")
    run = await scene.charge_by_itself("bob")
    (intent,) = scene.world.all("payment_intent")
    acts.confirm(scene.world, intent["id"])
    acts.book_fees(scene.world)
    events = heard(scene.world.events)
    assert (run, len(events)) == ("owner_needed", 3)
    assert await walk(scene, db, events) == {"CASH stripe -4825; PREPAID bob 5000; FEES -175"}


async def test_auto_top_up_whose_answer_was_lost(scene: Scene, db: AsyncConnection) -> None:
    """News and our own looking for the payment meet."""
    await scene.save_card("bob", "visa")
    scene.world.late_fees = True
    scene.faults.queue = ["reset"] * 3
    run = await scene.charge_by_itself("bob")
    acts.book_fees(scene.world)
    events = heard(scene.world.events)
    assert (run, len(events)) == ("in_doubt", 2)
    assert await walk(scene, db, events) == {"CASH stripe -4825; PREPAID bob 5000; FEES -175"}


async def test_payout(scene: Scene, db: AsyncConnection) -> None:
    """The payee's account is opened, is ready, sends on to the bank, which sends back."""
    account = await scene.open_account("ann")
    await scene.earn("ann", 100_000)
    acts.onboard(scene.world, account)
    await told_connect(scene)
    acts.advance(scene.world, 20 * DAY_S)
    sent = await scene.pay_out("ann", "o1", 50_000)
    mark = len(scene.world.events)
    acts.restrict(scene.world, account)
    (payout,) = acts.pay_out_all(scene.world, account)
    acts.arrive(scene.world, payout["id"], account)
    acts.return_payout(scene.world, payout["id"], account)
    events = scene.world.events[mark:]
    assert (sent, len(events)) == ("arrived", 6)
    assert await walk(scene, db, events) == {
        "CASH stripe -50000; EARNINGS ann 45000; RESERVE ann 5000"
    }
