"""Two nodes on one database: who owns what, and that a minute is charged once whoever sleeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Account, AccountKind
from metering import (
    LeaseLost,
    MeteringLoop,
    MeterState,
    StaleMeter,
    arm,
    charges,
    client_pays_tariff,
    load,
    pause,
    start,
    store_bulk,
)
from metering import loop as loops
from metering.leases import LEASE_S, STOP_AFTER_S
from metering.shards import SHARDS, shard_of
from tests.metering.books import (
    BOB,
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
)

CAROL = Account(AccountKind.PREPAID, "carol")
SECOND_NS = 1_000_000_000


@pytest.fixture
async def house(fresh_engine: AsyncEngine) -> House:
    """Bob's session and Carol's, 100.00 each, at 20.00 a minute."""
    house = House(fresh_engine)
    async with house.transaction() as db:
        await begin(db, 100_00)
        await fund(db, 100_00, to=CAROL)
        await arm(db, OTHER, CAROL, escrow(OTHER), client_pays_tariff(), at(-5))
        await start(db, OTHER, at(0))
    assert shard_of(BOB) < SHARDS // 2 < shard_of(CAROL)
    return house


def halves(house: House) -> tuple[MeteringLoop, MeteringLoop]:
    loops = house.loop("one"), house.loop("two")
    for one in loops:
        one._keeper.shards_max = SHARDS // 2
    return loops


async def test_two_nodes_share_the_meters_and_tell_each_other(house: House) -> None:
    """Whichever node sees a second, its owner counts it."""
    one, two = halves(house)
    for second in range(70):
        for node in (one, two):
            for session in (SESSION, OTHER):
                node.witness(session, T0 + second)
        house.clock.second = second + 1
        await one.turn()
        await two.turn()
    house.clock.second += 1
    await one.turn()
    await two.turn()
    assert one.lease
    assert two.lease
    assert set(one.lease.epochs) | set(two.lease.epochs) == set(range(SHARDS))
    assert not set(one.lease.epochs) & set(two.lease.epochs)
    async with house.transaction() as db:
        assert [(await load(db, s)).clock_s for s in (SESSION, OTHER)] == [70, 70]
        assert [len(await charges(db, s)) for s in (SESSION, OTHER)] == [2, 2]
        assert await money(db) == await money(db, CAROL) == (60_00, 0)
        assert await clean(db)


async def test_a_look_whose_answer_is_lost_forgets_nothing(house: House) -> None:
    """Three seconds of Carol's that the other node saw, and a session that has just begun: both
    reach their owner although nobody heard whether its look was committed."""
    one, two = halves(house)
    await one.turn()
    await two.turn()
    async with house.transaction() as db:
        await fund(db, 100_00, to=CAROL)
        await arm(db, "S-3", CAROL, escrow("S-3"), client_pays_tariff(), at(-5))
        await start(db, "S-3", at(0))
    for second in range(3):
        one.witness(OTHER, T0 + second)
        house.clock.second = second + 1
        await one.turn()

    @asynccontextmanager
    async def cut() -> AsyncIterator[AsyncConnection]:
        async with house.transaction() as db:
            yield db
        raise ConnectionResetError

    two.transaction = cut
    with pytest.raises(ConnectionResetError):
        await two.turn()
    two.transaction = house.transaction
    for _ in range(2):
        await two.turn()
        house.clock.second += 1
    assert "S-3" in two._keeper.owned
    await two.close()
    async with house.transaction() as db:
        assert (await load(db, OTHER)).clock_s == 3
        left = await db.execute(text("SELECT count(*) FROM metering_witnessed"))
        assert left.scalar_one() == 0
        assert await clean(db)


async def test_an_owner_that_slept_past_its_leases_writes_nothing(house: House) -> None:
    """Stopped with a minute to charge, it wakes when another has charged it."""
    asleep_ns = 0
    first, second = house.loop("one"), house.loop("two")
    first._keeper.monotonic_ns = lambda: asleep_ns
    await house.run(first, 59, SESSION, OTHER)
    mine = first._keeper.owned[SESSION].meter
    epochs = dict(first._keeper.epochs)
    first.witness(SESSION, T0 + 59)
    house.clock.second += LEASE_S
    await house.run(second, 75, SESSION, OTHER)
    asleep_ns = STOP_AFTER_S * SECOND_NS
    first._keeper.polled = house.clock.second + T0  # as one that had looked just before it slept
    with pytest.raises(LeaseLost):
        await first.turn()
    async with house.transaction() as db:
        with pytest.raises(StaleMeter):
            await store_bulk.save(db, [mine], at(75), epochs)
    async with house.transaction() as db:
        assert len(await charges(db, SESSION)) == 2
        assert await clean(db)


async def test_epochs_guard_a_row_that_nobody_changed(house: House) -> None:
    """The version is right, the epoch is not: nothing is written."""
    first = house.loop("one")
    await house.run(first, 5, SESSION)
    mine, epochs = first._keeper.owned[SESSION].meter, dict(first._keeper.epochs)
    async with house.transaction() as db:
        await db.execute(text("UPDATE metering_shards SET epoch = epoch + 1"))
    async with house.transaction() as db:
        assert await store_bulk.stand_still(db, [mine], epochs) == (set(), {SESSION})
        with pytest.raises(StaleMeter):
            await store_bulk.save(db, [mine], at(6), epochs)


async def test_a_pause_on_another_node_is_seen_within_a_second(house: House) -> None:
    loop = house.loop()
    await house.run(loop, 30, SESSION)
    async with house.transaction() as db:
        await pause(db, SESSION, "asked", at(30))
    await house.run(loop, 45, SESSION)
    async with house.transaction() as db:
        found = await load(db, SESSION)
        assert (found.state, found.clock_s) == (MeterState.PAUSED, 30)
        assert await clean(db)


async def test_evidence_waits_for_at_most_fifteen_seconds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a node with many meters: rows are written at charges, holds, and every 15 s; a crash
    costs us what was not written, never the payer.
    """
    monkeypatch.setattr(loops, "EVIDENCE_A_SECOND", 1 / 100)
    loop = house.loop()
    seen = []
    for second in range(1, 62):
        await house.run(loop, second, SESSION)
        async with house.transaction() as db:
            seen.append((await load(db, SESSION)).clock_s)
    assert all(second - clock < 15 for second, clock in enumerate(seen, 1))
    assert len(set(seen)) < 10
    async with house.transaction() as db:
        assert [c.second - T0 for c in await charges(db, SESSION)] == [0, 60]
    crashed = house.loop()
    await house.run(crashed, 125, SESSION)
    async with house.transaction() as db:
        assert await clean(db)


