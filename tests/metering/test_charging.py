"""Many meters and one wallet, at the same time; prices that change between hold and charge."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from metering import Segment, Tariff, Window, charges, load, observe, pause, resume, stop
from tests.metering.books import (
    OTHER,
    SESSION,
    House,
    at,
    begin,
    clean,
    escrow,
    money,
    seconds,
    told,
)

WEEK = (1, 2, 3, 4, 5, 6, 7)
# 2027-01-15 08:00:00 UTC is second 0 of these tests.
CHEAP_TILL_0802 = Tariff(
    windows=(
        Window(WEEK, 0, 8 * 3600 + 120, None, 0, 0, (Segment(0, 10_00, 60, 60),)),
        Window(WEEK, 8 * 3600 + 120, 86_400, None, 0, 0, (Segment(0, 30_00, 60, 60),)),
    )
)


async def test_parallel_transactions_cannot_spend_the_same_money(
    fresh_engine: AsyncEngine,
) -> None:
    house = House(fresh_engine)
    async with house.transaction() as db:
        await begin(db, 60_00)
        await begin(db, session=OTHER)

    async def watch(session: str) -> None:
        for second in range(0, 200, 5):
            async with house.transaction() as db:
                await observe(db, session, seconds(second, second + 5), at(second + 5))

    await asyncio.gather(watch(SESSION), watch(OTHER))
    async with house.transaction() as db:
        assert sorted([len(await charges(db, s)) for s in (SESSION, OTHER)]) == [1, 2]
        assert await money(db) == (0, 0)
        assert (await money(db, escrow()))[0] + (await money(db, escrow(OTHER)))[0] == 60_00
        assert await clean(db)


async def test_the_same_seconds_from_two_processes_at_once(fresh_engine: AsyncEngine) -> None:
    house = House(fresh_engine)
    async with house.transaction() as db:
        await begin(db, 200_00)

    async def see(begin_s: int, end_s: int) -> None:
        async with house.transaction() as db:
            await observe(db, SESSION, seconds(begin_s, end_s), at(end_s))

    for second in range(0, 130, 13):
        await asyncio.gather(*[see(second, second + 13) for _ in range(3)])
    async with house.transaction() as db:
        assert (await load(db, SESSION)).clock_s == 130
        assert await money(db) == (140_00, 0)
        assert await clean(db)


async def test_a_pause_into_a_dearer_hour_gives_the_cheap_hold_back(db: AsyncConnection) -> None:
    await begin(db, 100_00, CHEAP_TILL_0802)
    await observe(db, SESSION, seconds(0, 55), at(56))
    assert await money(db) == (90_00, 10_00)
    await pause(db, SESSION, "host", at(56))
    await resume(db, SESSION, at(120))
    await observe(db, SESSION, seconds(120, 126), at(127))
    assert [c.amount.minor for c in await charges(db, SESSION)] == [10_00, 30_00]
    assert await money(db) == (60_00, 0)
    await stop(db, SESSION, "host", at(127))
    assert await clean(db)


async def test_a_dearer_hour_that_cannot_be_paid_ends_the_session(db: AsyncConnection) -> None:
    await begin(db, 39_99, CHEAP_TILL_0802)
    await observe(db, SESSION, seconds(0, 55), at(56))
    await pause(db, SESSION, "host", at(56))
    await resume(db, SESSION, at(120))
    events = await observe(db, SESSION, seconds(120, 130), at(131))
    assert told(events) == ["FundsLow", "MeterStopped"]
    assert (await load(db, SESSION)).clock_s == 60
    assert await money(db) == (29_99, 0)
    assert await clean(db)
