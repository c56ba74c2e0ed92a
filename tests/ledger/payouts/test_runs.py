"""The weekly run: once a payee and week, wherever it stopped."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import AccountKind, TryAgain, check
from ledger.control import Actor, Rail, Switch, SwitchedOff, declare_residence, turn
from ledger.payouts import (
    NotCleared,
    PayOut,
    go_on,
    keep_reserves,
    make_pay_outs,
    mark_sent,
    pay_outs_of,
    request_pay_out,
    set_weekly,
)
from tests.ledger.payouts.people import ANN, PETER, day, earn, posted, ready_to_be_paid, rub

WEEK = "2026-W47"
PEOPLE = ("ann", "bea", "cid", "dan")


async def crowd(db: AsyncConnection) -> None:
    for n, party in enumerate(PEOPLE):
        await ready_to_be_paid(db, 100_000 * (n + 1), party=party)


async def paid(db: AsyncConnection) -> dict[str, int]:
    return {p: one.amount.minor for p in PEOPLE for one in await pay_outs_of(db, p)}


async def test_everything_cleared_is_paid(db: AsyncConnection) -> None:
    await crowd(db)
    run = await make_pay_outs(db, WEEK, day(15), limit=9)
    assert run.last is None
    assert await paid(db) == {"ann": 95_000, "bea": 190_000, "cid": 285_000, "dan": 380_000}
    assert {one.period for one in run.made} == {WEEK}


async def test_a_run_cut_anywhere_goes_on(db: AsyncConnection) -> None:
    await crowd(db)
    first = await make_pay_outs(db, WEEK, day(15), limit=3)
    assert (len(first.made), first.last) == (3, ("cid", "RUB"))
    assert first.last is not None
    rest = await make_pay_outs(db, WEEK, day(15), first.last, limit=3)
    assert ([one.party for one in rest.made], rest.last) == (["dan"], None)
    again = await make_pay_outs(db, WEEK, day(15), limit=9)
    assert (again.made, again.last) == ((), None)


async def test_the_same_week_never_pays_twice(db: AsyncConnection) -> None:
    """Первая выплата недели ушла; новые деньги вызрели в ту же неделю: ждут следующей."""
    await ready_to_be_paid(db, 100_000)
    [one] = (await make_pay_outs(db, WEEK, day(15), limit=9)).made
    await mark_sent(db, one.id, "r1", day(15))
    await earn(db, 100_000, day(1), "S-2")
    assert (await make_pay_outs(db, WEEK, day(20), limit=9)).made == ()
    [next_week] = (await make_pay_outs(db, "2026-W48", day(20), limit=9)).made
    assert next_week.amount == rub(95_000)


async def test_who_is_left_out(db: AsyncConnection) -> None:
    """Мало вызрело, выплаты выключены стороной, реквизитов нет, переехал: никому из них."""
    await ready_to_be_paid(db, 10_000, party="ann")
    await ready_to_be_paid(db, party="bea")
    await set_weekly(db, "bea", False, ANN, day(1))
    await earn(db, 100_000, day(0), "S-3", "cid")
    await ready_to_be_paid(db, rail=Rail.CARD, party="dan")
    await keep_reserves(db, day(1))
    moved = await declare_residence(db, "dan", "RU", Actor("dan", "self"), day(2))
    assert moved is not None, "a party with money moves only with a curator"
    assert [one.party for one in (await make_pay_outs(db, WEEK, day(15), limit=9)).made] == ["dan"]


async def test_a_large_sum_goes_in_parts(db: AsyncConnection) -> None:
    await ready_to_be_paid(db, 200_000_000)
    [one] = (await make_pay_outs(db, WEEK, day(15), limit=9)).made
    assert one.amount == rub(50_000_000)


async def test_no_run_while_switched_off(db: AsyncConnection) -> None:
    await turn(db, Switch.PAYOUTS, False, PETER, "проверка", day(15))
    with pytest.raises(SwitchedOff):
        await make_pay_outs(db, WEEK, day(15), limit=9)


async def test_two_runs_at_once_pay_once(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        await crowd(db)

    async def run() -> None:
        async with fresh_engine.begin() as db:
            await make_pay_outs(db, WEEK, day(15), limit=9)

    ends = await asyncio.gather(*(run() for _ in range(4)), return_exceptions=True)
    assert all(end is None or isinstance(end, TryAgain) for end in ends), ends
    await run()
    async with fresh_engine.connect() as db:
        assert await paid(db) == {"ann": 95_000, "bea": 190_000, "cid": 285_000, "dan": 380_000}
        assert await check(db) == []


async def test_requests_at_once_share_what_has_cleared(fresh_engine: AsyncEngine) -> None:
    """Вызрело 950,00; десять запросов по 300,00 сразу: проходят три."""
    async with fresh_engine.begin() as db:
        await ready_to_be_paid(db, 100_000)

    async def ask(n: int) -> PayOut:
        async with fresh_engine.begin() as db:
            return await request_pay_out(db, f"p{n}", "ann", rub(30_000), ANN, day(15))

    ends = await asyncio.gather(*(ask(n) for n in range(10)), return_exceptions=True)
    assert sum(isinstance(end, PayOut) for end in ends) == 3, ends
    assert all(isinstance(end, PayOut | NotCleared) for end in ends), ends
    async with fresh_engine.connect() as db:
        assert await posted(db, AccountKind.EARNINGS, "ann") == 95_000
        assert await check(db) == []


async def test_the_weeks_run_remembers_where_it_stopped(db: AsyncConnection) -> None:
    """Часть, часть, конец; позже на неделе ничего, в понедельник снова."""
    await crowd(db)
    made = []
    while (run := await go_on(db, day(15), limit=2)) is not None:
        made.append([one.party for one in run.made])
    assert made == [["ann", "bea"], ["cid", "dan"], []]
    assert await go_on(db, day(16)) is None
    assert await go_on(db, day(22)) is not None
