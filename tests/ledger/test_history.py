"""A bank under kill -9, of its workers and of PostgreSQL: what was acknowledged is stored, once.

A refused key may be asked for again only by its own worker, which never does; so a refused key on
the books would be money moved behind somebody's back.
"""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench._postgres import Cluster
from ledger import AccountKind, Draft, Leg, post_many
from ledger.accounts import Account
from metering import utc_now
from tests.conftest import create_all
from tests.ledger.bank_worker import CUSTOMERS, OPENING
from tests.ledger.history import Verdict, judge_history, read_diaries
from tests.rooms import metadata_of_all
from web.db import Database

WORKERS = 2
LIFE_S = (0.1, 0.8)  # between two kills
OF_THE_SERVER = 3  # one kill in so many


class Bank:
    """Workers, their diaries, and the database that they share."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.started = url, folder, 0
        self.workers: list[subprocess.Popen[bytes]] = []

    async def open(self) -> None:
        database = Database(self.url)
        cash = Account(AccountKind.CASH, "bank")
        drafts = [
            Draft("opening", account.owner, "opening", (Leg(cash, -OPENING), Leg(account, OPENING)))
            for account in CUSTOMERS
        ]
        await create_all(database.engine, metadata_of_all())
        async with database.transaction() as db:
            for result in await post_many(db, drafts, utc_now()):
                result.raise_for_status()
        await database.close()

    def start_worker(self) -> None:
        self.started += 1
        name = f"w{self.started}"
        command = [sys.executable, "-m", "tests.ledger.bank_worker", self.url]
        command += [str(self.folder / name), name]
        with (self.folder / "errors").open("ab") as errors:
            self.workers.append(subprocess.Popen(command, stderr=errors))

    async def wait_for_work(self) -> None:
        """Until every worker has written something down."""
        wanted = [self.folder / f"w{n}" for n in range(1, self.started + 1)]
        async with asyncio.timeout(60):
            while not all(f.exists() and f.stat().st_size for f in wanted):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def kill_worker(self, dice: random.Random) -> None:
        worker = self.workers.pop(dice.randrange(len(self.workers)))
        assert worker.poll() is None, (self.folder / "errors").read_text()
        worker.kill()
        worker.wait()

    def kill_all(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers.clear()

    async def verdict(self) -> Verdict:
        database = Database(self.url)
        try:
            diary = read_diaries(sorted(self.folder.glob("w*")))
            return await judge_history(database, diary)
        finally:
            await database.close()


@pytest.fixture
async def cluster_to_kill() -> AsyncIterator[Cluster]:
    """Its own server, fsync on."""
    cluster = Cluster(shared_buffers="32MB", max_wal_size="1GB")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.remove()


async def rounds(bank: Bank, count: int, dice: random.Random, cluster: Cluster | None) -> Verdict:
    """So many kills; the books are judged while nobody works, at the end of all."""
    workers = WORKERS if cluster else 1  # SQLite belongs to one process
    await bank.open()
    try:
        for _ in range(workers):
            bank.start_worker()
        await bank.wait_for_work()
        for number in range(count):
            await asyncio.sleep(dice.uniform(*LIFE_S))
            if cluster is not None and number % OF_THE_SERVER == 1:
                cluster.kill()
                cluster.start()
            else:
                bank.kill_worker(dice)
                bank.start_worker()
                await bank.wait_for_work()
    finally:
        bank.kill_all()
    return await bank.verdict()


def assert_true(verdict: Verdict, rounds: int) -> None:
    print(f"{rounds} rounds: {verdict}")
    assert (verdict.lost, verdict.doubled, verdict.invented) == (set(), set(), set())
    assert verdict.acknowledged > 10 * rounds
    assert verdict.refused


async def test_postgresql_and_workers_killed(cluster_to_kill: Cluster, tmp_path: Path) -> None:
    bank = Bank(await cluster_to_kill.recreate("bank"), tmp_path)
    assert_true(await rounds(bank, 4, random.Random(1), cluster_to_kill), 4)


async def test_worker_of_sqlite_killed(tmp_path: Path) -> None:
    bank = Bank(f"sqlite:///{tmp_path}/bank.db", tmp_path)
    assert_true(await rounds(bank, 2, random.Random(2), None), 2)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
async def test_two_hundred_kills(cluster_to_kill: Cluster, tmp_path: Path) -> None:
    bank = Bank(await cluster_to_kill.recreate("bank"), tmp_path)
    assert_true(await rounds(bank, 200, random.Random(3), cluster_to_kill), 200)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
async def test_fifty_kills_of_sqlite(tmp_path: Path) -> None:
    bank = Bank(f"sqlite:///{tmp_path}/bank.db", tmp_path)
    assert_true(await rounds(bank, 50, random.Random(4), None), 50)
