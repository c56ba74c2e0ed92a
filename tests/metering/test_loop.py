"""The metering loop with a clock set by hand, committing to both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import fetch, store_pg
from metering import (
    Event,
    FundsExhausted,
    LeaseLost,
    MeteringLoop,
    MeterPaused,
    MeterResumed,
    MeterState,
    MeterStopped,
    Segment,
    Tariff,
    charges,
    load,
    receipts,
    running,
    stop,
    store_bulk,
)
from metering.leases import LEASE_S
from tests.metering.books import (
    OTHER,
    SESSION,
    T0,
    House,
    ManualClock,
    at,
    begin,
    clean,
    escrow,
    money,
    seconds,
    told,
)


@pytest.fixture
async def house(fresh_engine: AsyncEngine) -> House:
    return House(fresh_engine)


async def prepare(house: House, minor: int, *sessions: str) -> None:
    async with house.transaction() as db:
        for place, session in enumerate(sessions or (SESSION,)):
            await begin(db, minor if place == 0 else None, session=session)


async def test_the_loop_charges_what_it_witnessed(house: House) -> None:
    await prepare(house, 100_00)
    await house.run(house.loop(), 70, SESSION)
    assert told(house.published) == ["MinuteCharged", "FundsLow", "MinuteCharged"]
    assert house.recorded == house.published
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 70
        assert await money(db) == (60_00, 0)
        assert await clean(db)


@pytest.mark.parametrize("step", [1, 7, 59, 400])
async def test_how_often_the_loop_wakes_changes_nothing(house: House, step: int) -> None:
    await prepare(house, 100_00)
    await house.run(house.loop(), 400, SESSION, step=step)
    async with house.transaction() as db:
        assert [c.second - T0 for c in await charges(db, SESSION)] == [0, 60, 120, 180, 240]
        assert (await load(db, SESSION)).cause == "funds"
        assert await money(db) == (0, 0)
        assert await clean(db)


@pytest.mark.parametrize("step", [1, 7, 59])
async def test_money_that_ends_within_the_grace(house: House, step: int) -> None:
    """Grace of 100 s, money for a minute: over after it, nothing charged, nothing held."""
    grace = Tariff(grace_seconds=100, segments=(Segment(0, 20_00, 60, 60),))
    async with house.transaction() as db:
        await begin(db, 20_00, grace)
    await house.run(house.loop(), 90, SESSION, step=step)
    assert house.published[-1] == MeterStopped(SESSION, "funds", 60, T0 + 60)
    async with house.transaction() as db:
        assert await charges(db, SESSION) == []
        assert await money(db) == (20_00, 0)
        assert await clean(db)


async def test_two_sessions_on_three_minutes_of_money(house: House) -> None:
    """60.00 on the wallet, 20.00 a minute each: three minutes in all, never below zero."""
    await prepare(house, 60_00, SESSION, OTHER)
    loop = house.loop()
    while house.clock.second < 200:
        await house.run(loop, house.clock.second + 1, SESSION, OTHER)
        async with house.transaction() as db:
            posted, held = await money(db)
            assert posted >= held >= 0
    async with house.transaction() as db:
        minutes = [len(await charges(db, s)) for s in (SESSION, OTHER)]
        assert sorted(minutes) == [1, 2]
        clocks = sorted([(await load(db, s)).clock_s for s in (SESSION, OTHER)])
        assert clocks == [60, 120]
        escrows = [(await money(db, escrow(s)))[0] for s in (SESSION, OTHER)]
        assert sorted(escrows) == [20_00, 40_00]
        assert await money(db) == (0, 0)
        assert await running(db) == []
        assert await clean(db)


async def test_silence_pauses_and_evidence_resumes(house: House) -> None:
    await prepare(house, 100_00)
    loop = house.loop()
    await house.run(loop, 10, SESSION)
    house.published.clear()
    await house.run(loop, 20)
    assert house.published == [MeterPaused(SESSION, "no_media", T0 + 10)]
    async with house.transaction() as db:
        assert (await load(db, SESSION)).state is MeterState.PAUSED
    house.published.clear()
    await house.run(loop, 30, SESSION)
    assert house.published == [MeterResumed(SESSION, T0 + 20)]
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 20
        assert (await load(db, SESSION)).state is MeterState.RUNNING


async def test_a_sleep_of_a_whole_minute_costs_nothing_and_ends_nothing(house: House) -> None:
    await prepare(house, 100_00)
    loop = house.loop()
    await house.run(loop, 10, SESSION)
    house.published.clear()
    await house.run(loop, 72)
    await house.run(loop, 90, SESSION)
    assert house.published == [
        MeterPaused(SESSION, "no_media", T0 + 10),
        MeterResumed(SESSION, T0 + 72),
    ]
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 28
        assert await money(db) == (80_00, 0)
        assert await clean(db)


async def test_both_gone_for_ninety_seconds_ends_the_session(house: House) -> None:
    await prepare(house, 100_00)
    loop = house.loop()
    await house.run(loop, 10, SESSION)
    await house.run(loop, 110)
    assert house.published[-1] == MeterStopped(SESSION, "absence", 10, T0 + 10)
    async with house.transaction() as db:
        assert await money(db) == (80_00, 0)
        assert await clean(db)


async def test_a_session_that_nobody_ever_reached_ends_without_a_charge(house: House) -> None:
    await prepare(house, 100_00)
    await house.run(house.loop(), 100)
    assert told(house.published) == ["MeterPaused", "MeterStopped"]
    async with house.transaction() as db:
        assert await money(db) == (100_00, 0)


async def test_hang_up_charges_what_is_still_remembered(house: House) -> None:
    await prepare(house, 100_00)
    loop = house.loop()
    await house.run(loop, 59, SESSION)
    for second in seconds(59, 63):
        loop.witness(SESSION, second)
    async with house.transaction() as db:
        events = await loop.flush(db, SESSION, at(63))
        events += await stop(db, SESSION, "host", at(63))
    assert told(events) == ["MinuteCharged", "MeterStopped"]
    house.clock.second = 63
    house.published.clear()
    assert await loop.turn() == []
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 63
        assert await clean(db)


async def test_a_flush_that_is_rolled_back_loses_nothing(house: House) -> None:
    await prepare(house, 100_00)
    loop = house.loop()
    for second in seconds(0, 5):
        loop.witness(SESSION, second)
    async with house.transaction() as db:
        part = await db.begin_nested()
        assert told(await loop.flush(db, SESSION, at(5))) == ["MinuteCharged", "FundsLow"]
        await part.rollback()
    await house.run(loop, 6)
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 5


async def test_one_bad_meter_does_not_stop_the_others(house: House) -> None:
    await prepare(house, 200_00, SESSION, OTHER)
    async with house.transaction() as db:
        await db.exec_driver_sql(
            f"UPDATE metering_meters SET payer = '[\"NOBODY\"]' WHERE session = '{OTHER}'"
        )
    await house.run(house.loop(), 70, SESSION, OTHER)
    async with house.transaction() as db:
        assert len(await charges(db, SESSION)) == 2
        assert await charges(db, OTHER) == []


async def test_a_new_owner_takes_over_and_the_old_one_writes_nothing(house: House) -> None:
    await prepare(house, 200_00)
    first, second = house.loop("one"), house.loop("two")
    await house.run(first, 30, SESSION)
    assert await second.turn() == []
    assert second.lease is None
    house.clock.second += LEASE_S
    await house.run(second, 61, SESSION)
    first.witness(SESSION, T0 + 61)
    with pytest.raises(LeaseLost):
        await first.turn()
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 30 + 61 - 40
        assert await clean(db)


async def test_a_closed_loop_hands_over_at_once(house: House) -> None:
    await prepare(house, 200_00)
    first, second = house.loop("one"), house.loop("two")
    await house.run(first, 30, SESSION)
    first.witness(SESSION, T0 + 30)
    await first.close()
    await house.run(second, 32, SESSION)
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 32


async def test_a_turn_that_fails_to_record_charges_nothing(house: House) -> None:
    await prepare(house, 200_00)

    async def broken(db: AsyncConnection, events: list[Event]) -> None:
        raise RuntimeError("the record cannot be written")

    loop = house.loop()
    loop.record = broken
    loop.witness(SESSION, T0)
    house.clock.second = 1
    await loop.turn()
    async with house.transaction() as db:
        assert await charges(db, SESSION) == []
    assert house.published == []
    loop.record = house.record
    await house.run(loop, 15)
    async with house.transaction() as db:
        assert len(await charges(db, SESSION)) == 1


class Killed(BaseException):
    """The process is gone: no handler of ours may see it."""


async def crash_after(
    house: House, statements: int, loop: MeteringLoop, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """One turn that dies after so many statements, COMMIT included; True if it died."""
    left = statements

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    async def counted(*facts: Any) -> Any:
        count()
        return await fetch(*facts)

    sync = house.engine.sync_engine
    monkeypatch.setattr(store_pg, "fetch", counted)
    monkeypatch.setattr(store_bulk, "fetch", counted)
    event.listen(sync, "before_cursor_execute", count)
    event.listen(sync, "commit", count)
    try:
        await loop.turn()
    except Killed:
        return True
    finally:
        event.remove(sync, "before_cursor_execute", count)
        event.remove(sync, "commit", count)
        monkeypatch.undo()
    return False


async def test_killed_between_any_two_statements(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each turn is killed after 0, 1, 2 … statements; a new process goes on every time.

    What the dead process remembered comes again from the relay, as after a real restart.
    """
    await prepare(house, 100_00)
    deaths = 0
    for first in (0, 50, 60):
        house.clock.second = first + 10
        died, statements = True, 0
        while died:
            loop = house.loop()
            for second in seconds(0, first + 10):
                loop.witness(SESSION, second)
            died = await crash_after(house, statements, loop, monkeypatch)
            deaths += died
            statements += 1
            async with house.transaction() as db:
                assert await clean(db)
    assert deaths > 30
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 70
        assert [r.n for r in await receipts(db, SESSION)] == [1, 2]
        assert await money(db) == (60_00, 0)


