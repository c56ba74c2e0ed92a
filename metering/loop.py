"""The loop that turns witnessed seconds into charges, one transaction a turn.

`witness` only remembers. A turn takes what was remembered, locks the meters concerned, asks the
ledger for all of them together, writes, records the news inside the transaction and publishes
it after the commit. What was remembered is forgotten only then, so a failed turn loses nothing,
and a repeated one counts nothing twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import leases, store
from metering.charging import walk_all
from metering.clock import Clock, second_begun
from metering.credit import held_parts
from metering.errors import LeaseLost
from metering.events import Event
from metering.leases import Lease
from metering.meter import MeterState, overdue
from metering.receipts import Sign
from metering.verbs import tend

PENDING_MAX = 86_400  # seconds remembered for one session while the database is away
SET_ASIDE_TURNS = 10

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Record = Callable[[AsyncConnection, list[Event]], Awaitable[None]]
Publish = Callable[[list[Event]], None]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class MeteringLoop:
    """`record` runs inside each transaction, `publish` after it; `owner` names this node.

    Two loops of one owner do not share the work: the later one takes over.
    """

    transaction: Transaction
    clock: Clock
    record: Record
    publish: Publish
    pace_s: float = 1.0
    owner: str = "main"
    sign: Sign | None = None
    lease: Lease | None = None
    _pending: dict[str, set[int]] = field(default_factory=dict)
    _aside: dict[str, int] = field(default_factory=dict)
    _renewed: datetime | None = None

    def witness(self, session: str, second: int) -> None:
        """Both ends were seen in this unix second. Cheap, and safe to call from callbacks."""
        seconds = self._pending.setdefault(session, set())
        if len(seconds) < PENDING_MAX:
            seconds.add(second)

    async def flush(self, db: AsyncConnection, session: str, at: datetime) -> list[Event]:
        """Charge what is remembered of one session in the caller's transaction.

        The caller records and publishes the events. Nothing is forgotten here: should the
        caller roll back, the next turn charges it.
        """
        found = await store.load_meters(db, [session], lock=True)
        seconds = sorted(self._pending.get(session, ()))
        walks = await walk_all(db, [(meter, seconds) for meter in found], at, self.sign)
        return [event for walk in walks for event in walk.events]

    async def run(self) -> None:
        """Until cancelled: take the lease, recover, and turn at the pace."""
        while True:
            try:
                await self.turn()
            except LeaseLost:
                log.warning("metering lease lost", extra={"owner": self.owner})
            except Exception:
                log.exception("metering turn failed")
            await asyncio.sleep(self.pace_s)

    async def turn(self) -> list[Event]:
        """One round over everything due; the events it published."""
        events: list[Event] = []
        try:
            if self.lease is None:
                events += await self._take_over()
            if self.lease is not None:
                events += await self._all_due(self.lease)
        except LeaseLost:
            self.lease = None
            raise
        return events

    async def close(self) -> None:
        """Charge what is left and let the next owner in."""
        if self.lease is None:
            return
        await self.turn()
        async with self.transaction() as db:
            if self.lease is not None:
                await leases.release(db, self.lease)
        self.lease = None

    async def _take_over(self) -> list[Event]:
        """Become the owner, and look at every live meter once: some fell silent meanwhile."""
        at = self.clock()
        async with self.transaction() as db:
            self.lease = await leases.take(db, self.owner, at)
            names = await store.live_sessions(db) if self.lease else []
        return await self._batches(names, at, self.lease) if self.lease else []

    async def _all_due(self, lease: Lease) -> list[Event]:
        at = self.clock()
        async with self.transaction() as db:
            if self._renewed is None or at - self._renewed >= leases.RENEW_AFTER:
                await leases.renew(db, lease, at)
                self._renewed = at
            due = await store.due_sessions(db, second_begun(at))
        self._aside = {s: turns - 1 for s, turns in self._aside.items() if turns > 1}
        names = sorted({*due, *(s for s, seconds in self._pending.items() if seconds)})
        return await self._batches([n for n in names if n not in self._aside], at, lease)

    async def _batches(self, names: Sequence[str], at: datetime, lease: Lease) -> list[Event]:
        events: list[Event] = []
        for place in range(0, len(names), store.METERS_MAX):
            events += await self._batch(names[place : place + store.METERS_MAX], at, lease)
        return events

    async def _batch(self, names: Sequence[str], at: datetime, lease: Lease) -> list[Event]:
        """One transaction for many meters; if one of them breaks it, each by itself."""
        taken = {name: frozenset(self._pending.get(name, ())) for name in names}
        async with self.transaction() as db:
            await leases.renew(db, lease, at)
            try:
                async with db.begin_nested():
                    events = await self._charge(db, names, taken, at, lease)
                done = list(names)
            except LeaseLost:
                raise
            except Exception:
                log.exception("a batch of meters failed, trying one by one")
                events, done = await self._one_by_one(db, names, taken, at, lease)
        for name in done:
            self._forget(name, taken[name])
        self._publish(events)
        return events

    async def _one_by_one(
        self,
        db: AsyncConnection,
        names: Sequence[str],
        taken: dict[str, frozenset[int]],
        at: datetime,
        lease: Lease,
    ) -> tuple[list[Event], list[str]]:
        events: list[Event] = []
        done: list[str] = []
        for name in names:
            try:
                async with db.begin_nested():
                    events += await self._charge(db, [name], taken, at, lease)
                done.append(name)
            except Exception:
                log.exception("meter set aside", extra={"session": name})
                self._aside[name] = SET_ASIDE_TURNS
        return events, done

    async def _charge(
        self,
        db: AsyncConnection,
        names: Sequence[str],
        taken: dict[str, frozenset[int]],
        at: datetime,
        lease: Lease,
    ) -> list[Event]:
        meters = await store.load_meters(db, names, lock=True)
        work = [(meter, sorted(taken[meter.session])) for meter in meters]
        gone = [m for m in meters if m.held_minor and overdue(m, second_begun(at))]
        silent = {part.account for meter in gone for part in held_parts(meter)}
        walks = await walk_all(db, work, at, self.sign, lease.fence, silent)
        events: list[Event] = [event for walk in walks for event in walk.events]
        changed = [walk.meter.session for walk in walks if walk.meter != walk.before]
        fresh = {m.session: m for m in await store.load_meters(db, changed)} if changed else {}
        for walk in walks:
            meter = fresh.get(walk.meter.session, walk.meter)
            if meter.state is not MeterState.STOPPED:
                events += await tend(db, meter, at, lease.fence)
        await self._record(db, events)
        return events

    def _forget(self, name: str, seconds: frozenset[int]) -> None:
        left = self._pending.get(name, set()) - seconds
        if left:
            self._pending[name] = left
        else:
            self._pending.pop(name, None)

    async def _record(self, db: AsyncConnection, events: list[Event]) -> None:
        if events:
            await self.record(db, events)

    def _publish(self, events: list[Event]) -> None:
        if not events:
            return
        try:
            self.publish(events)
        except Exception:
            log.exception("publishing metering events failed")
