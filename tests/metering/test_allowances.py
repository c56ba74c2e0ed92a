"""Seconds bought in advance go before money: what they pay, what they cost, what comes back."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import InsufficientFunds
from metering import (
    AllowanceConflict,
    BadField,
    MeterState,
    Rounding,
    Rule,
    Segment,
    allowances_of,
    arm,
    authorize,
    charges,
    client_pays_tariff,
    grant_allowance,
    load,
    observe,
    return_seconds,
    seconds_used,
    start,
    stop,
)
from metering.allowances import Drawn, Pool, covered, draw, kept_of, lasting_s, sum_s
from metering.pricing import Cursor, affordable_s, next_unit
from tests.metering.books import (
    BOB,
    OTHER,
    SESSION,
    at,
    begin,
    clean,
    escrow,
    fund,
    money,
    seconds,
    told,
)

# 20.00 a minute; allowances of the kind "minutes" may pay
MINUTES = replace(client_pays_tariff(), allowance="minutes")
FEE = replace(MINUTES, connect_fee=500)
BY_SECOND = replace(MINUTES, segments=(Segment(0, 60, 60, 1),))


async def give(
    db: AsyncConnection,
    seconds: int,
    key: str = "june",
    step_s: int = 60,
    until: datetime | None = None,
) -> None:
    await grant_allowance(db, "bob", seconds, at(-20), key, step_s=step_s, expires_at=until)


async def left(db: AsyncConnection) -> dict[str, int]:
    found = await allowances_of(db, "bob")
    return {one.id.removesuffix(":bob"): one.left_s for one in found}


async def bill(db: AsyncConnection, session: str = SESSION) -> list[tuple[int, int, str, str]]:
    """Increment, money, state, cause."""
    lines = await charges(db, session)
    return [(c.n, c.amount.minor, c.state, c.cause) for c in lines]


# Pure.


def test_what_expires_first_is_drawn_first_in_whole_steps() -> None:
    june, july = Pool("june", 60, 60), Pool("july", 60, 600)
    assert draw([june, july], 30) == (Drawn("june", 30, 60),)
    assert draw([june, july], 90) == (Drawn("june", 60, 60), Drawn("july", 30, 60))
    assert draw([Pool("june", 60, 0, spare_s=30), july], 45) == (
        Drawn("june", 30, 0),
        Drawn("july", 15, 60),
    )
    assert draw([Pool("odd", 60, 59)], 30) == ()


@given(
    some.lists(some.tuples(some.integers(1, 90), some.integers(0, 9)), max_size=4),
    some.lists(some.integers(1, 200), max_size=8),
)
def test_any_cutting_of_a_session_takes_the_same_seconds(
    grants: list[tuple[int, int]], cuts: list[int]
) -> None:
    pools = [Pool(str(i), step, step * steps) for i, (step, steps) in enumerate(grants)]
    whole = draw(pools, sum(cuts))
    taken: dict[str, int] = {}
    for cut in cuts:
        for one in draw(pools, cut):
            taken[one.grant] = taken.get(one.grant, 0) + one.taken_s
            pools = [
                replace(
                    p,
                    left_s=p.left_s - one.taken_s,
                    spare_s=p.spare_s + one.taken_s - one.covered_s,
                )
                if p.grant == one.grant
                else p
                for p in pools
            ]
    assert taken == {one.grant: one.taken_s for one in whole}
    assert all(p.left_s >= 0 and p.spare_s >= 0 for p in pools)


def test_a_minute_partly_covered_costs_the_rest_to_the_fraction() -> None:
    """20.00 a minute: 59 of its 60 seconds covered leave 33 kopecks and a third."""
    tariff = replace(MINUTES, rounding=Rounding(Rule.HALF_UP))
    cursor = Cursor(3, 180, Fraction(6000), 6000)
    priced = next_unit(tariff, cursor)
    assert priced is not None
    unit, after = covered(tariff, cursor, *priced, 0, 59)
    assert (unit.price_minor, unit.state, unit.cause) == (33, "charged", "rate")
    assert after == Cursor(4, 240, Fraction(18100, 3), 6033)
    unit, after = covered(tariff, cursor, *priced, 0, 60)
    assert (unit.price_minor, unit.state, unit.cause) == (0, "free", "allowance")
    assert covered(tariff, cursor, *priced, 0, 0) == priced


def test_the_fee_is_no_time() -> None:
    priced = next_unit(FEE, Cursor())
    assert priced is not None
    unit, after = covered(FEE, Cursor(), *priced, 0, 60)
    assert (unit.price_minor, after.exact) == (500, 500)


@given(some.integers(0, 20_000), some.integers(0, 900), some.sampled_from([1, 6, 60]))
def test_seconds_and_money_last_as_long_as_walking_them_says(
    budget: int, reach_s: int, step: int
) -> None:
    tariff = replace(
        MINUTES,
        segments=(Segment(0, 60, 60, step), Segment(120, 120, 60, 60)),
        rounding=Rounding(Rule.DOWN),
        connect_fee=7,
        free_seconds=30,
    )
    cursor, left_s, money_left = Cursor(), reach_s, budget
    while cursor.to_s < 40_000:
        priced = next_unit(tariff, cursor)
        assert priced is not None
        gross = 0 if priced[0].cause == "free_seconds" else priced[0].to_s - priced[0].from_s
        part = min(gross, left_s)
        unit, after = covered(tariff, cursor, *priced, 0, part)
        if unit.price_minor > money_left:
            break
        cursor, left_s, money_left = after, left_s - part, money_left - unit.price_minor
    assert lasting_s(tariff, budget, reach_s) == cursor.to_s
    assert lasting_s(tariff, budget, 0) == affordable_s(tariff, budget)


@given(
    some.lists(some.tuples(some.integers(1, 60), some.integers(1, 9)), max_size=4),
    some.integers(0, 10_000),
)
def test_what_is_kept_and_what_goes_back_are_whole_steps_of_what_was_taken(
    drawn: list[tuple[int, int]], kept_bp: int
) -> None:
    used = [(Drawn(str(i), 1, step * n), step) for i, (step, n) in enumerate(drawn)]
    back = dict(kept_of(used, kept_bp))
    total = sum(one.taken_s for one, _ in used)
    assert all(back.get(one.grant, 0) % step == 0 for one, step in used)
    assert all(0 <= back.get(one.grant, 0) <= one.taken_s for one, _ in used)
    assert total - sum(back.values()) <= total * kept_bp // 10_000
    assert kept_of(used, 10_000) == ()


# With a meter.


async def test_two_minutes_in_advance_then_money(db: AsyncConnection) -> None:
    await give(db, 120)
    await begin(db, 100_00, MINUTES)
    assert await left(db) == {"june": 60}  # the first minute is held
    assert await money(db) == (100_00, 0)
    events = await observe(db, SESSION, seconds(0, 130), at(131))
    assert await money(db) == (80_00, 0)
    await stop(db, SESSION, "host", at(131))
    assert await bill(db) == [
        (1, 0, "free", "allowance"),
        (2, 0, "free", "allowance"),
        (3, 20_00, "charged", "rate"),
    ]
    assert await left(db) == {"june": 0}
    assert await seconds_used(db, SESSION) == {
        1: [Drawn("june:bob", 60, 60)],
        2: [Drawn("june:bob", 60, 60)],
    }
    assert await money(db, escrow()) == (20_00, 0)
    assert "FundsLow" in told(events)
    assert await clean(db)


async def test_a_minute_partly_covered_is_paid_for_the_rest(db: AsyncConnection) -> None:
    """45 seconds in advance: the minute's other 15 cost a quarter of 20.00."""
    await give(db, 45, step_s=1)
    await begin(db, 5_00, MINUTES)
    assert (await left(db), await money(db)) == ({"june": 0}, (5_00, 5_00))
    assert (await load(db, SESSION)).left_s == 60
    await observe(db, SESSION, seconds(0, 70), at(71))
    assert await bill(db) == [(1, 5_00, "charged", "rate")]
    assert await money(db) == (0, 0)
    meter = await load(db, SESSION)
    assert (meter.state, meter.cause) == (MeterState.STOPPED, "funds")
    assert await clean(db)


