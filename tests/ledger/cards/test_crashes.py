"""A crash at every await of every job that asks Stripe for something: after the next run there is
exactly one object at Stripe, and its effect is in the books once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ledger import (
    Account,
    AccountKind,
    Draft,
    Leg,
    ask_checkout,
    balance,
    note_checkout,
    plan_top_up,
    post_many,
    stripe_reading,
)
from ledger.cards import ask_refund, work_refunds
from ledger.cards.auto_top_up import Setting, agree, consider, remember_card, work_auto_top_ups
from ledger.cards.connect import work_pay_outs
from ledger.control import Actor, Rail
from ledger.payouts import change_details, request_pay_out
from ledger.saved_cards import SavedCard
from tests.conftest import create_all, tune_sqlite
from tests.crashes import Process, every_await
from tests.rooms import metadata_of_all
from tests.stripe.fake import World, acts
from tests.stripe.fake.money import book
from tests.stripe.fake.world import DAY_S, Call
from tests.stripe.scene import EUR, URL, Scene, eur

Job = Callable[[], Coroutine[Any, Any, None]]
NO_EFFECT = {"cursor", "fetchone", "fetchmany", "fetchall", "close"}
A_WHILE_S = 300  # leases have ended


@pytest.fixture(
    params=[
        ("sqlite", 1),
        ("postgresql", 12),
        pytest.param(("postgresql", 1), marks=pytest.mark.nightly),
    ],
    ids=["sqlite", "postgresql-sampled", "postgresql-every"],
)
def where(request: pytest.FixtureRequest) -> tuple[str, int]:
    """A database, and which awaits are visited: every one, or every twelfth."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def backend(where: tuple[str, int]) -> str:
    return where[0]


@pytest.fixture
async def engine(
    backend: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncEngine]:
    """SQLite's driver waits several times for one statement; here once, when it is done."""
    here: Any = {}
    if backend == "sqlite":
        monkeypatch.setattr("aiosqlite.core.Connection._execute", _once)
        here = {"check_same_thread": False}
    engine = create_async_engine(database_url, connect_args=here)
    if backend == "sqlite":
        tune_sqlite(engine)
        event.listen(engine.sync_engine, "connect", _unsafe)
    await create_all(engine, metadata_of_all())
    yield engine
    await engine.dispose()


