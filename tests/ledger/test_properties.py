"""What must hold whatever comes: against a model, cut anyhow, replayed, and all at once."""

import asyncio
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import InsufficientFunds, Writer, balance, check, hold, post_many, void_hold
from ledger.journals import Ask
from tests.ledger.books import AT, BOB, ESCROW, fund, move, rub
from tests.ledger.model import CASH, PEOPLE, Model, stream

TABLES = ("account", "journal", "entry", "hold", "hold_end")
ORDER = {"account": "id", "entry": "account_id, version", "hold": "key", "hold_end": "hold_key"}
cuts = st.lists(st.integers(1, 25), min_size=1, max_size=8)
modest = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
many = settings(modest, max_examples=400)


async def tables(db: AsyncConnection) -> dict[str, list[Any]]:
    """Every row of the books."""
    return {
        name: list(
            await db.execute(text(f"SELECT * FROM ledger_{name} ORDER BY {ORDER.get(name, 'id')}"))
        )
        for name in TABLES
    }


async def say(db: AsyncConnection, asks: list[Ask]) -> list[str]:
    return [result.status.value for result in await post_many(db, asks, AT)]


async def assert_as_the_model(db: AsyncConnection, seed: int, sizes: list[int]) -> None:
    """Each answer is predicted; the books are sound after each batch and end as the model does."""
    asks, model = stream(seed, 60), Model()
    place = 0
    while place < len(asks):
        part = asks[place : place + sizes[place % len(sizes)]]
        assert await say(db, part) == [model.say(ask) for ask in part]
        place += len(part)
    assert await check(db) == []
    for account in [*PEOPLE, CASH]:
        found = await balance(db, account)
        assert found.posted.minor == model.balances.get(account, 0)
        assert found.held.minor == model.held(account)
    before = await tables(db)
    again = await say(db, asks)
    assert again == [model.say(ask) for ask in asks]
    if not {"posted", "held"} & set(again):
        assert await tables(db) == before


@modest
@given(seed=st.integers(0, 10**6), sizes=cuts)
async def test_every_answer_is_the_models(db: AsyncConnection, seed: int, sizes: list[int]) -> None:
    async with db.begin_nested() as history:
        await assert_as_the_model(db, seed, sizes)
        await history.rollback()


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@many
@given(seed=st.integers(0, 10**9), sizes=cuts)
async def test_every_answer_is_the_models_at_length(
    db: AsyncConnection, seed: int, sizes: list[int]
) -> None:
    async with db.begin_nested() as history:
        await assert_as_the_model(db, seed, sizes)
        await history.rollback()


async def test_what_is_refused_changes_nothing(db: AsyncConnection) -> None:
    """All tables are equal to the byte."""
    await fund(db, BOB, 1000)
    await hold(db, "h", BOB, rub(400), AT)
    await post_many(db, [move("known", BOB, ESCROW, 100)], AT)
    before = await tables(db)
    refused: list[Ask] = [
        move("a", BOB, ESCROW, 501),
        move("known", BOB, ESCROW, 101),
        move("known", BOB, ESCROW, 100),
        move("b", BOB, ESCROW, 401, posts_hold="h"),
        move("c", BOB, ESCROW, 1, posts_hold="none"),
        move("d", BOB, ESCROW, 1, reverses="none"),
    ]
    assert not {"posted", "held"} & set(await say(db, refused))
    assert await tables(db) == before


@pytest.mark.parametrize("seed", range(2))
async def test_a_hundred_holds_at_once(fresh_engine: AsyncEngine, seed: int) -> None:
    """Whoever comes first: no more is held than there is, and nobody is refused who could have had
    his. Then half are voided and half are posted, all at once."""
    dice = random.Random(seed)
    amounts = {f"h{n}": dice.randint(1, 100) for n in range(100)}
    async with fresh_engine.begin() as db:
        await fund(db, BOB, 2000)
    writer = Writer(fresh_engine.begin, lambda: AT)

    async def set_aside(key: str) -> bool:
        for _ in range(dice.randrange(4)):
            await asyncio.sleep(0)
        try:
            async with fresh_engine.begin() as db:
                await hold(db, key, BOB, rub(amounts[key]), AT)
        except InsufficientFunds:
            return False
        return True

    granted = dict(zip(amounts, await asyncio.gather(*map(set_aside, amounts)), strict=True))
    held = sum(amounts[key] for key, yes in granted.items() if yes)
    async with fresh_engine.connect() as db:
        assert (await balance(db, BOB)).held == rub(held)
        assert await check(db) == []
    assert held <= 2000 < held + min(amounts[key] for key, yes in granted.items() if not yes)

    async def end(key: str) -> None:
        if dice.random() < 0.5:
            async with fresh_engine.begin() as db:
                await void_hold(db, key, AT)
        else:
            paid = move(key, BOB, ESCROW, amounts[key], posts_hold=key)
            (await writer.submit(paid)).raise_for_status()

    await asyncio.gather(*(end(key) for key, yes in granted.items() if yes))
    await writer.close()
    async with fresh_engine.connect() as db:
        bob, escrow = await balance(db, BOB), await balance(db, ESCROW)
        assert bob.held == rub(0)
        assert bob.posted + escrow.posted == rub(2000)
        assert await check(db) == []