async def test_what_expires_first_goes_first_and_what_is_over_pays_nothing(
    db: AsyncConnection,
) -> None:
    await give(db, 60, "later", until=at(9000))
    await give(db, 60, "never")
    await give(db, 60, "soon", until=at(600))
    await give(db, 600, "gone", until=at(-1))
    await begin(db, None, MINUTES)
    await observe(db, SESSION, seconds(0, 61), at(61))
    assert await left(db) == {"gone": 600, "soon": 0, "later": 0, "never": 60}
    await observe(db, SESSION, seconds(61, 200), at(200))
    meter = await load(db, SESSION)
    assert (meter.paid_s, meter.state, meter.cause) == (180, MeterState.STOPPED, "funds")
    assert await clean(db)


async def test_what_is_held_pays_although_its_day_ends_meanwhile(db: AsyncConnection) -> None:
    await give(db, 120, until=at(55))
    await begin(db, 100_00, MINUTES)
    await observe(db, SESSION, seconds(0, 52), at(52))
    assert await left(db) == {"june": 0}
    await observe(db, SESSION, seconds(52, 61), at(61))
    assert await bill(db) == [(1, 0, "free", "allowance"), (2, 0, "free", "allowance")]
    assert await clean(db)


async def test_what_was_held_and_not_begun_goes_back(db: AsyncConnection) -> None:
    await give(db, 120)
    await begin(db, None, MINUTES)
    await observe(db, SESSION, seconds(0, 52), at(52))
    assert await left(db) == {"june": 0}
    assert await clean(db)
    await stop(db, SESSION, "host", at(52))
    assert await left(db) == {"june": 60}
    assert await clean(db)


async def test_two_sessions_do_not_spend_the_same_seconds(db: AsyncConnection) -> None:
    await give(db, 60)
    await begin(db, None, MINUTES)
    await arm(db, OTHER, BOB, escrow(OTHER), MINUTES, at(-5))
    with pytest.raises(InsufficientFunds):
        await start(db, OTHER, at(0))
    assert await left(db) == {"june": 0}


