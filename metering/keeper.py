"""What an owner knows: its shards, their meters in memory, and when to look at which.

`look` is one visit to the database - leases renewed and taken, what others wrote, seconds that
reached the wrong node - and `learn` takes its answer in after the commit. Nothing here opens a
transaction.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import leases, store_bulk, store_shards
from metering.charging import Walk
from metering.clock import second_begun
from metering.errors import LeaseLost
from metering.heap import Timers
from metering.leases import Lease, NowUs
from metering.meter import LIVE, Meter
from metering.owned import Owned, Visit, stored
from metering.runs import Run, Runs, flat_of, joined, pairs, remember, without
from metering.shards import SHARDS, shard_of
from metering.store_shards import database_us
from metering.told import Told

NANOSECONDS = 1_000_000_000
STRAY_S = 15  # how long seconds of a session wait for its meter


@dataclass(slots=True)
class Found:
    """What a look at the database brought; `left` is what it has left there for other owners."""

    lease: Lease
    lost: set[int]
    meters: list[Meter]
    left: dict[str, Runs]
    gone: list[str]
    seen: Sequence[tuple[int, str, int, int]]
    renewed: bool


@dataclass(slots=True)
class Keeper:
    """`aside` are meters that broke a batch, until when; `stale` those to be read again; `unsure`:
    whether the last look was committed, `taken` the ids of seconds that it took in."""

    owner: str
    shards_max: int = SHARDS
    now_us: NowUs = database_us
    monotonic_ns: Callable[[], int] = time.monotonic_ns
    lease: Lease | None = None
    owned: dict[str, Owned] = field(default_factory=dict)
    timers: Timers = field(default_factory=Timers)
    aside: dict[str, int] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    calls: list[Owned] = field(default_factory=list)
    strays: dict[str, list[int]] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    polled: int = 0
    glanced: int = 0
    renewed: datetime | None = None
    renewed_ns: int = 0
    unsure: bool = False
    taken: list[int] = field(default_factory=list)

    def witness(self, session: str, second: int) -> None:
        """Remember it; the next turn looks at the meter if that makes anything due."""
        own = self.owned.get(session)
        if own is None:
            remember(self.strays.setdefault(session, []), second)
        elif own.witness(second) and not own.called:
            own.called = True
            self.calls.append(own)

    def remembered(self, session: str) -> Runs:
        own = self.owned.get(session)
        if own is not None:
            return pairs(own.runs)
        return joined((*self.told.of(session), *pairs(self.strays.get(session, ()))))

    # The database.

    def wants(self, at: datetime) -> bool:
        """Whether to look: once a second of the clock, or when a row is known to be another."""
        return bool(self.stale) or second_begun(at) != self.polled or self.tired

    @property
    def tired(self) -> bool:
        """Whether the leases want renewing, by our own clock."""
        return self.lease is not None and self._waited_s >= leases.RENEW_AFTER_S

    @property
    def _waited_s(self) -> int:
        return (self.monotonic_ns() - self.renewed_ns) // NANOSECONDS

    async def look(self, db: AsyncConnection, at: datetime) -> Found:
        held, unsure = self.lease.epochs if self.lease else {}, self.unsure
        self.unsure = True
        lease = Lease(self.owner, dict(held))
        late = self.renewed is None or at - self.renewed >= timedelta(seconds=leases.RENEW_AFTER_S)
        renews = bool(held) and (late or self.tired)
        lost = await leases.renew(db, lease, self.now_us) if renews else set()
        new = await leases.take(db, lease, self.shards_max, self.now_us)
        anew = lease.epochs if unsure else new
        meters = await store_shards.meters_of(db, anew) if anew else []
        seen: Sequence[tuple[int, str, int, int]] = ()
        if lease.epochs:
            meters += await store_shards.read_news(db, lease.epochs)
            meters += await store_shards.meters_named(db, self.stale) if self.stale else []
            seen = await store_shards.collect(db, lease.epochs, self.taken)
        found = Found(lease, lost, meters, {}, [], seen, renews or bool(new))
        if self.strays:
            await self._sort_strays(db, found, second_begun(at))
        return found

    async def _sort_strays(self, db: AsyncConnection, found: Found, second: int) -> None:
        """Seconds of meters that we did not know: ours are read, others' go to their owner."""
        known, lease = {meter.session for meter in found.meters}, found.lease
        names = [name for name in self.strays if name not in known]
        shards = await store_shards.owners_of(db, names) if names else {}
        ours = [name for name, shard in shards.items() if shard in lease.epochs]
        found.meters += await store_shards.meters_named(db, ours) if ours else []
        others = [name for name, shard in shards.items() if shard not in lease.epochs]
        if others:
            found.left = {name: pairs(self.strays[name]) for name in others}
            runs = [(shards[n], n, *run) for n in others for run in found.left[n]]
            await store_shards.leave(db, runs)
        late = second - STRAY_S
        found.gone = [n for n in names if n not in shards and self.strays[n][-1] < late]

    def learn(self, found: Found, at: datetime) -> None:
        """Take in what a look brought, after its commit. Raises: LeaseLost."""
        second = second_begun(at)
        self.polled = second
        self.stale.clear()
        if found.renewed:
            self.renewed, self.renewed_ns = at, self.monotonic_ns()
        for name in found.gone:
            self.strays.pop(name, None)
        for name, runs in found.left.items():
            self.told.add(name, runs)
            later = without(pairs(self.strays.pop(name, ())), runs)  # seen while that was written
            if later:
                self.strays[name] = flat_of(later)
        self.told.forget(second)
        self.let_go(found.lost)
        self.lease = found.lease if found.lease.epochs else None
        for meter in found.meters:
            self.adopt(meter, second)
        for _, session, begin, end in found.seen:
            for one in range(begin, end):
                self.witness(session, one)
        self.taken, self.unsure = [id for id, *_ in found.seen], False
        if found.lost:
            raise LeaseLost(self.owner, len(found.lost))

    async def stand_still(self, db: AsyncConnection, owned: Sequence[Owned]) -> list[Owned]:
        """Lock rows and shards; those meters that are as we know them. Raises: LeaseLost."""
        self._assert_awake()
        known = sorted(
            [own for own in owned if self.owned.get(own.meter.session) is own],
            key=lambda own: own.meter.session,
        )
        if not known:
            return []
        shards, same = await store_bulk.stand_still(db, [o.meter for o in known], self.epochs)
        if any(own.shard not in shards for own in known):
            self.renewed = None
            raise LeaseLost(self.owner, len({own.shard for own in known} - shards))
        self.stale.update(own.meter.session for own in known if own.meter.session not in same)
        return [own for own in known if own.meter.session in same]

    async def keep(
        self, db: AsyncConnection, owned: Sequence[Owned], at: datetime
    ) -> list[tuple[Owned, Run]]:
        """Write evidence of meters for which nothing else is due; what of it was written.

        A row that another wrote, or a shard that is another's, is left alone, and looked at again.
        Raises: LeaseLost.
        """
        self._assert_awake()
        grown = [(own, run) for own in owned if (run := own.grown) is not None]
        spans = [(own.meter, own.shard, *run) for own, run in grown]
        missed = await store_bulk.keep(db, spans, at, self.epochs)
        if not missed:
            return grown
        self.stale |= missed
        self.renewed = None
        return [(own, run) for own, run in grown if own.meter.session not in missed]

    def _assert_awake(self) -> None:
        if self._waited_s >= leases.STOP_AFTER_S:
            raise LeaseLost(self.owner, 0)

    @property
    def epochs(self) -> dict[int, int]:
        return self.lease.epochs if self.lease else {}

    # Memory.

    def adopt(self, meter: Meter, second: int) -> None:
        """The row as it is now."""
        session, shard = meter.session, shard_of(meter.payer)
        if meter.state not in LIVE or shard not in self.epochs:
            self.drop(session)
            return
        own = self.owned.get(session)
        if own is None:
            own = self.owned[session] = Owned(meter, shard, self.strays.pop(session, []))
        own.adopt(meter)
        self.timers.put(session, second)

    def settle(self, own: Owned, walk: Walk, taken: Runs) -> bool:
        """After a commit: what was walked is forgotten; whether there is more to ask."""
        meter = walk.meter
        own.forget(taken, walk.rest)
        if meter.state not in LIVE:
            self.drop(meter.session)
            return False
        own.adopt(meter if meter == walk.before else stored(meter))
        return bool(walk.ask or walk.rest)

    def drop(self, session: str) -> None:
        self.owned.pop(session, None)
        self.strays.pop(session, None)
        self.timers.drop(session)

    def let_go(self, shards: set[int]) -> None:
        """These shards are another's, and so is what was witnessed of their meters since."""
        for name in [n for n, own in self.owned.items() if own.shard in shards]:
            runs = self.owned[name].runs
            self.drop(name)
            if runs:
                self.strays[name] = runs

    def due(self, second: int, evidence_s: int) -> tuple[list[Owned], list[Owned]]:
        """Meters to walk now, those with money due first; meters of which only evidence is due."""
        called, self.calls = self.calls, []
        if second != self.glanced:
            self.glanced = second
            called += [own for own in self.owned.values() if own.quiet <= second]
        called += [self.owned[name] for name in self.timers.due(second) if name in self.owned]
        found: dict[Visit, list[Owned]] = {visit: [] for visit in Visit}
        for own in called:
            own.called = True
        for own in called:
            if own.called and self.owned.get(own.meter.session) is own:
                own.called = False
                found[self._visit(own, second, evidence_s)].append(own)
        for own in found[Visit.NOTHING]:
            own.aim()
            self.look_later(own, second, evidence_s)
        return found[Visit.MONEY] + found[Visit.WALK], found[Visit.EVIDENCE]

    def _visit(self, own: Owned, second: int, evidence_s: int) -> Visit:
        """What it wants, if it is not set aside."""
        if self.aside and self.aside.get(own.meter.session, 0) > second:
            return Visit.NOTHING
        visit = own.visit(second, evidence_s)
        if self.aside and visit is not Visit.NOTHING:
            self.aside.pop(own.meter.session, None)
        return visit

    def look_later(self, own: Owned, second: int, evidence_s: int) -> None:
        """Put the next look in its place, if it is still ours."""
        name = own.meter.session
        if self.owned.get(name) is own:
            wait = self.aside.get(name, 0) if self.aside else 0
            self.timers.put(name, max(own.next_look(second, evidence_s), wait))