async def test_an_answer_lost_after_the_commit_is_harmless(house: House) -> None:
    await prepare(house, 100_00)
    loop = house.loop()
    transaction = house.transaction
    lost = 0

    @asynccontextmanager
    async def unsure() -> AsyncIterator[AsyncConnection]:
        nonlocal lost
        async with transaction() as db:
            yield db
        if house.clock.second in (3, 61):
            lost += 1
            raise ConnectionError("committed, but nobody heard")

    loop.transaction = unsure
    while house.clock.second < 70:
        loop.witness(SESSION, T0 + house.clock.second)
        house.clock.second += 1
        try:
            await loop.turn()
        except ConnectionError:
            continue
    assert lost == 2
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 70
        assert await money(db) == (60_00, 0)
        assert await clean(db)


async def test_the_last_minute_is_announced_with_its_end(house: House) -> None:
    await prepare(house, 20_00)
    await house.run(house.loop(), 61, SESSION)
    assert FundsExhausted(SESSION, 10) in house.published
    assert house.published[-1] == MeterStopped(SESSION, "funds", 60, T0 + 60)


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(5)
    assert clock() == clock() == at(5)


async def test_a_cancelled_loop_ends_its_turn_before_it_closes(house: House) -> None:
    """Cancelled between BEGIN and COMMIT: the turn commits, and the next owner finds all of it."""
    await prepare(house, 200_00)
    loop, inside, on = house.loop(), asyncio.Event(), asyncio.Event()

    async def slow(db: AsyncConnection, events: list[Event]) -> None:
        inside.set()
        await on.wait()

    loop.record = slow
    loop.witness(SESSION, T0)
    house.clock.second = 1
    running_loop = asyncio.create_task(loop.run())
    await inside.wait()
    running_loop.cancel()
    await asyncio.gather(running_loop, return_exceptions=True)
    closing = asyncio.create_task(loop.close())
    on.set()
    await closing
    assert told(house.published) == ["MinuteCharged"]
    async with house.transaction() as db:
        assert len(await charges(db, SESSION)) == 1
        assert await clean(db)
