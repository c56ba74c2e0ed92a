"""A reached cap ends a session as politely as an empty wallet does. Rate: 20.00 a minute."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from metering import (
    BadCap,
    CapReached,
    FundsExhausted,
    MeterState,
    MeterStopped,
    WrongState,
    arm,
    cap_member,
    charges,
    client_pays_tariff,
    grant_allowance,
    load,
    member_caps,
    observe,
    set_cap,
    start,
    stop,
)
from metering.caps import bounds, room_in
from metering.clock import moment
from tests.metering.books import (
    BOB,
    OTHER,
    SESSION,
    T0,
    House,
    at,
    clean,
    escrow,
    fund,
    money,
    seconds,
    told,
)
from tests.metering.test_allowances import MINUTES, bill, left

MOSCOW = "Europe/Moscow"


async def armed(
    db: AsyncConnection, cap: int | None = None, session: str = SESSION, member: str = ""
) -> None:
    await arm(db, session, BOB, escrow(session), client_pays_tariff(), at(-5), cap, member)


async def live(
    db: AsyncConnection, cap: int | None = None, session: str = SESSION, member: str = ""
) -> None:
    await armed(db, cap, session, member)
    await start(db, session, at(0))


async def spent(db: AsyncConnection, session: str = SESSION) -> int:
    return sum(line.amount.minor for line in await charges(db, session))


def test_a_period_is_a_calendar_one_of_its_zone() -> None:
    sunday = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)  # Monday, 00:30 in Moscow
    day, week, month = (bounds(period, MOSCOW, sunday) for period in ("day", "week", "month"))
    assert [moment(second * 1_000_000).isoformat() for second in (*day, *week[:1], *month)] == [
        "2026-11-22T21:00:00+00:00",
        "2026-11-23T21:00:00+00:00",
        "2026-11-22T21:00:00+00:00",
        "2026-10-31T21:00:00+00:00",
        "2026-11-30T21:00:00+00:00",
    ]
    assert week[1] - week[0] == 7 * 86_400


def test_the_least_room_counts() -> None:
    assert room_in([]) is None
    assert room_in([None, 5, 0]) == 0


async def test_a_session_ends_with_the_minute_that_reaches_the_cap(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await live(db, cap=50_00)
    assert (await load(db, SESSION)).left_s == 120
    events = await observe(db, SESSION, seconds(0, 200), at(200))
    assert FundsExhausted(SESSION, 10, "cap") in events
    assert events[-1] == MeterStopped(SESSION, "cap", 120, T0 + 120)
    assert told(events).count("FundsLow") == 2  # two minutes, one minute: as with money
    assert (await money(db), await spent(db)) == ((460_00, 0), 40_00)
    assert await clean(db)


async def test_raised_in_the_last_minute_it_goes_on(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await live(db, cap=20_00)
    assert told(await observe(db, SESSION, seconds(0, 55), at(55)))[-1] == "FundsExhausted"
    assert (await load(db, SESSION)).state is MeterState.FINAL
    await set_cap(db, SESSION, 40_00, at(55))
    assert told(await observe(db, SESSION, seconds(55, 56), at(56))) == ["FundsBack"]
    await set_cap(db, SESSION, None, at(57))
    await observe(db, SESSION, seconds(56, 200), at(200))
    assert await spent(db) == 80_00
    assert await clean(db)


async def test_lowered_it_gives_back_what_is_held_beyond_it(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await live(db)
    await observe(db, SESSION, seconds(0, 55), at(55))
    assert await money(db) == (480_00, 20_00)
    await set_cap(db, SESSION, 30_00, at(55))
    assert await money(db) == (480_00, 0)
    events = await observe(db, SESSION, seconds(55, 70), at(70))
    assert FundsExhausted(SESSION, 5, "cap") in events
    assert events[-1] == MeterStopped(SESSION, "cap", 60, T0 + 60)
    assert await clean(db)


async def test_lowered_and_raised_again_and_again_it_goes_on(db: AsyncConnection) -> None:
    """Each hold that went back has ended for good: the next one is another."""
    await fund(db, 500_00)
    await live(db)
    await observe(db, SESSION, seconds(0, 51), at(51))
    for second in (51, 53, 55):
        await set_cap(db, SESSION, 30_00, at(second))
        assert await money(db) == (480_00, 0)
        await set_cap(db, SESSION, 90_00, at(second + 1))
        await observe(db, SESSION, seconds(second, second + 2), at(second + 2))
        assert await money(db) == (480_00, 20_00)
    await observe(db, SESSION, seconds(57, 130), at(130))
    assert ((await money(db))[0], await spent(db)) == (440_00, 60_00)
    assert (await load(db, SESSION)).means.again == 0
    assert await clean(db)


async def test_raised_without_money_the_reason_is_money(db: AsyncConnection) -> None:
    await fund(db, 20_00)
    await live(db, cap=20_00)
    await observe(db, SESSION, seconds(0, 55), at(55))
    await set_cap(db, SESSION, 400_00, at(55))
    events = await observe(db, SESSION, seconds(55, 70), at(70))
    assert events[-1] == MeterStopped(SESSION, "funds", 60, T0 + 60)


async def test_a_cap_below_the_first_minute_starts_nothing(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await armed(db, cap=19_99)
    with pytest.raises(CapReached) as reached:
        await start(db, SESSION, at(0))
    assert reached.value.least_minor == 20_00
    await set_cap(db, SESSION, 20_00, at(0))
    await start(db, SESSION, at(0))
    with pytest.raises(CapReached):
        await set_cap(db, SESSION, 5_00, at(1))
    with pytest.raises(BadCap):
        await set_cap(db, SESSION, -1, at(1))
    await stop(db, SESSION, "host", at(1))
    with pytest.raises(WrongState):
        await set_cap(db, SESSION, 1, at(2))


async def test_seconds_in_advance_do_not_count_against_a_cap(db: AsyncConnection) -> None:
    await grant_allowance(db, "bob", 120, at(-20), "june")
    await fund(db, 500_00)
    await arm(db, SESSION, BOB, escrow(), MINUTES, at(-5), 20_00)
    await start(db, SESSION, at(0))
    assert (await load(db, SESSION)).left_s == 180
    await observe(db, SESSION, seconds(0, 200), at(200))
    assert [cause for *_, cause in await bill(db)] == ["allowance", "allowance", "rate"]
    assert (await load(db, SESSION)).cause == "cap"
    assert await left(db) == {"june": 0}
    assert await clean(db)


# A firm's caps on its members.


async def test_a_member_spends_no_more_than_the_firm_lets_in_a_day(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await cap_member(db, BOB, "carl", "day", 70_00, MOSCOW, at(0))
    await live(db, member="carl")
    await live(db, session=OTHER, member="dora")  # she has no cap
    await observe(db, SESSION, seconds(0, 61), at(61))
    await observe(db, OTHER, seconds(0, 300), at(300))
    await stop(db, SESSION, "host", at(61))
    assert await spent(db) == 40_00
    [(cap, used)] = await member_caps(db, BOB, at(61))
    assert (cap.member, cap.period, cap.amount_minor, used) == ("carl", "day", 70_00, 40_00)
    third = "S-2026-000003"
    await live(db, session=third, member="carl")
    events = await observe(db, third, seconds(0, 200), at(200))
    assert events[-1] == MeterStopped(third, "cap", 60, T0 + 60)
    with pytest.raises(CapReached):
        await live(db, session="S-2026-000004", member="carl")
    await cap_member(db, BOB, "carl", "day", None, MOSCOW, at(0))
    await start(db, "S-2026-000004", at(0))
    assert await member_caps(db, BOB, at(0)) == []
    assert await clean(db)


async def test_what_a_members_other_session_has_set_aside_is_not_there(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await cap_member(db, BOB, "carl", "month", 30_00, "UTC", at(0))
    await live(db, member="carl")
    with pytest.raises(CapReached):
        await live(db, session=OTHER, member="carl")


async def test_the_next_day_is_a_new_one(db: AsyncConnection) -> None:
    await fund(db, 500_00)
    await cap_member(db, BOB, "carl", "day", 20_00, "UTC", at(0))
    await live(db, member="carl")
    await observe(db, SESSION, seconds(0, 2), at(2))
    await stop(db, SESSION, "host", at(2))
    await armed(db, session=OTHER, member="carl")
    with pytest.raises(CapReached):
        await start(db, OTHER, at(86_000 - T0 % 86_400))
    await start(db, OTHER, at(86_400))


async def test_a_cap_that_cannot_be_right_is_refused(db: AsyncConnection) -> None:
    for wrong in (("carl", "year", 1, "UTC"), ("", "day", 1, "UTC"), ("carl", "day", -1, "UTC")):
        with pytest.raises(BadCap):
            await cap_member(db, BOB, *wrong, at(0))
    with pytest.raises(BadCap):
        await cap_member(db, BOB, "carl", "day", 1, "Mars/Base", at(0))


# In the loop, where sessions are taken in batches.


@pytest.fixture
async def house(fresh_engine: AsyncEngine) -> House:
    return House(fresh_engine)


async def test_two_sessions_of_a_member_in_one_batch_share_the_cap(house: House) -> None:
    """70.00 a day for both: three minutes in all, whichever of them has the third."""
    async with house.transaction() as db:
        await fund(db, 500_00)
        await cap_member(db, BOB, "carl", "day", 70_00, "UTC", at(0))
        await live(db, member="carl")
        await live(db, session=OTHER, member="carl")
    loop = house.loop()
    await house.run(loop, 130, SESSION, OTHER, step=5)
    async with house.transaction() as db:
        both = [await load(db, session) for session in (SESSION, OTHER)]
        assert sorted(meter.charged_minor for meter in both) == [20_00, 40_00]
        assert {(meter.state, meter.cause) for meter in both} == {(MeterState.STOPPED, "cap")}
        assert await money(db) == (440_00, 0)
        assert await clean(db)
    await loop.close()


async def test_the_loop_spends_seconds_then_money_up_to_the_cap(house: House) -> None:
    async with house.transaction() as db:
        await fund(db, 500_00)
        await grant_allowance(db, "bob", 60, at(-20), "june")
        await arm(db, SESSION, BOB, escrow(), MINUTES, at(-5), 20_00)
        await start(db, SESSION, at(0))
        await live(db, session=OTHER)
    loop = house.loop()
    await house.run(loop, 118, SESSION, OTHER, step=3)
    assert FundsExhausted(SESSION, 10, "cap") in house.published
    async with house.transaction() as db:
        await set_cap(db, SESSION, 40_00, at(118))
    await house.run(loop, 200, SESSION, OTHER, step=3)
    async with house.transaction() as db:
        assert [row[1] for row in await bill(db)] == [0, 20_00, 20_00]
        assert (await load(db, SESSION)).cause == "cap"
        assert [row[1] for row in await bill(db, OTHER)] == [20_00] * 4
        assert await left(db) == {"june": 0}
        assert await clean(db)
    await loop.close()