async def test_what_is_not_written_yet_is_charged_at_hang_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "EVIDENCE_A_SECOND", 1 / 100)
    loop = house.loop()
    await house.run(loop, 50, SESSION)
    async with house.transaction() as db:
        await loop.flush(db, SESSION, at(50))
        assert (await load(db, SESSION)).clock_s == 50


async def test_a_closed_loop_writes_everything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "EVIDENCE_A_SECOND", 1 / 100)
    loop = house.loop()
    await house.run(loop, 40, SESSION)
    await loop.close()
    assert loop.lease is None
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 40
        assert await clean(db)


async def test_evidence_is_fenced_as_money_is(house: House) -> None:
    """Another version, or another epoch: nothing of it is written."""
    first = house.loop("one")
    await house.run(first, 5, SESSION)
    own, epochs = first._keeper.owned[SESSION], dict(first._keeper.epochs)
    span = (own.meter, own.shard, T0 + 5, T0 + 9)
    old = (own.meter._replace(version=own.meter.version - 1), *span[1:])
    async with house.transaction() as db:
        assert await store_bulk.keep(db, [old], at(9), epochs) == {SESSION}
        await db.execute(text("UPDATE metering_shards SET epoch = epoch + 1"))
        assert await store_bulk.keep(db, [span], at(9), epochs) == {SESSION}
        assert (await load(db, SESSION)).clock_s == 5
        await db.execute(text("UPDATE metering_shards SET epoch = epoch - 1"))
        assert await store_bulk.keep(db, [span], at(9), epochs) == set()
        assert await store_bulk.keep(db, [span], at(9), epochs) == {SESSION}
        assert (await load(db, SESSION)).clock_s == 9
        assert await clean(db)
