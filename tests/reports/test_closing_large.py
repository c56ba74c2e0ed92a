"""Months closed by the real command, killed with kill -9 and begun again, on PostgreSQL.

The small one runs always; the month of 100 000 sessions is for the night, and prints what it took.
"""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from ledger import check
from reports.queries_period import ended_sessions
from tests.conftest import _with_tables, new_database
from tests.moulds import poured
from tests.reports.closing_scene import FIRST, Month, added, gaps, month, write
from web.db import Database

MONTH = "2026-10"
RSS_GROWTH_MB_MAX = 25
KILLED_AT = (5, 15, 30)  # per cent
QUIET = subprocess.DEVNULL


@dataclass
class Runs:
    """Commands on one database, watched from outside; they are forks of one worker."""

    url: str
    folder: Path
    looks: dict[int, tuple[int, float]] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    worker: subprocess.Popen[str] = field(init=False)
    begun: int = 0

    def __post_init__(self) -> None:
        ours = {"MINUTA_DATABASE_URL": self.url, "MINUTA_FOLDER": str(self.folder)}
        command = [sys.executable, "-m", "tests.reports.closing_worker"]
        pipe = subprocess.PIPE
        self.worker = subprocess.Popen(
            command, env=os.environ | ours, stdin=pipe, stdout=pipe, stderr=QUIET, text=True
        )

    def _ask(self, line: str) -> int:
        assert self.worker.stdin
        assert self.worker.stdout
        self.worker.stdin.write(line + "\n")
        self.worker.stdin.flush()
        return int(self.worker.stdout.readline())

    def start(self) -> "Run":
        self.begun += 1
        out = self.folder / f"run-{self.begun}"
        return Run(self._ask(f"begin {out} --month {MONTH} --json"), out)

    def left(self, run: "Run") -> int:
        """Its exit, when it has ended."""
        return self._ask(f"left {run.pid}")

    async def watched(self, run: "Run", until: int | None = None) -> bool:
        """Look until it ends (True), or until it has gone through so many places (False)."""
        plain = await asyncpg.connect(self.url.replace("+asyncpg", ""))
        try:
            while run.lives:
                done = await plain.fetchval("select max(done) from web_closings") or 0
                self.seen.append(done)
                self.looks[done] = (_rss_mb(run.pid), time.monotonic())
                if until is not None and done >= until:
                    return False
                await asyncio.sleep(0.05)
        finally:
            await plain.close()
        return True

    async def killed(self, after: int) -> None:
        """A run that is killed once it has gone through so many places."""
        run = self.start()
        assert not await self.watched(run, after), "it ended before"
        os.kill(run.pid, signal.SIGKILL)
        assert self.left(run) == -signal.SIGKILL

    async def ended(self, run: "Run | None" = None) -> dict[str, Any]:
        """What a run says in the end."""
        run = run or self.start()
        assert await self.watched(run)
        assert self.left(run) == 0
        return dict(json.loads(run.out.read_text()))


