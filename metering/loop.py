"""The loop that turns witnessed seconds into charges.

A node owns shards of meters and keeps those meters in memory, rebuilt from their rows. `witness`
only remembers, and says when a look is worth while; a heap of timers knows when silence, or
evidence that is not stored yet, wants one. What is due goes in batches, each a transaction of a
few statements: the news are recorded in it, and published after the commit. What was remembered
is forgotten only then, so a failed turn loses nothing, and a repeated one counts nothing twice.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import lost, met
from metering import bulk, leases, store
from metering.charging import walk_all
from metering.clock import Clock, second_begun
from metering.errors import LeaseLost
from metering.events import Event
from metering.keeper import Keeper
from metering.leases import Lease, NowUs
from metering.owned import Owned
from metering.receipts import Sign
from metering.shards import SHARDS
from metering.store_shards import database_us

BATCH_MAX = 1_000
CAREFUL_MAX = 50
ASIDE_S = 10
EVIDENCE_MAX_S = 15  # what a crash may cost us, never the payer
EVIDENCE_A_SECOND = 500  # so many meters are written every second, more of them in turns
# So many lanes from so many meters with money due: one lane prepares a batch while the database
# works on the others'. Few meters cost more in small batches than they gain side by side, and
# evidence alone is cheap: however much of it there is, two lanes are enough.
LANES = ((2_000, 4), (100, 2), (0, 1))

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Record = Callable[[AsyncConnection, list[Event]], Awaitable[None]]
Publish = Callable[[list[Event]], None]
Done = tuple[list[Event], list[Owned]]  # its events; the meters that want more
Batch = Callable[[Sequence[Owned], int], Awaitable[Done]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class MeteringLoop:
    """`record` runs inside each transaction, `publish` after it; `owner` names this node.

    `witness(session, second)`: both ends were seen in this unix second. Cheap, for it is called
    for each second of each session, and safe to call from callbacks.

    Two loops of one owner do not share the work: the later one takes over. Loops of several owners
    share it as far as `shards_max` lets them; one that got no shards stands by. `one_writer`: the
    database has no more, so two batches under way at once would gain nothing.
    """

    transaction: Transaction
    clock: Clock
    record: Record
    publish: Publish
    pace_s: float = 0.1
    owner: str = "main"
    sign: Sign | None = None
    shards_max: int = SHARDS
    one_writer: bool = False
    now_us: NowUs = database_us
    monotonic_ns: Callable[[], int] = time.monotonic_ns
    witness: Callable[[str, int], None] = field(init=False)
    _keeper: Keeper = field(init=False)
    _turning: asyncio.Lock = field(default_factory=asyncio.Lock)
    _turn: asyncio.Task[list[Event]] | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._keeper = Keeper(self.owner, self.shards_max, self.now_us, self.monotonic_ns)
        self.witness = self._keeper.witness

    @property
    def lease(self) -> Lease | None:
        """The shards that this loop meters now; None while it stands by."""
        return self._keeper.lease

    async def flush(self, db: AsyncConnection, session: str, at: datetime) -> list[Event]:
        """Charge what is remembered of one session in the caller's transaction.

        The caller records and publishes the events. Nothing is forgotten here: should the
        caller roll back, the next turn charges it.
        """
        found = await store.load_meters(db, [session], lock=True)
        runs = self._keeper.remembered(session)
        walks = await walk_all(db, [(meter, runs) for meter in found], at, self.sign)
        self._keeper.stale.add(session)
        return [event for walk in walks for event in walk.events]

    async def run(self) -> None:
        """Until cancelled: take shards, recover, and turn at the pace. A turn under way goes on to
        its end: cancelled within a transaction, it would leave SQLite locked behind it.
        """
        while True:
            wait_s = self.pace_s
            try:
                self._turn = asyncio.create_task(self.turn())
                await asyncio.shield(self._turn)
            except LeaseLost as gone:
                log.warning("metering lease lost", extra={"owner": gone.owner})
            except Exception:
                log.exception("metering turn failed")
                wait_s = max(wait_s, 1.0)
            await asyncio.sleep(wait_s)

    async def turn(self) -> list[Event]:
        """One round over everything due; the events it published. Raises: LeaseLost."""
        async with self._turning:
            at = self.clock()
            await self._keep_up(at)
            if self.lease is None:
                return []
            aging_s = 1 + len(self._keeper.owned) // EVIDENCE_A_SECOND
            return await self._all(at, min(aging_s, EVIDENCE_MAX_S))

    async def close(self) -> None:
        """Write what is left and let the next owner in."""
        if self._turn is not None:
            await asyncio.gather(self._turn, return_exceptions=True)
        at, keeper = self.clock(), self._keeper
        if keeper.lease is None:
            return
        try:
            await self._keep_up(at)
        except LeaseLost as gone:
            log.warning("metering lease lost", extra={"owner": gone.owner})
        if keeper.lease is None:
            return
        keeper.calls += [own for own in keeper.owned.values() if own.runs]
        await self._all(at, 0)
        async with self.transaction() as db:
            await leases.release(db, keeper.lease)
        keeper.let_go(set(range(SHARDS)))
        keeper.lease = None

    async def _keep_up(self, at: datetime) -> None:
        """Renew and take shards, read what others wrote; at most once a second."""
        async with self._looking:
            if self._keeper.wants(at):
                async with self.transaction() as db:
                    found = await self._keeper.look(db, at)
                self._keeper.learn(found, at)

    async def _all(self, at: datetime, evidence_s: int) -> list[Event]:
        """Everything due, in lanes that do not meet: they are of different shards."""
        second, keeper = second_begun(at), self._keeper
        walks, grown = keeper.due(second, evidence_s)
        events: list[Event] = []
        count = 1 if self.one_writer else lanes_for(len(walks), len(grown))
        lanes = [
            self._lane(_of_lane(walks, n, count), _of_lane(grown, n, count), second, events)
            for n in range(count)
        ]
        try:
            await _side_by_side(lanes)
        finally:
            for own in (*walks, *grown):
                keeper.look_later(own, second, evidence_s)
        return events

    async def _lane(
        self, walks: Sequence[Owned], grown: Sequence[Owned], second: int, events: list[Event]
    ) -> None:
        """Batch after batch, money first."""
        hard: list[Owned] = []
        for some in _cut(walks, BATCH_MAX):
            await self._one(self._simple, some, second, events, hard)
        for some in _cut(list({own.meter.session: own for own in hard}.values()), CAREFUL_MAX):
            await self._one(self._careful, some, second, events, [])
        for some in _cut(grown, BATCH_MAX):
            await self._one(self._evidence, some, second, events, [])

    async def _one(
        self,
        work: Batch,
        some: Sequence[Owned],
        second: int,
        events: list[Event],
        hard: list[Owned],
    ) -> None:
        """One transaction for many meters; if one of them breaks it, it is halved out."""
        if self._keeper.tired:
            await self._keep_up(self.clock())
        try:
            news, left = await work(some, second)
        except LeaseLost:
            raise
        except Exception as error:
            self._keeper.stale.update(own.meter.session for own in some)
            if lost(error):
                raise
            if met(error):
                return  # two transactions met: read again, and once more in the next turn
            if len(some) == 1:
                name = some[0].meter.session
                log.exception("meter set aside", extra={"session": name})
                self._keeper.aside[name] = second + ASIDE_S
                return
            log.warning("a batch of meters failed, halving it", exc_info=True)
            middle = len(some) // 2
            for half in (some[:middle], some[middle:]):
                await self._one(work, half, second, events, hard)
            return
        events += news
        hard += left
        self._tell(news)

    async def _evidence(self, some: Sequence[Owned], second: int) -> Done:
        """Runs that are longer now, and nothing else."""
        at, keeper = self.clock(), self._keeper
        async with self.transaction() as db:
            written = await keeper.keep(db, some, at)
        for own, run in written:
            own.kept(run)
        return [], []

    async def _simple(self, some: Sequence[Owned], second: int) -> Done:
        """Each meter up to its first question; those that have more."""
        at, keeper = self.clock(), self._keeper
        async with self.transaction() as db:
            owned = {own.meter.session: own for own in await keeper.stand_still(db, some)}
            taken = {name: own.taken for name, own in owned.items()}
            work = [(own.meter, taken[name]) for name, own in owned.items()]
            walks, hard = await bulk.simple(db, work, at, self.sign, keeper.epochs)
            events = [event for walk in walks for event in walk.events]
            if events:
                await self.record(db, events)
        more = [owned[name] for name in hard]
        for walk in walks:
            name = walk.before.session
            if keeper.settle(owned[name], walk, taken[name]):
                more.append(owned[name])
        return events, more

    async def _careful(self, some: Sequence[Owned], second: int) -> Done:
        """Each meter through all its questions."""
        at, keeper = self.clock(), self._keeper
        async with self.transaction() as db:
            owned = {own.meter.session: own for own in await keeper.stand_still(db, some)}
            taken = {name: own.taken for name, own in owned.items()}
            work = [(own.meter, taken[name]) for name, own in owned.items()]
            meters, events = await bulk.careful(db, work, at, self.sign, keeper.epochs)
            if events:
                await self.record(db, events)
        for meter in meters:
            owned[meter.session].forget(taken[meter.session])
            keeper.adopt(meter, second)
        return events, []

    def _tell(self, events: list[Event]) -> None:
        if not events:
            return
        try:
            self.publish(events)
        except Exception:
            log.exception("publishing metering events failed")


def _cut(some: Sequence[Owned], size: int) -> list[Sequence[Owned]]:
    return [some[place : place + size] for place in range(0, len(some), size)]


def lanes_for(walks: int, grown: int) -> int:
    """How many batches go side by side when so many meters are to be walked, and of so many more
    only evidence is to be written."""
    weight = max(walks, min(walks + grown, LANES[0][0] - 1))
    return next(count for least, count in LANES if weight >= least)


def _of_lane(some: list[Owned], n: int, count: int) -> list[Owned]:
    """Sessions of one wallet are of one shard, so of one lane."""
    return [own for own in some if own.shard % count == n] if count > 1 else some


async def _side_by_side(lanes: Sequence[Coroutine[Any, Any, None]]) -> None:
    """All of them to their ends, then the first one's error, if any had one."""
    if len(lanes) == 1:
        await lanes[0]
        return
    for outcome in await asyncio.gather(*lanes, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
