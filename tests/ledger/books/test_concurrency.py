"""Closings, roll-ups, writers and readers at the same time: nothing is lost or counted twice."""

import asyncio
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger import post_many, seal
from ledger.books import check_books, close_period, closed_turnover, roll_up, turnover
from tests.ledger.books.autumn import BOB, CASH, NOW, OCTOBER, SEPTEMBER, at, autumn, draft

LAST_OF_OCTOBER = date(2026, 10, 31)


async def filled(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await autumn(db)
        await seal(db, NOW)


async def test_two_roll_ups_count_once(fresh_engine: AsyncEngine) -> None:
    await filled(fresh_engine)

    async def one() -> None:
        async with fresh_engine.begin() as db:
            await roll_up(db, 2)

    await asyncio.gather(*(one() for _ in range(6)))
    async with fresh_engine.connect() as db:
        assert await check_books(db) == []


async def test_readers_do_not_mind_a_roll_up(fresh_engine: AsyncEngine) -> None:
    """Each statement of theirs sees its own moment; the sums are exact all the same."""
    await filled(fresh_engine)

    async def read() -> set[int]:
        seen = set()
        for _ in range(15):
            async with fresh_engine.connect() as db:
                found = await turnover(db, *OCTOBER)
                seen.add(found.totals.debits.minor)
        return seen

    async def roll() -> None:
        for _ in range(5):
            async with fresh_engine.begin() as db:
                await roll_up(db, 1)

    seen, _ = await asyncio.gather(read(), roll())
    assert seen == {42_000}


async def test_a_closing_waits_for_a_writer(fresh_engine: AsyncEngine) -> None:
    """What was begun before the closing is in the closed trial balance."""
    await filled(fresh_engine)
    begun = asyncio.Event()
    late = draft("late", "fix", (CASH, -700), (BOB, 700), effective_on=LAST_OF_OCTOBER)

    async def write() -> None:
        async with fresh_engine.begin() as db:
            [result] = await post_many(db, [late], at(11, 5))
            result.raise_for_status()
            begun.set()
            await asyncio.sleep(0.2)

    async def close() -> None:
        await begun.wait()
        async with fresh_engine.begin() as db:
            await close_period(db, *SEPTEMBER, "anna", NOW)
            done = await close_period(db, *OCTOBER, "anna", NOW)
            closed = await closed_turnover(db, done, "RUB")
            assert closed.totals.debits.minor == 42_700

    await asyncio.gather(write(), close())
    async with fresh_engine.connect() as db:
        assert await check_books(db) == []


async def test_a_writer_waits_for_a_closing_and_is_refused(fresh_engine: AsyncEngine) -> None:
    await filled(fresh_engine)
    held = asyncio.Event()
    late = draft("late", "fix", (CASH, -700), (BOB, 700), effective_on=LAST_OF_OCTOBER)

    async def close() -> None:
        async with fresh_engine.begin() as db:
            await close_period(db, *SEPTEMBER, "anna", NOW)
            await close_period(db, *OCTOBER, "anna", NOW)
            held.set()
            await asyncio.sleep(0.2)

    async def write() -> str:
        """The judge refuses when it looks after the closing, else the trigger does."""
        await held.wait()
        try:
            async with fresh_engine.begin() as db:
                [result] = await post_many(db, [late], at(11, 5))
        except DBAPIError as error:
            return "period_closed" if "closed" in str(error) else str(error)
        return result.status.value

    _, said = await asyncio.gather(close(), write())
    assert said == "period_closed"
    async with fresh_engine.connect() as db:
        assert await check_books(db) == []


@pytest.mark.parametrize("again", [1, 2])
async def test_closing_from_two_sides(fresh_engine: AsyncEngine, again: int) -> None:
    """Two accountants press at once: one closes, the other is told that it is done."""
    await filled(fresh_engine)

    async def close() -> str:
        try:
            async with fresh_engine.begin() as db:
                await close_period(db, *SEPTEMBER, "anna", NOW)
        except Exception as error:
            return str(getattr(error, "reason", error))
        return "closed"

    said = await asyncio.gather(*(close() for _ in range(1 + again)))
    assert sorted(said) == ["closed", *["closed_already"] * again]
