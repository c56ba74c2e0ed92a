"""The harness kills where it says: otherwise its proofs would prove nothing."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.crashes import Crash, Process, every_await, killed_at


async def test_a_job_dies_after_what_it_waited_for_and_before_it_hears_of_it() -> None:
    done: list[str] = []

    async def effect(name: str) -> None:
        await asyncio.sleep(0)
        done.append(name)

    async def job() -> None:
        for name in ("a", "b"):
            waited = asyncio.ensure_future(effect(name))
            await waited
            done.append(f"heard of {name}")

    assert await killed_at(2, job())
    assert done == ["a", "heard of a", "b"]
    done.clear()
    assert not await killed_at(3, job())
    assert done == ["a", "heard of a", "b", "heard of b"]


async def test_no_handler_of_the_product_survives_a_crash() -> None:
    saved: list[str] = []

    async def job() -> None:
        try:
            await asyncio.sleep(0)
        except Exception:
            saved.append("caught")

    assert await killed_at(1, job())
    assert saved == []


async def test_an_error_of_the_job_is_not_hidden() -> None:
    async def job() -> None:
        await asyncio.sleep(0)
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        await killed_at(5, job())
    assert not issubclass(Crash, Exception)


async def test_a_commit_is_there_or_not_but_never_half(fresh_engine: AsyncEngine) -> None:
    """Two rows a transaction, two transactions: every crash leaves whole pairs."""
    process = Process(fresh_engine)
    transaction = process.transaction
    async with transaction() as db:
        await db.execute(text("create table pair (round integer, pair integer)"))
    left: set[int] = set()

    def job(n: int) -> Coroutine[Any, Any, None]:
        async def pairs() -> None:
            for pair in (1, 2):
                async with transaction() as db:
                    for _ in range(2):
                        await db.execute(
                            text("insert into pair values (:round, :pair)"),
                            {"round": n, "pair": pair},
                        )

        return pairs()

    for n in range(1, 100):
        crashed = await killed_at(n, job(n), process.cut)
        await process.restart()
        async with transaction() as db:
            asked = text("select count(*) from pair where round = :round")
            left.add((await db.execute(asked, {"round": n})).scalar_one())
        if not crashed:
            break
    assert left == {0, 2, 4}


async def test_every_await_is_visited() -> None:
    visited: list[int] = []

    async def job(log: list[int]) -> None:
        for step in range(3):
            await asyncio.sleep(0)
            log.append(step)

    async def attempt(n: int) -> Any:
        return lambda: job(visited)

    async def judge() -> None:
        visited.append(-1)

    assert await every_await(attempt, judge) == 3
    assert visited == [0, 1, 2, -1, 0, 0, 1, 2, -1, 0, 1, 0, 1, 2, -1, 0, 1, 2, -1]
