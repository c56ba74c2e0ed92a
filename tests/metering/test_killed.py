"""Real processes, really killed: no minute is lost and none charged twice, to the kopeck.

The long way (`make nightly T=killed`) is a thousand rounds of two nodes on PostgreSQL with fsync.
"""

import asyncio
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bench._postgres import Cluster
from ledger import Account, AccountKind
from metering import charges, load, running
from tests.metering.books import House, begin, clean, escrow, money
from tests.metering.killing.node import SESSIONS as MANY
from tests.metering.killing.rounds import Rounds

ROOT = Path(__file__).parents[2]
SESSIONS = [f"S-2026-00000{n}" for n in range(1, 6)]
MONEY = 500_00
MINUTES = 25  # at 20.00
KILLS = 4
# Of the fast clock, ten seconds of the wall: what was seen so near to a trouble may be free. A busy
# machine that lets a node wait is a trouble that nobody has written down.
BOUND_S = 160


@pytest.fixture
def cluster_to_kill() -> Iterator[Cluster]:
    """Its own server, fsync on."""
    cluster = Cluster(shared_buffers="64MB", max_wal_size="1GB")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.remove()


async def of_rounds(count: int, cluster: Cluster, folder: Path, seed: int) -> None:
    rounds = Rounds(cluster, folder, seed)
    verdict = await rounds.live(count)
    print(f"{count} rounds {rounds.counts}: {verdict}")
    assert verdict.charges >= verdict.told > count
    assert verdict.counted > len(MANY) * count
    assert verdict.away_s <= BOUND_S
    assert verdict.failures


@pytest.mark.slow
async def test_fifty_rounds_of_two_nodes(cluster_to_kill: Cluster, tmp_path: Path) -> None:
    """kill -9, SIGSTOP past the lease, lines cut at COMMIT, the server restarted and killed."""
    await of_rounds(50, cluster_to_kill, tmp_path, 6)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(20))
async def test_a_thousand_rounds_of_two_nodes(
    cluster_to_kill: Cluster, tmp_path: Path, part: int
) -> None:
    """Twenty times fifty: the audit after each round reads everything from the beginning."""
    await of_rounds(50, cluster_to_kill, tmp_path, random.randrange(1 << 20) << 5 | part)


async def work(url: str, life_s: float | None) -> str:
    """Run a worker; kill it so long after it began to meter. The last word it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.metering.killing.worker",
        url,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
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