@dataclass(frozen=True)
class Run:
    pid: int
    out: Path

    @property
    def lives(self) -> bool:
        """A child that has ended stays as a zombie until it is asked for its exit."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2][0] != "Z"


def _rss_mb(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize() // 2**20


async def _fetch(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def judge(runs: Runs, made: Month, told: dict[str, Any]) -> None:
    """Numbers without a gap, one paper a party and kind, sums equal to the kopeck."""
    assert runs.seen == sorted(runs.seen), "progress only grows"
    papers = await _fetch(
        runs.url,
        "select number, kind, subject, buyer, total_minor from reports_period_papers",
    )
    assert told["issued"] == len(papers), "each was issued once"
    assert len({(one["kind"], one["subject"]) for one in papers}) == len(papers)
    for series in ("U", "L"):
        numbers = [one["number"] for one in papers if one["number"].startswith(series)]
        assert gaps(numbers) == []
        [last] = await _fetch(
            runs.url, f"select last from reports_series where series = '{series}'"
        )
        assert last["last"] == len(numbers)
    for role in ("client", "consultant"):
        mine = {
            one["buyer"]: one["total_minor"]
            for one in papers
            if one["subject"].startswith(f"{role}|")
        }
        assert mine == added(made.kept, role, 1 if role == "client" else 2)
    leaves = await _fetch(runs.url, "select count(*) as n from reports_log_leaves")
    assert leaves[0]["n"] == len(papers)
    letters = await _fetch(runs.url, "select count(*) as n, count(distinct address) as people"
                           " from notices_outbox")  # fmt: skip
    assert letters[0]["n"] == letters[0]["people"] == told["letters"]
    assert told["certified_minor"] == told["turnover_minor"] == sum(made.kept.values())
    await _three_ways(runs, told)


async def _three_ways(runs: Runs, told: dict[str, Any]) -> None:
    """The register of sessions, added up by pair, client and consultant; the ledger beside."""
    pairs, clients, hosts = (defaultdict[Any, int](int) for _ in range(3))
    database = Database(runs.url, patient=True)
    try:
        async with database.reading() as db:
            assert await check(db) == []
            after = None
            while page := await ended_sessions(db, FIRST, FIRST.replace(month=11), after):
                for one in page:
                    assert one.sums is not None
                    kept = one.sums.charged - one.sums.refunded
                    pairs[one.names] += kept
                    hosts[one.names[0]] += kept
                    clients[one.names[1]] += kept
                after = (page[-1].ended_at, page[-1].number)
    finally:
        await database.close()
    sums = {sum(found.values()) for found in (pairs, clients, hosts)}
    assert sums == {told["turnover_minor"]}
    [books] = await _fetch(
        runs.url,
        "select -sum(e.amount) as minor from ledger_entry e"
        " join ledger_account a on a.id = e.account_id"
        " join ledger_journal j on j.id = e.journal_id"
        " where a.kind = 2010 and j.scope in ('tick', 'settle')",
    )
    assert books["minor"] == told["turnover_minor"]


@asynccontextmanager
async def prepared(cluster: str, folder: Path, made: Month) -> AsyncIterator[Runs]:
    url = await new_database(cluster)
    await poured(url, "tables", _with_tables)
    await write(url, made)
    runs = Runs(url, folder)
    try:
        yield runs
    finally:
        runs.worker.kill()
        runs.worker.communicate()


@pytest.mark.slow
async def test_a_month_killed_three_times_and_two_runs_at_once(
    cluster: str, tmp_path: Path
) -> None:
    made = month(sessions=200, clients=3, consultants=2)
    async with prepared(cluster, tmp_path, made) as runs:
        for after in (1, 4, 7):
            await runs.killed(after)
        other = runs.start()
        told = await runs.ended()
        assert await runs.ended(other) == told, "who comes second waits and says the same"
        await judge(runs, made, told)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
async def test_a_month_of_a_hundred_thousand_sessions(cluster: str, tmp_path: Path) -> None:
    sessions = int(os.environ.get("SESSIONS", "100000"))
    made = month(sessions, clients=max(5, sessions // 100), consultants=max(3, sessions // 500))
    async with prepared(cluster, tmp_path, made) as runs:
        begun, places = time.monotonic(), sessions // 40
        for part in KILLED_AT:
            await runs.killed(places * part // 100)
        runs.looks.clear()
        last = runs.start()
        told = await runs.ended(last)
        print(f"\n{sessions} sessions, {told['issued']} papers, {told['letters']} letters:")
        print(f"wall {time.monotonic() - begun:.0f} s in all")
        known = sorted((done, *look) for done, look in runs.looks.items() if look[0])
        for done, rss_mb, at in known[:: max(1, len(known) // 12)]:
            print(f"{done} places: {rss_mb} MB, {at - known[0][2]:.0f} s after the last kill")
        await judge(runs, made, told)
        begins, ends = (
            max(rss_mb for _, rss_mb, _ in some) for some in (known[: len(known) // 4], known[-9:])
        )
        assert ends <= begins + RSS_GROWTH_MB_MAX