def _unsafe(connection: Any, _record: Any) -> None:
    """The machine does not die here, only its process: no need to wait for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


async def _once(_: object, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    done = work(*args, **kwargs)
    if getattr(work, "__name__", "") not in NO_EFFECT:
        await asyncio.sleep(0)
    return done


class Stage:
    """A party and a world of their own for every crash, in one database."""

    def __init__(self, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self.step = step
        self.process = Process(engine)
        self.transaction = self.process.transaction
        self._monkeypatch = monkeypatch
        self.scene: Scene
        self.party = ""

    async def set_up(self, n: int) -> None:
        """Events of different worlds must not have the same id."""
        world = World(made=n * 10_000)
        self.scene = Scene(self.transaction, world, self._monkeypatch)
        self.party = f"bob-{n}"
        await self.scene.settle(self.party)

    @property
    def world(self) -> World:
        return self.scene.world

    async def hear(self) -> None:
        """News that says something to us is delivered and worked on."""
        for one in self.world.events:
            if stripe_reading.about(one["type"]):
                await self.scene.deliver(one)
        await self.scene.work()

    async def has(self, kind: AccountKind) -> tuple[int, int]:
        """Posted and held."""
        async with self.transaction() as db:
            found = await balance(db, Account(kind, self.party, EUR))
        return found.posted.minor, found.held.minor

    async def fund(self, kind: AccountKind, minor: int) -> None:
        legs = (
            Leg(Account(AccountKind.CASH, "stripe", EUR), -minor),
            Leg(Account(kind, self.party, EUR), minor),
        )
        async with self.transaction() as db:
            for result in await post_many(
                db, [Draft("test", self.party, "test", legs)], self.scene.clock()
            ):
                result.raise_for_status()

    async def through(self, job: Job) -> None:
        """The next run, a while after the crash."""
        await self.process.restart()
        self.world.now += A_WHILE_S
        await job()


@pytest.fixture
def stage(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, where: tuple[str, int]) -> Stage:
    return Stage(engine, monkeypatch, where[1])


async def crashed_everywhere(
    stage: Stage,
    prepare: Callable[[], Coroutine[Any, Any, None]],
    job: Job,
    judge: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    async def attempt(n: int) -> Job:
        await stage.set_up(n)
        await prepare()
        return job

    crashes = await every_await(attempt, judge, stage.through, stage.process.cut, stage.step)
    assert crashes > 4


async def test_top_up(stage: Stage) -> None:
    """Planned, opened, paid by its payer, credited by news."""

    async def prepare() -> None:
        pass

    async def job() -> None:
        id, at = f"t-{stage.party}", stage.scene.clock()
        async with stage.transaction() as db:
            planned = await plan_top_up(db, "stripe", stage.party, eur(50_000), URL, at, id)
        answer = await ask_checkout(stage.scene.gateway, planned, at)
        if answer is not None:
            async with stage.transaction() as db:
                await note_checkout(db, id, answer, at)
        for page in stage.world.all("checkout.session"):
            if page["status"] == "open":
                acts.pay(stage.world, page["id"])
        await stage.hear()

    async def judge() -> None:
        assert len(stage.world.all("checkout.session")) == 1
        assert len(stage.world.all("payment_intent")) == 1
        assert await stage.has(AccountKind.PREPAID) == (50_000, 0)

    await crashed_everywhere(stage, prepare, job, judge)


async def test_refund(stage: Stage) -> None:
    """Asked for, held, called, answered; news of it comes as well."""

    async def prepare() -> None:
        await stage.scene.top_up(stage.party, f"t-{stage.party}", 50_000)
        await stage.hear()

    async def job() -> None:
        actor = Actor(stage.party, "self")
        async with stage.transaction() as db:
            at = stage.scene.clock()
            await ask_refund(db, f"r-{stage.party}", stage.party, eur(20_000), actor, "", at)
        await work_refunds(stage.transaction, stage.scene.gateway, stage.scene.clock)
        await stage.hear()

    async def judge() -> None:
        (refund,) = stage.world.all("refund")
        assert (refund["amount"], refund["status"]) == (20_000, "succeeded")
        assert await stage.has(AccountKind.PREPAID) == (30_000, 0)

    await crashed_everywhere(stage, prepare, job, judge)


async def test_auto_top_up(stage: Stage) -> None:
    """The wallet is low, the saved card is charged, news of the payment comes as well."""

    async def prepare() -> None:
        customer = stage.world.call(Call("POST", "/v1/customers")).body["id"]
        card = SavedCard(acts.save_card(stage.world, customer), customer, "visa", "4242")
        actor, at = Actor(stage.party, "self"), stage.scene.clock()
        limits = Setting(stage.party, True, eur(10_00), eur(50_00), 3, eur(150_00))
        async with stage.transaction() as db:
            await remember_card(db, stage.party, "stripe", card, actor, at)
            await agree(db, limits, actor, at)

    async def job() -> None:
        async with stage.transaction() as db:
            await consider(db, stage.party, URL, stage.scene.clock())
        await work_auto_top_ups(stage.transaction, stage.scene.cards, stage.scene.clock)
        await stage.hear()

    async def judge() -> None:
        (intent,) = stage.world.all("payment_intent")
        assert (intent["amount"], intent["status"]) == (50_00, "succeeded")
        assert await stage.has(AccountKind.PREPAID) == (50_00, 0)

    await crashed_everywhere(stage, prepare, job, judge)


async def test_pay_out(stage: Stage) -> None:
    """Asked for, held, transferred to the payee's account, booked as sent and arrived."""

    async def prepare() -> None:
        stage.world.onboards_at_once = True
        account = stage.world.call(Call("POST", "/v1/accounts")).body["id"]
        book(stage.world, "charge", 100_000, "eur", "ch_before")
        actor, at = Actor(stage.party, "self"), stage.scene.clock()
        async with stage.transaction() as db:
            await change_details(db, stage.party, Rail.CARD, account, actor, at)
        await stage.fund(AccountKind.EARNINGS, 50_000)
        acts.advance(stage.world, 20 * DAY_S)

    async def job() -> None:
        actor, at = Actor(stage.party, "self"), stage.scene.clock()
        async with stage.transaction() as db:
            await request_pay_out(db, f"o-{stage.party}", stage.party, eur(30_000), actor, at)
        await work_pay_outs(stage.transaction, stage.scene.payees, stage.scene.clock)
        await stage.hear()

    async def judge() -> None:
        (transfer,) = stage.world.all("transfer")
        assert (transfer["amount"], transfer["metadata"]) == (
            30_000,
            {"pay_out": f"o-{stage.party}"},
        )
        posted, held = await stage.has(AccountKind.EARNINGS)
        reserved, _ = await stage.has(AccountKind.RESERVE)
        assert (posted + reserved, held) == (20_000, 0)
        assert await stage.has(AccountKind.PAYOUT) == (0, 0)

    await crashed_everywhere(stage, prepare, job, judge)
