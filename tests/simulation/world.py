"""Makes a script happen: nodes, their faults, the virtual clock, and the one database."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Account, AccountKind, Draft, InsufficientFunds, Leg, post_many
from metering import (
    Event,
    LeaseLost,
    MeteringError,
    MeteringLoop,
    MeterStopped,
    MinuteCharged,
    arm,
    pause,
    resume,
    set_cap,
    start,
    stop,
)
from metering.clock import moment, second_begun, second_to_come
from tests.simulation.book import Book
from tests.simulation.gifts import give
from tests.simulation.inline import Inline
from tests.simulation.script import NODES, Deed, Script

SECOND_US = 1_000_000
CASH = Account(AccountKind.CASH, "demo")
REFUSED = (InsufficientFunds, MeteringError, OSError, DBAPIError)
SETTLE_S = 16  # after the last fault, until everything is where it belongs


class Crash(BaseException):
    """Not an Exception: no handler of the product may catch the end of its process."""


@dataclass(slots=True)
class Fault:
    kind: str
    node: str
    after: int
    lasts_s: int


@dataclass(slots=True, eq=False)
class Node:
    """`life` counts its incarnations; `turning` is a turn that was stopped in the middle."""

    name: str
    loop: MeteringLoop
    life: int = 0
    back: int | None = None
    asleep_until: int = 0
    turning: "asyncio.Task[list[Event]] | None" = None
    gate: "asyncio.Future[None] | None" = None


class World:
    """One day. `second` is of the day; `book` is told what happened and judges it."""

    def __init__(self, script: Script, database: Inline, engine: AsyncEngine) -> None:
        self.script, self.second = script, 0
        self.raw, self.engine = database.raw, engine
        self.book = Book(script, self.raw)
        self.fault: Fault | None = None
        self.acting: Node | None = None
        self.away_until = 0
        self.frozen: asyncio.Event = asyncio.Event()
        self.then: list[Callable[[], None]] = []
        self.alone = asyncio.Lock()
        self.nodes = {name: self._born(Node(name, None)) for name in NODES}  # type: ignore[arg-type]

    # The clock.

    @property
    def us(self) -> int:
        return (self.script.begin + self.second) * SECOND_US + SECOND_US // 2

    def now(self, node: str) -> datetime:
        """The wall clock of a node."""
        return moment(self.us + self.script.skews_us[node])

    async def _now_us(self, _: AsyncConnection) -> int:
        return self.us

    # What the driver tells us.

    def statement(self) -> None:
        fault = self._struck("crash", "away", "disk full", "locked")
        if fault is None:
            return
        if fault.kind == "crash":
            raise Crash
        if fault.kind == "away":
            self.away_until = self.second + fault.lasts_s
            raise ConnectionError("the database has gone")
        said = {"locked": "database is locked", "disk full": "database or disk is full"}
        raise sqlite3.OperationalError(said[fault.kind])

    def commit(self, work: Callable[[], None]) -> None:
        fault = self._struck("crash after commit", "answer lost", "commit refused")
        if fault is not None and fault.kind == "commit refused":
            raise ConnectionError("it went away before the COMMIT")
        if self.raw.in_transaction:
            work()
            for one in self.then:
                one()
        self.then.clear()
        if fault is None:
            return
        if fault.kind == "crash after commit":
            raise Crash
        raise ConnectionError("committed, but nobody heard")

    def _struck(self, *kinds: str) -> Fault | None:
        """The fault that happens here and now, to the node that is acting."""
        fault = self.fault
        if fault is None or self.acting is None or fault.kind not in kinds:
            return None
        if fault.node != self.acting.name:
            return None
        fault.after -= 1
        if fault.after >= 0:
            return None
        self.fault = None
        self.book.trouble(self.second)
        return fault

    @asynccontextmanager
    async def transaction(self, node: Node, life: int) -> AsyncIterator[AsyncConnection]:
        await self._pass(node)
        assert node.life == life, "a dead process speaks"
        if self.second < self.away_until:
            self.book.trouble(self.second)
            raise ConnectionError("the database is away")
        async with self.alone:
            self.acting = node
            self.then.clear()
            try:
                async with self.engine.begin() as db:
                    yield db
            finally:
                self.acting = None
                self.raw.rollback()  # a connection that failed takes its transaction with it
        await self._pass(node)

    async def _pass(self, node: Node) -> None:
        """Here a process may be stopped, before BEGIN and after COMMIT."""
        fault = self.fault
        if fault is None or fault.kind != "freeze" or fault.node != node.name or not node.turning:
            return
        fault.after -= 7
        if fault.after >= 0:
            return
        self.fault = None
        self.book.trouble(self.second)
        node.asleep_until = self.second + fault.lasts_s
        node.gate = asyncio.get_running_loop().create_future()
        self.frozen.set()
        await node.gate

    # Nodes.

    def _born(self, node: Node) -> Node:
        node.life += 1
        node.loop = MeteringLoop(
            partial(self.transaction, node, node.life),
            partial(self.now, node.name),
            self.record,
            lambda _: None,
            owner=node.name,
            shards_max=self.script.shards_max,
            now_us=self._now_us,
            monotonic_ns=lambda: self.us * 1_000 + hash(node.name) % 1_000,
        )
        node.back, node.turning, node.gate, node.asleep_until = None, None, None, 0
        return node

    def _died(self, node: Node, back_s: int) -> None:
        self.book.died(node.name, node.life, self.second)
        node.back = self.second + back_s
        node.turning = node.gate = None

    def awake(self, node: Node) -> bool:
        if node.back is not None and node.back <= self.second:
            self._born(node)
        return node.back is None and node.asleep_until <= self.second

    async def record(self, db: AsyncConnection, events: Sequence[Event]) -> None:
        """Letters leave with the minute that they are about."""
        for event in events:
            if isinstance(event, MinuteCharged | MeterStopped):
                row = (type(event).__name__, event.session, getattr(event, "n", 0))
                await db.exec_driver_sql("INSERT INTO outbox VALUES (?, ?, ?)", row)

    async def turn(self, node: Node) -> None:
        """One turn, or the rest of one that was stopped in the middle."""
        if not self.awake(node):
            return
        self.frozen.clear()
        if node.gate is not None:
            node.gate.set_result(None)
            node.gate = None
        if node.turning is None:
            node.turning = asyncio.ensure_future(node.loop.turn())
        stopped = asyncio.ensure_future(self.frozen.wait())
        await asyncio.wait({node.turning, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not node.turning.done():
            return
        turning, node.turning = node.turning, None
        error = turning.exception()
        if isinstance(error, Crash):
            self._died(node, 3 + self.script.seed % 12)
        elif error is not None and not isinstance(error, LeaseLost | OSError | DBAPIError):
            raise error
        elif error is None:
            self.book.ran(node.name, self.second)

    # Deeds.

    async def do(self, deed: Deed) -> None:
        if deed.what in DEEDS:
            await DEEDS[deed.what](self, *deed.facts)
            return
        node, after, lasts_s = deed.facts
        self.fault = Fault(deed.what, node, after, lasts_s)

    async def ask(self, node_name: str, work: "Callable[[AsyncConnection, Node], object]") -> None:
        """What a person asks of a node; the person may be refused, or never hear."""
        node = self.nodes[node_name]
        if not self.awake(node) or node.turning is not None:
            return
        try:
            async with self.transaction(node, node.life) as db:
                await work(db, node)  # type: ignore[misc]
        except Crash:
            self._died(node, 3 + self.script.seed % 12)
        except REFUSED:
            pass

    async def begin(self, name: str, node_name: str) -> None:
        terms = self.script.terms[name]
        payer = Account(AccountKind.PREPAID, terms.payer)
        credit = (
            Account(AccountKind.ESCROW, name) if terms.credit else Account(AccountKind.COMMISSION)
        )

        async def work(db: AsyncConnection, node: Node) -> None:
            at = self.now(node.name)
            await arm(db, name, payer, credit, terms.tariff, at, terms.cap_minor)
            await start(db, name, at)
            self.then.append(partial(self.book.capped, name, terms.cap_minor))
            self.then.append(partial(self.book.opened, name, second_to_come(at), self.second))

        await self.ask(node_name, work)

    async def hold_on(self, name: str, node_name: str) -> None:
        async def work(db: AsyncConnection, node: Node) -> None:
            at = self.now(node.name)
            if await pause(db, name, "asked", at):
                self.then.append(partial(self.book.shut, name, second_begun(at), self.second))

        await self.ask(node_name, work)

    async def go_on(self, name: str, node_name: str) -> None:
        async def work(db: AsyncConnection, node: Node) -> None:
            at = self.now(node.name)
            if await resume(db, name, at):
                self.then.append(partial(self.book.opened, name, second_to_come(at), self.second))

        await self.ask(node_name, work)

    async def hang_up(self, name: str, node_name: str) -> None:
        async def work(db: AsyncConnection, node: Node) -> None:
            at = self.now(node.name)
            events = await node.loop.flush(db, name, at)
            ended = await stop(db, name, "asked", at)
            await self.record(db, [*events, *ended])
            if ended:
                self.then.append(partial(self.book.shut, name, second_begun(at), self.second))

        await self.ask(node_name, work)

    async def cap(self, name: str, minor: int | None, node_name: str) -> None:
        async def work(db: AsyncConnection, node: Node) -> None:
            meter = await set_cap(db, name, minor, self.now(node.name))
            self.then.append(partial(self.book.capped, name, minor, meter.charged_minor))

        await self.ask(node_name, work)

    async def move(self, key: str, payer: str, minor: int) -> None:
        """Money in, or out if it is below zero."""

        async def work(db: AsyncConnection, _: Node) -> None:
            legs = (Leg(CASH, -minor), Leg(Account(AccountKind.PREPAID, payer), minor))
            if minor:
                await post_many(db, [Draft("test", key, "test", legs)], moment(self.us))

        await self.ask(NODES[0], work)

    async def top_up(self, payer: str, minor: int, number: int) -> None:
        await self.move(f"up {number}", payer, minor)

    async def withdraw(self, payer: str, minor: int, number: int) -> None:
        await self.move(f"out {number}", payer, -minor)

    async def close(self, node_name: str, back_s: int) -> None:
        """Stopped in good order: the other takes over without waiting."""
        node = self.nodes[node_name]
        if not self.awake(node) or node.turning is not None:
            return
        try:
            await node.loop.close()
        except Crash:
            pass
        except REFUSED:
            pass
        self._died(node, back_s)

    # The day.

    async def open(self) -> None:
        for payer, minor in self.script.money.items():
            await self.move("opening " + payer, payer, minor)
        async with self.engine.begin() as db:
            await give(db, self.script, moment(self.us))

    async def live(self) -> None:
        """To the last round, and then until everybody has caught up. Raises: AssertionError."""
        deeds = list(self.script.deeds)
        await self.open()
        for second, names in self.script.rounds:
            self.second = second
            while deeds and deeds[0].second <= second:
                await self.do(deeds.pop(0))
                self.book.look(second)
            for name, session, seen in self.script.heard.get(second, ()):
                self._hear(self.nodes[name], session, self.script.begin + seen)
            for name in names:
                await self.turn(self.nodes[name])
                self.book.look(second)
        self.fault, self.away_until = None, 0
        for node in self.nodes.values():
            node.back = self.second if node.back is not None else None
            node.asleep_until = 0
        await self._catch_up(SETTLE_S, 4)
        self.book.settled(self.second)
        await self._catch_up(25, 8)
        for node in self.nodes.values():
            await node.loop.close()
        self.book.look(self.second)
        await self.book.closed(self.engine)

    async def _catch_up(self, seconds: int, step: int) -> None:
        for _ in range(0, seconds, step):
            self.second += step
            for node in self.nodes.values():
                await self.turn(node)
            self.book.look(self.second)

    def _hear(self, node: Node, session: str, second: int) -> None:
        if self.awake(node):
            lease = node.loop.lease
            owns = lease is not None and self.book.shard(session) in lease.epochs
            node.loop.witness(session, second)
            self.book.heard(session, second, node.name, node.life, self.second, owns)


DEEDS = {
    "start": World.begin,
    "pause": World.hold_on,
    "resume": World.go_on,
    "hang up": World.hang_up,
    "cap": World.cap,
    "top up": World.top_up,
    "withdraw": World.withdraw,
    "close": World.close,
}
