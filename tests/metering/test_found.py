"""What the simulation found: each day that went wrong, as one short scene."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from metering import LeaseLost, MeterState, Segment, Tariff, charges, load, pause, resume, running
from metering.leases import LEASE_S
from tests.metering.books import SESSION, T0, House, at, begin, clean, money, seconds
from tests.metering.test_loop import crash_after

STEPS = Tariff(segments=(Segment(0, 10_00, 5, 5),), lead_s=3, absence_s=15)


@pytest.fixture
async def house(fresh_engine: AsyncEngine) -> House:
    return House(fresh_engine)


async def test_what_is_held_on_the_way_to_silence_is_given_back(house: House) -> None:
    """Seconds that came late ask for a hold in the very turn in which absence ends the session."""
    async with house.transaction() as db:
        await begin(db, 100_00, STEPS)
    loop = house.loop()
    await house.run(loop, 1, SESSION)
    for second in seconds(1, 4):
        loop.witness(SESSION, second)
    house.clock.second = 20
    await loop.turn()
    async with house.transaction() as db:
        assert await running(db) == []
        assert await money(db) == (90_00, 0)
        assert await clean(db)


@pytest.mark.parametrize("grace", [0, 6])
async def test_a_charge_is_never_stored_without_the_second_that_it_was_made_for(
    house: House, monkeypatch: pytest.MonkeyPatch, grace: int
) -> None:
    """A turn that dies after any statement: charged increments are begun ones."""
    tariff = replace(STEPS, segments=(Segment(0, 2_00, 1, 1),), grace_seconds=grace)
    async with house.transaction() as db:
        await begin(db, 100_00, tariff)
    house.clock.second = 9
    died, statements = True, 0
    while died:
        loop = house.loop()
        for second in seconds(0, 9):
            loop.witness(SESSION, second)
        died = await crash_after(house, statements, loop, monkeypatch)
        statements += 2
        async with house.transaction() as db:
            meter = await load(db, SESSION)
            assert meter.ticks == (meter.clock_s if meter.clock_s > grace else 0)
    async with house.transaction() as db:
        assert await money(db) == (82_00, 2_00)


async def test_a_second_of_the_pause_does_not_lengthen_the_run_before_it(house: House) -> None:
    async with house.transaction() as db:
        await begin(db, 100_00)
    loop = house.loop()
    await house.run(loop, 10, SESSION)
    async with house.transaction() as db:
        await pause(db, SESSION, "asked", at(10))
    await house.run(loop, 12, SESSION)
    async with house.transaction() as db:
        await resume(db, SESSION, at(12))
    await loop.turn()
    loop.witness(SESSION, T0 + 10)
    house.clock.second = 13
    await loop.turn()
    async with house.transaction() as db:
        found = await load(db, SESSION)
        assert (found.state, found.clock_s) == (MeterState.RUNNING, 10)


async def test_what_a_node_saw_before_it_lost_its_lease_reaches_the_next_owner(
    house: House,
) -> None:
    async with house.transaction() as db:
        await begin(db, 100_00)
    one, two = house.loop("one"), house.loop("two")
    await house.run(one, 3, SESSION)
    one.witness(SESSION, T0 + 3)
    house.clock.second += LEASE_S + 1
    await two.turn()
    for loop in (one, one, two):
        house.clock.second += 1
        with suppress(LeaseLost):
            await loop.turn()
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 4
        assert len(await charges(db, SESSION)) == 1
