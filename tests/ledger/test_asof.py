"""As of a moment: what the statement would have shown then."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import balance_at, first_version_from, post_many
from ledger.asof import FIRST_STEP
from tests.ledger.books import AT, BOB, CASH, ESCROW, move, rub

HOUR = timedelta(hours=1)


async def test_each_moment_has_its_balance(db: AsyncConnection) -> None:
    """
    10:00  +50.00     50.00
    11:00  -20.00     30.00
           -5.00      25.00
    13:00  +1.00      26.00
    """
    noon = AT
    await post_many(db, [move("a", CASH, BOB, 5000)], noon - 2 * HOUR)
    two = [move("b", BOB, ESCROW, 2000), move("c", BOB, ESCROW, 500)]
    await post_many(db, two, noon - HOUR)
    before = await balance_at(db, BOB, noon)
    await post_many(db, [move("d", CASH, BOB, 100)], noon + HOUR)
    tick = timedelta(microseconds=1)
    shown = {
        noon - 3 * HOUR: 0,
        noon - 2 * HOUR - tick: 0,
        noon - 2 * HOUR: 5000,
        noon - HOUR - tick: 5000,
        noon - HOUR: 2500,
        noon: 2500,
        noon + HOUR: 2600,
        noon + 99 * HOUR: 2600,
    }
    assert {at: (await balance_at(db, BOB, at)).minor for at in shown} == shown
    assert before == await balance_at(db, BOB, noon)


async def test_where_a_day_begins_though_clocks_differ(db: AsyncConnection) -> None:
    """Versions 1…5 at 11:59, 12:00, 11:59:59 by another clock, 12:01, 13:00."""
    second = timedelta(seconds=1)
    assert await first_version_from(db, BOB, AT) == 1
    moments = (AT - 60 * second, AT, AT - second, AT + 60 * second, AT + HOUR)
    for n, at in enumerate(moments):
        await post_many(db, [move(str(n), CASH, BOB, 100)], at)
    shown = {
        AT - HOUR: 1,
        AT - 60 * second: 1,
        AT: 2,
        AT + second: 4,
        AT + HOUR: 5,
        AT + 9 * HOUR: 6,
    }
    assert {at: await first_version_from(db, BOB, at) for at in shown} == shown


async def test_an_account_that_never_was(db: AsyncConnection) -> None:
    assert await balance_at(db, BOB, AT) == rub(0)
    assert FIRST_STEP.bit_count() == 1  # else the last steps would leave entries out


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 900)), min_size=1, max_size=40))
async def test_any_history(db: AsyncConnection, steps: list[tuple[int, int]]) -> None:
    async with db.begin_nested() as history:
        clock, total, at_end = AT, 0, {}
        for number, (wait, minor) in enumerate(steps):
            clock += wait * timedelta(seconds=1)
            await post_many(db, [move(str(number), CASH, BOB, minor)], clock)
            total += minor
            at_end[clock] = total
        for moment, expected in at_end.items():
            assert (await balance_at(db, BOB, moment)).minor == expected
        await history.rollback()
