"""The failure modes that metering must survive, each a test named after it.

Where a mode has more to it than one scene, ALSO names the tests that go further; they must exist.
"""

import ast
import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Account, AccountKind, Draft, InsufficientFunds, Leg, Status, post_many
from metering import (
    Event,
    LeaseLost,
    MeterState,
    arm,
    charges,
    client_pays_tariff,
    load,
    pause,
    resume,
    running,
    segments,
    start,
    steady_clock,
    stop,
    tariff_for,
)
from metering.leases import LEASE_S, STOP_AFTER_S
from metering.shards import SHARDS
from tests.metering import test_loop as scenes
from tests.metering.books import (
    BOB,
    CASH,
    COMMISSION,
    OTHER,
    SESSION,
    T0,
    House,
    at,
    begin,
    clean,
    escrow,
    fund,
    money,
    seconds,
    told,
)
from tests.metering.failures import ALSO, Away

ROOT = Path(__file__).parents[2]
SECOND_NS = 1_000_000_000


@pytest.mark.parametrize("named", [name for names in ALSO.values() for name in names])
def test_the_tests_that_go_further_exist(named: str) -> None:
    file, _, name = named.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert name in {node.name for node in tree.body if isinstance(node, kinds)}


@pytest.fixture
async def house(fresh_engine: AsyncEngine) -> House:
    return House(fresh_engine)


async def prepare(house: House, minor: int = 100_00, *sessions: str) -> None:
    async with house.transaction() as db:
        for place, session in enumerate(sessions or (SESSION,)):
            await begin(db, minor if place == 0 else None, session=session)


