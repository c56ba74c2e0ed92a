"""Trouble for two nodes: kill -9, SIGSTOP past the lease, a cut line, a server restarted."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import make_url

from bench._postgres import Cluster
from ledger import Account, AccountKind, Draft, Leg, post_many
from metering import Segment, Tariff, arm, start, utc_now
from metering.clock import microseconds
from tests.conftest import create_all
from tests.line import Line
from tests.metering.killing.judge import Verdict, audit, judge, read
from tests.metering.killing.node import SESSIONS, SPEED, WALLETS, Fast, wallet_of
from tests.rooms import metadata_of_all
from web.db import Database

ROOT = Path(__file__).parents[3]
OPENING = 1_000_000_00  # in each wallet
TARIFF = Tariff(
    segments=(Segment(0, 100, 5, 5),), lead_s=2, absence_s=1 << 20, longest_pause_s=1 << 20
)
STOPPED_S = 13 / SPEED  # past a lease of ten
LOAD_S = (0.05, 0.6)  # between two troubles


class Rounds:
    """`troubles` are spans of the fast clock's seconds in which something was broken."""

    def __init__(self, cluster: Cluster, folder: Path, seed: int) -> None:
        self.cluster, self.folder, self.dice = cluster, folder, random.Random(seed)
        self.clock = Fast(microseconds(utc_now()))
        self.troubles: list[tuple[int, int]] = []
        self.counts: dict[str, int] = {}
        self.lines: list[Line] = []
        self.pids = [0, 0]

    async def live(self, count: int) -> Verdict:
        url = make_url(await self.cluster.recreate("killed"))
        self.database = Database(url.render_as_string(), patient=True)  # the audit reads all
        await create_all(self.database.engine, metadata_of_all())
        await self.open()
        async with AsyncExitStack() as stack:
            self.lines = [Line(url.port or 0) for _ in range(2)]
            ports = [await stack.enter_async_context(line) for line in self.lines]
            urls = [url.set(port=port).render_as_string() for port in ports]
            await self.summon(urls)
            try:
                await self.all(count)
                await asyncio.sleep(30 / SPEED)
            finally:
                for pid in (*self.pids, self.mother.pid):
                    _signal(pid, signal.SIGKILL)
                await self.mother.wait()
        self.trouble(0)
        async with self.database.transaction() as db:
            opening = OPENING * len(WALLETS)
            diaries = read(self.folder.iterdir())
            verdict = await judge(db, diaries, TARIFF, opening, self.troubles)
        await self.database.close()
        return verdict

    async def open(self) -> None:
        """Money in the wallets, and every session started."""
        at, cash = self.clock.now(), Account(AccountKind.CASH, "demo")
        async with self.database.transaction() as db:
            drafts = [
                Draft("open", one.owner, "open", (Leg(cash, -OPENING), Leg(one, OPENING)))
                for one in WALLETS
            ]
            for result in await post_many(db, drafts, at):
                result.raise_for_status()
            for name in SESSIONS:
                escrow = Account(AccountKind.ESCROW, name)
                await arm(db, name, wallet_of(name), escrow, TARIFF, at)
                await start(db, name, at)

    async def summon(self, urls: list[str]) -> None:
        command = ["-m", "tests.metering.killing.node", *urls]
        self.mother = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            str(self.clock.base_us),
            str(self.folder),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for node in range(2):
            await self.bring(node)
        await asyncio.sleep(0.5)

    async def bring(self, node: int) -> None:
        """To life, in a process that has imported everything already."""
        assert self.mother.stdin is not None
        assert self.mother.stdout is not None
        self.mother.stdin.write(f"{node}\n".encode())
        self.pids[node] = int(await self.mother.stdout.readline())

    def trouble(self, since: int) -> None:
        self.troubles.append((since or self.clock.second, self.clock.second))

    async def all(self, count: int) -> None:
        kinds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (32, self.kill),
            (25, self.stop),
            (35, self.cut),
            (3, self.restart),
            (5, self.crash_the_server),
        ]
        weights, acts = zip(*kinds, strict=True)
        for _ in range(count):
            await asyncio.sleep(self.dice.uniform(*LOAD_S))
            act, since = self.dice.choices(acts, weights)[0], self.clock.second
            await act()
            self.trouble(since)
            self.counts[act.__name__] = self.counts.get(act.__name__, 0) + 1
            await self.audit()

    async def kill(self) -> None:
        node = self.dice.randrange(2)
        _signal(self.pids[node], signal.SIGKILL)
        if self.dice.random() < 0.3:
            await asyncio.sleep(STOPPED_S)  # the other one takes over
        await self.bring(node)

    async def stop(self) -> None:
        """Past the lease, and on: what it had in hand must not be written."""
        pid = self.dice.choice(self.pids)
        _signal(pid, signal.SIGSTOP)
        await asyncio.sleep(STOPPED_S)
        _signal(pid, signal.SIGCONT)

    async def cut(self) -> None:
        """One or both nodes do not hear that their COMMIT has arrived; or it has not."""
        for line in self.dice.sample(self.lines, self.dice.choice((1, 2))):
            line.deliver, line.cuts = self.dice.random() < 0.7, 1
        await asyncio.sleep(0.1)
        for line in self.lines:
            line.cuts = 0

    async def restart(self) -> None:
        await asyncio.to_thread(self.cluster.stop)
        await asyncio.to_thread(self.cluster.start)

    async def crash_the_server(self) -> None:
        await asyncio.to_thread(self.cluster.kill)
        await asyncio.to_thread(self.cluster.start)

    async def audit(self) -> None:
        """As the books lie, while both go on."""
        async with self.database.reading() as db:
            await audit(db)


def _signal(pid: int, number: int) -> None:
    if pid:
        os.kill(pid, number)
