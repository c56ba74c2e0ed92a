"""The measuring of `bench.ledger`: every side, in turn, round after round, on one private server.

A side begins with a database of its own each time: the prepared one, copied.
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench import _ledger_ours, _ledger_peer
from bench._ledger_limits import (
    CopyPoster,
    GroupCommit,
    Poster,
    PostgresLimit,
    PutPoster,
    SqlitePoster,
)
from bench._ledger_load import Load, Run, closed_loop
from bench._ledger_ours import Ours
from bench._postgres import Cluster

ROUNDS = 3
CALLERS = (1, 8, 32)
MOST_CALLERS = 32
BATCH = 1000
SLOW = {"commit_delay": "2000", "commit_siblings": "0"}  # a commit takes 2 ms more
READY = "ours_ready"

Side = Callable[[], Awaitable[Run]]


async def _group_commit(
    poster: Poster, callers: int, cpu: Callable[[], float] | None
) -> tuple[Run, int]:
    group, load, said = GroupCommit(poster), Load("S-2026"), Counter[str]()

    async def call() -> int:
        said[await group.submit(load.one())] += 1
        return 1

    try:
        return await closed_loop([call] * callers, cpu), said["posted"]
    finally:
        group.task.cancel()


async def _batches(poster: Poster, cpu: Callable[[], float] | None) -> tuple[Run, int]:
    load, said = Load("S-2026"), Counter[str]()

    async def call() -> int:
        said.update(await poster.post(load.many(BATCH)))
        return BATCH

    return await closed_loop([call], cpu), said["posted"]


class OnPostgres:
    """Sides on the private server."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def prepare(self) -> None:
        await _ledger_ours.prepare(await self.cluster.recreate(READY))
        await _ledger_peer.prepare(self.cluster)

    async def ours(self, load: Callable[[Ours], Awaitable[Run]], **settings: str) -> Run:
        url = await self.cluster.recreate("ours", READY, **settings)
        ours = Ours(url, self.cluster.cpu_s)
        try:
            return await load(ours)
        finally:
            await ours.close()

    async def limit(self, callers: int, **settings: str) -> Run:
        """Group commit with the guard; callers of 0 ask for batches: lock, copy and guard."""
        url = await self.cluster.recreate("limits", **settings)
        limit = PostgresLimit(url, PutPoster if callers else CopyPoster)
        async with limit as poster:
            measured = (
                _group_commit(poster, callers, self.cluster.cpu_s)
                if callers
                else _batches(poster, self.cluster.cpu_s)
            )
            run, posted = await measured
            await limit.check(posted)
        return run

    def sides(self) -> dict[str, Side]:
        sides: dict[str, Side] = {}
        for c in CALLERS:
            sides[f"ours submit c={c}"] = lambda c=c: self.ours(lambda o: o.submit(c))
            sides[f"limit group commit c={c}"] = lambda c=c: self.limit(c)
            sides[f"hordak c={c}"] = lambda c=c: _ledger_peer.splits(self.cluster, c)
        sides[f"ours post_many {BATCH}"] = lambda: self.ours(lambda o: o.post_many(BATCH))
        sides[f"limit bulk {BATCH}"] = lambda: self.limit(0)
        most = MOST_CALLERS
        sides[f"ours hold and post c={most}"] = lambda: self.ours(lambda o: o.hold_and_post(most))
        sides[f"ours submit slow c={most}"] = lambda: self.ours(lambda o: o.submit(most), **SLOW)
        sides[f"limit group commit slow c={most}"] = lambda: self.limit(most, **SLOW)
        sides[f"hordak slow c={most}"] = lambda: _ledger_peer.splits(self.cluster, most, **SLOW)
        return sides


class OnSqlite:
    """The same in files; synchronous = FULL on both sides."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ready = folder, folder / "ready.db"

    async def prepare(self) -> None:
        await _ledger_ours.prepare(f"sqlite:///{self.ready}")

    def _clean(self, name: str) -> Path:
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()
        return self.folder / f"{name}.db"

    async def ours(self, load: Callable[[Ours], Awaitable[Run]]) -> Run:
        path = self._clean("ours")
        shutil.copy(self.ready, path)
        ours = Ours(f"sqlite:///{path}")
        try:
            return await load(ours)
        finally:
            await ours.close()

    async def limit(self, callers: int) -> Run:
        poster = SqlitePoster(self._clean("limit"))
        try:
            measured = _group_commit(poster, callers, None) if callers else _batches(poster, None)
            run, posted = await measured
            poster.check(posted)
        finally:
            poster.close()
        return run

    def sides(self) -> dict[str, Side]:
        most = MOST_CALLERS
        return {
            f"ours sqlite submit c={most}": lambda: self.ours(lambda o: o.submit(most)),
            f"limit sqlite group commit c={most}": lambda: self.limit(most),
            f"ours sqlite post_many {BATCH}": lambda: self.ours(lambda o: o.post_many(BATCH)),
            f"limit sqlite bulk {BATCH}": lambda: self.limit(0),
        }


async def measure(rounds: int = ROUNDS, only: Sequence[str] = ()) -> dict[str, list[Run]]:
    """One run a round and side; what happens to the machine happens to all."""
    folder = Path(tempfile.mkdtemp(prefix="minuta-bench-"))
    cluster = Cluster()
    try:
        cluster.start()
        postgres, sqlite = OnPostgres(cluster), OnSqlite(folder)
        await postgres.prepare()
        await sqlite.prepare()
        sides = postgres.sides() | sqlite.sides()
        wanted = {n: s for n, s in sides.items() if not only or any(o in n for o in only)}
        runs: dict[str, list[Run]] = {name: [] for name in wanted}
        for number in range(1, rounds + 1):
            for name, side in wanted.items():
                runs[name].append(await side())
                print(f"  round {number}  {name:<34} {runs[name][-1]}", file=sys.stderr, flush=True)
    finally:
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)
    return runs