async def test_kill_between_any_two_statements(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the turn that charges the second minute; whoever comes after finishes it, once."""
    await prepare(house)
    await house.run(house.loop(), 55, SESSION)
    house.clock.second = 65
    died, statements = True, 0
    while died:
        loop = house.loop()
        for second in seconds(50, 65):
            loop.witness(SESSION, second)
        died = await scenes.crash_after(house, statements, loop, monkeypatch)
        statements += 1
        async with house.transaction() as db:
            assert await clean(db)
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 65
        assert [line.n for line in await charges(db, SESSION)] == [1, 2]


async def test_commit_acknowledged_to_nobody(house: House) -> None:
    """Every commit of the first three seconds is made and nobody hears of it."""
    await prepare(house)
    loop = house.loop()
    transaction = house.transaction

    @asynccontextmanager
    async def unheard() -> AsyncIterator[AsyncConnection]:
        async with transaction() as db:
            yield db
        if house.clock.second in (1, 2, 3):
            raise ConnectionError("committed, but nobody heard")

    loop.transaction = unheard
    for second in range(61):
        loop.witness(SESSION, T0 + second)
        house.clock.second = second + 1
        try:
            await loop.turn()
        except ConnectionError:
            continue
    async with house.transaction() as db:
        assert [line.n for line in await charges(db, SESSION)] == [1, 2]
        assert await money(db) == (60_00, 0)
        assert await clean(db)


async def test_database_away_for_a_minute(house: House) -> None:
    """Nothing is lost: the minute that began meanwhile is charged with its own second."""
    await prepare(house)
    loop = house.loop()
    loop.transaction = Away(house, 30, 91, ConnectionError("away")).transaction
    while house.clock.second < 95:
        loop.witness(SESSION, T0 + house.clock.second)
        house.clock.second += 1
        try:
            await loop.turn()
        except (ConnectionError, LeaseLost):
            continue
    async with house.transaction() as db:
        found = await load(db, SESSION)
        assert (found.state, found.clock_s) == (MeterState.RUNNING, 95)
        assert [line.second - T0 for line in await charges(db, SESSION)] == [0, 60]
        assert await clean(db)


async def test_owner_stopped_past_its_lease_and_continued(house: House) -> None:
    await prepare(house)
    asleep_ns = 0
    one, two = house.loop("one"), house.loop("two")
    one._keeper.monotonic_ns = lambda: asleep_ns
    await house.run(one, 59, SESSION)
    one.witness(SESSION, T0 + 59)
    house.clock.second += LEASE_S
    await house.run(two, 75, SESSION)
    async with house.transaction() as db:
        before = await load(db, SESSION)
    asleep_ns = STOP_AFTER_S * SECOND_NS
    with pytest.raises(LeaseLost):
        await one.turn()
    async with house.transaction() as db:
        assert await load(db, SESSION) == before
        assert await clean(db)


async def test_two_nodes_start_at_once(house: House) -> None:
    """Both take at the same moment: one owner a shard, and none without."""
    one, two = house.loop("one"), house.loop("two")
    for node in (one, two):
        node._keeper.shards_max = SHARDS // 2
    if house.engine.dialect.name == "sqlite":  # one writer at a time, as in web/db.py
        await one.turn()
        await two.turn()
    else:
        await asyncio.gather(one.turn(), two.turn())
        house.clock.second += 1
        await asyncio.gather(one.turn(), two.turn())
    assert one.lease
    assert two.lease
    assert sorted([*one.lease.epochs, *two.lease.epochs]) == list(range(SHARDS))


async def test_event_loop_stalls_for_five_seconds(house: House) -> None:
    await prepare(house)
    loop = house.loop()
    await house.run(loop, 58, SESSION)
    for second in seconds(58, 63):
        loop.witness(SESSION, second)
    house.clock.second = 63
    await loop.turn()
    async with house.transaction() as db:
        assert [line.second - T0 for line in await charges(db, SESSION)] == [0, 60]
        assert (await load(db, SESSION)).state is MeterState.RUNNING


@pytest.mark.parametrize("step_s", [3600, -3600])
async def test_wall_clock_steps_by_an_hour(house: House, step_s: int) -> None:
    """The node's clock is read once and counted on: the session goes on, the bill is the same."""
    await prepare(house)
    step = {"s": 0}
    loop = house.loop()
    loop.clock = steady_clock(
        lambda: at(house.clock.second + step["s"]), lambda: house.clock.second * 1_000_000_000
    )
    await house.run(loop, 50, SESSION)
    step["s"] = step_s
    await house.run(loop, 70, SESSION)
    async with house.transaction() as db:
        found = await load(db, SESSION)
        assert (found.state, found.clock_s) == (MeterState.RUNNING, 70)
        assert [line.second - T0 for line in await charges(db, SESSION)] == [0, 60]
        assert await money(db) == (60_00, 0)
        assert await clean(db)


async def test_hang_up_at_the_instant_of_a_tick_and_twice_and_late(house: House) -> None:
    """The second minute is due with the second that the hang-up brings: one end, one charge."""
    await prepare(house)
    loop = house.loop()
    await house.run(loop, 60, SESSION)
    loop.witness(SESSION, T0 + 60)
    house.clock.second = 61
    events: list[Event] = []
    for moment in (61, 61, 90):
        async with house.transaction() as db:
            events += await loop.flush(db, SESSION, at(moment))
            events += await stop(db, SESSION, "host", at(moment))
        await loop.turn()
    assert told(events) == ["MinuteCharged", "MeterStopped"]
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 61
        assert await money(db) == (60_00, 0)
        assert await clean(db)


async def test_peer_flaps_ten_times_a_second(house: House) -> None:
    """A second is reported ten times or not at all: no charge for gaps, a row a gap at most."""
    await prepare(house)
    loop = house.loop()
    while house.clock.second < 40:
        if house.clock.second % 4:
            for _ in range(10):
                loop.witness(SESSION, T0 + house.clock.second)
        house.clock.second += 1
        await loop.turn()
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 30
        assert len(await segments(db, SESSION)) == 10
        assert len(await charges(db, SESSION)) == 1


async def test_thirty_sessions_of_one_payer_with_money_for_one(db: AsyncConnection) -> None:
    await fund(db, 20_00)
    started = 0
    for number in range(30):
        session = f"S-{number}"
        await arm(db, session, BOB, escrow(session), client_pays_tariff(), at(0))
        try:
            await start(db, session, at(0))
        except InsufficientFunds:
            continue
        started += 1
    assert started == len(await running(db)) == 1
    assert await money(db) == (20_00, 20_00)


async def test_top_up_in_final_and_withdrawal_of_held_money(house: House) -> None:
    await prepare(house, 20_00)
    loop = house.loop()
    await house.run(loop, 55, SESSION)
    async with house.transaction() as db:
        assert (await load(db, SESSION)).state is MeterState.FINAL
        await fund(db, 20_00, key="in time")
    await house.run(loop, 57, SESSION)
    async with house.transaction() as db:
        assert (await load(db, SESSION)).state is MeterState.RUNNING
        assert await money(db) == (20_00, 20_00)
        out = Draft("out", "1", "out", (Leg(BOB, -1), Leg(CASH, 1)))
        assert [r.status for r in await post_many(db, [out], at(57))] == [Status.INSUFFICIENT]
    await house.run(loop, 61, SESSION)
    async with house.transaction() as db:
        assert await money(db) == (0, 0)
        assert len(await charges(db, SESSION)) == 2


async def test_price_changed_in_the_middle_of_a_session(house: House) -> None:
    """Whoever publishes, and whenever: a session keeps what was frozen into it."""
    await prepare(house)
    loop = house.loop()
    await house.run(loop, 30, SESSION)
    async with house.transaction() as db:
        dear = replace(client_pays_tariff(99_00), version=2)
        await db.execute(
            text(
                "INSERT INTO metering_tariffs (plan, owner, version, tariff, published_us,"
                " published_by, why) VALUES ('client-pays', '', 2, :tariff, 1, 'c', 'dearer')"
            ),
            {"tariff": dear.to_json()},
        )
        assert (await tariff_for(db, "client-pays", "ann")).minute_minor == 99_00
    await house.run(loop, 61, SESSION)
    async with house.transaction() as db:
        assert [line.amount.minor for line in await charges(db, SESSION)] == [20_00, 20_00]
        assert await clean(db)


async def test_all_sessions_due_in_one_second_also_after_a_restart(house: House) -> None:
    """Sixty of one wallet: the second minute of all of them in one turn, nobody is cut off."""
    names = [f"S-{number:03}" for number in range(60)]
    await prepare(house, 60 * 40_00, *names)
    await house.run(house.loop(), 59, *names, step=59)
    again = house.loop()
    await house.run(again, 61, *names, step=2)
    async with house.transaction() as db:
        assert len(await running(db)) == 60
        assert (await db.execute(text("SELECT count(*) FROM metering_charges"))).scalar() == 120
        assert await money(db) == (0, 0)
        assert await clean(db)


async def test_one_bad_row_in_a_batch(house: House) -> None:
    """Set apart; the others are billed."""
    await scenes.test_one_bad_meter_does_not_stop_the_others(house)


@pytest.mark.parametrize(
    "said", ["database or disk is full", "attempt to write a readonly database"]
)
async def test_disk_full_or_database_read_only(house: House, said: str) -> None:
    """Nothing is charged and nothing started; when there is room again, nothing is missing."""
    await prepare(house)
    loop = house.loop()
    full = Away(house, 20, 40, DBAPIError("UPDATE", None, sqlite3.OperationalError(said)))
    loop.transaction = full.transaction
    while house.clock.second < 60:
        loop.witness(SESSION, T0 + house.clock.second)
        house.clock.second += 1
        try:
            await loop.turn()
        except (DBAPIError, LeaseLost):
            continue
    house.clock.second = 30
    with pytest.raises(DBAPIError):
        async with full.transaction() as db:
            await start(db, OTHER, at(30))
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 60
        assert len(await charges(db, SESSION)) == 1
        assert await clean(db)


async def test_outbox_consumer_repeats_or_reorders(db: AsyncConnection) -> None:
    """News names its session and number; its verb, asked again or too late, is nothing."""
    await begin(db, 100_00)
    for _ in range(2):
        await stop(db, SESSION, "host", at(70))
    late = [pause(db, SESSION, "host", at(71)), resume(db, SESSION, at(71))]
    for verb in late:
        with pytest.raises(Exception, match="stopped"):
            await verb
    assert (await load(db, SESSION)).cause == "host"
    assert await money(db) == (100_00, 0)


async def test_refund_after_settle_is_a_new_entry(house: House) -> None:
    """What was charged stays as it is; a correction is a journal of its own."""
    await prepare(house)
    loop = house.loop()
    await house.run(loop, 10, SESSION)
    async with house.transaction() as db:
        await stop(db, SESSION, "host", at(10))
        settle = Draft("test", "settle", "test", (Leg(escrow(), -20_00), Leg(COMMISSION, 20_00)))
        back = Draft("test", "back", "test", (Leg(COMMISSION, -5_00), Leg(BOB, 5_00)))
        assert [r.status for r in await post_many(db, [settle, back], at(11))] == [
            Status.POSTED,
            Status.POSTED,
        ]
        before = await charges(db, SESSION)
    for table in ("metering_charges", "metering_receipts", "ledger_entry"):
        with pytest.raises(DBAPIError):
            async with house.transaction() as db:
                await db.execute(text(f"DELETE FROM {table}"))
    async with house.transaction() as db:
        assert await charges(db, SESSION) == before
        assert await money(db) == (85_00, 0)
        assert await money(db, Account(AccountKind.COMMISSION)) == (15_00, 0)
        assert await clean(db)
