"""Real processes, really killed: SIGKILL at any moment loses no minute and repeats none."""

import asyncio
import random
import sys
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger import Account, AccountKind
from metering import charges, load, running
from tests.metering.books import House, begin, clean, escrow, money

ROOT = Path(__file__).parents[2]
SESSIONS = [f"S-2026-00000{n}" for n in range(1, 6)]
MONEY = 500_00
MINUTES = 25  # at 20.00
KILLS = 4


async def work(url: str, life_s: float | None) -> str:
    """Run a worker; kill it so long after it began to meter. The last word it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.metering.worker", url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    word = (await process.stdout.readline()).decode().strip()
    if word == "metering" and life_s is not None:
        await asyncio.sleep(life_s)
        if process.returncode is None:
            process.kill()
    rest = (await process.stdout.read()).decode().split()
    await process.wait()
    return rest[-1] if rest else word


@pytest.mark.slow
async def test_killed_again_and_again(fresh_engine: AsyncEngine, database_url: str) -> None:
    house = House(fresh_engine)
    async with house.transaction() as db:
        for place, session in enumerate(SESSIONS):
            await begin(db, MONEY if place == 0 else None, session=session)
    chance = random.Random(7)
    for _ in range(KILLS):
        await work(database_url, chance.uniform(0.05, 0.9))
        async with house.transaction() as db:
            assert await clean(db)
            posted, held = await money(db)
            assert posted >= held >= 0
    assert await work(database_url, None) == "done"
    async with house.transaction() as db:
        assert await running(db) == []
        assert await clean(db)
        assert sum([len(await charges(db, s)) for s in SESSIONS]) == MINUTES
        assert {(await load(db, s)).cause for s in SESSIONS} == {"funds"}
        assert await money(db) == (0, 0)
        escrows = [(await money(db, escrow(s)))[0] for s in SESSIONS]
        assert sum(escrows) == MONEY
        assert await money(db, Account(AccountKind.COMMISSION)) == (0, 0)