async def test_a_grant_that_comes_in_the_last_increment_takes_it_back(db: AsyncConnection) -> None:
    await begin(db, 20_00, MINUTES)
    events = await observe(db, SESSION, seconds(0, 55), at(55))
    assert told(events)[-1] == "FundsExhausted"
    await give(db, 60)
    assert told(await observe(db, SESSION, seconds(55, 56), at(56))) == ["FundsBack"]
    await observe(db, SESSION, seconds(56, 61), at(61))
    assert await bill(db) == [(1, 20_00, "charged", "rate"), (2, 0, "free", "allowance")]
    assert await clean(db)


async def test_money_held_goes_back_when_seconds_come_before_the_minute_begins(
    db: AsyncConnection,
) -> None:
    await begin(db, 40_00, MINUTES)
    await observe(db, SESSION, seconds(0, 55), at(55))
    assert await money(db) == (20_00, 20_00)
    await give(db, 60)
    await observe(db, SESSION, seconds(55, 61), at(61))
    assert await money(db) == (20_00, 0)
    assert await left(db) == {"june": 0}
    assert await clean(db)


async def test_a_tariff_that_names_no_kind_or_another_leaves_seconds_alone(
    db: AsyncConnection,
) -> None:
    await give(db, 600)
    await begin(db, 40_00, client_pays_tariff())
    await observe(db, SESSION, seconds(0, 61), at(61))
    await begin(db, 40_00, replace(MINUTES, allowance="nights"), OTHER)
    await observe(db, OTHER, seconds(0, 1), at(61))
    assert await left(db) == {"june": 600}
    assert (await bill(db, OTHER)) == [(1, 20_00, "charged", "rate")]
    assert await clean(db)


async def test_by_the_second_a_step_of_a_minute_is_begun_once(db: AsyncConnection) -> None:
    await give(db, 120)
    await begin(db, 100, BY_SECOND)
    await observe(db, SESSION, seconds(0, 61), at(61))
    assert await left(db) == {"june": 0}
    assert sum_s(one for each in (await seconds_used(db, SESSION)).values() for one in each) == 61
    await stop(db, SESSION, "host", at(61))
    assert await left(db) == {"june": 0}  # the begun step is used
    assert await money(db) == (100, 0)
    assert await clean(db)


async def test_the_fee_is_held_in_money_and_refused_without_it(db: AsyncConnection) -> None:
    await give(db, 600)
    with pytest.raises(InsufficientFunds):
        await authorize(db, BOB, FEE, at(0))
    await fund(db, 5_00)
    assert await authorize(db, BOB, FEE, at(0)) == 10
    await begin(db, None, FEE)
    assert await money(db) == (5_00, 5_00)
    await observe(db, SESSION, seconds(0, 1), at(1))
    assert await bill(db) == [(1, 5_00, "free", "allowance")]
    assert await clean(db)


async def test_minutes_that_are_free_anyway_use_none(db: AsyncConnection) -> None:
    await give(db, 600)
    await begin(db, None, replace(MINUTES, free_seconds=60, free_increment_seconds=60))
    assert await left(db) == {"june": 600}
    await observe(db, SESSION, seconds(0, 61), at(61))
    assert [cause for *_, cause in await bill(db)] == ["free_seconds", "allowance"]
    assert await left(db) == {"june": 540}


async def test_an_unresolved_session_keeps_a_fifth_of_its_seconds(db: AsyncConnection) -> None:
    await give(db, 60, "soon", until=at(9000))
    await give(db, 600, "never")
    await begin(db, None, MINUTES)
    await observe(db, SESSION, seconds(0, 541), at(541))
    await stop(db, SESSION, "host", at(541))
    assert await left(db) == {"soon": 0, "never": 60}
    # ten minutes taken, two kept: those that were drawn first
    assert await return_seconds(db, SESSION, 2000, at(600)) == (("never:bob", 480),)
    assert await return_seconds(db, SESSION, 2000, at(601)) == ()
    assert await left(db) == {"soon": 0, "never": 540}
    assert await clean(db)


async def test_a_grant_is_given_once(db: AsyncConnection) -> None:
    await give(db, 60)
    await give(db, 60)
    with pytest.raises(AllowanceConflict):
        await give(db, 120)
    for wrong, field in (((90, "june"), "seconds"), ((0, "june"), "seconds")):
        with pytest.raises(BadField, match=field):
            await give(db, *wrong)
    with pytest.raises(BadField, match="expires_at"):
        await give(db, 60, "late", until=at(-20) - timedelta(days=1))
    with pytest.raises(BadField, match="kind"):
        await grant_allowance(db, "bob", 60, at(0), "x", "Minutes!")
    assert await left(db) == {"june": 60}


async def test_what_was_drawn_is_written_once(db: AsyncConnection) -> None:
    await give(db, 60)
    await begin(db, None, MINUTES)
    await observe(db, SESSION, seconds(0, 1), at(1))
    for change in ("UPDATE metering_allowance_uses SET taken_s = 0",):
        with pytest.raises(DBAPIError, match="written once"):
            await db.execute(text(change))
