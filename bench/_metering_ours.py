"""The product's own loop and ledger under sessions that a relay reports, second by second.

Each session has a wallet of its own and credits an escrow of its own. A session's seconds are
reported in its own twentieth of a second, as relays do. An increment is due when its first second
is reported; it is late by the time from then to the commit.
"""

import asyncio
import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.result import Unmeasured
from ledger import Account, AccountKind, Draft, HoldDraft, Leg, ask_many, check, post_many
from metering import (
    Event,
    MeteringLoop,
    MinuteCharged,
    client_pays_tariff,
    receipt_faults,
    receipts,
    store,
    utc_now,
)
from metering.clock import second_begun
from metering.meter import Meter, first_hold, funded, started
from web.commands.schema import migrate
from web.db import Database
from web.memory import settle

OPENING = 100_000_00
SLICES = 20
PAGE = 1_000
CASH = Account(AccountKind.CASH, "bench")
# Not those that are empty still: for a table that was vacuumed empty PostgreSQL plans to read all
# of it, until it is analysed again.
FILLED = ("ledger_account", "ledger_journal", "ledger_entry", "ledger_hold", "metering_meters")
QUESTIONS = {
    "a charge and its journal differ": (
        "SELECT count(*) FROM metering_charges c LEFT JOIN ledger_journal j"
        " ON j.scope = 'tick' AND j.key = c.session || ':' || c.n WHERE j.id IS NULL"
    ),
    "journals without a charge": (
        "SELECT (SELECT count(*) FROM ledger_journal WHERE scope = 'tick')"
        " - (SELECT count(*) FROM metering_charges)"
    ),
    "a meter and its charges differ": (
        "SELECT count(*) FROM metering_meters m LEFT JOIN (SELECT session, count(*) n,"
        " sum(amount_minor) paid FROM metering_charges GROUP BY session) c"
        " ON c.session = m.session WHERE m.ticks <> coalesce(c.n, 0)"
        " OR m.charged_minor <> coalesce(c.paid, 0)"
    ),
    "a meter and its seconds differ": (
        "SELECT count(*) FROM metering_meters m LEFT JOIN (SELECT session,"
        " sum(to_second - from_second) n FROM metering_segments GROUP BY session) s"
        " ON s.session = m.session WHERE m.clock_s <> coalesce(s.n, 0)"
    ),
    "escrow is not what was charged": (
        "SELECT count(*) FROM metering_meters m JOIN ledger_account a"
        " ON a.kind = :escrow AND a.owner = m.session WHERE a.balance <> m.charged_minor"
    ),
}


@dataclass
class Heard:
    """Ticks that were committed, and how late each was, in seconds."""

    slice_of: dict[str, int]
    late_s: list[float] = field(default_factory=list)
    ticks: int = 0
    since: float = 0.0

    def publish(self, events: list[Event]) -> None:
        now = time.time()
        for event in events:
            if isinstance(event, MinuteCharged):
                self.ticks += 1
                due = event.second + 1 + self.slice_of[event.session] / SLICES
                if due >= self.since:
                    self.late_s.append(now - due)


async def record(db: AsyncConnection, events: list[Event]) -> None:
    """The room of sessions is not measured here."""


def wallet(name: str) -> Account:
    """The payer's of a session."""
    return Account(AccountKind.PREPAID, f"party-{name}")


class Stage:
    """So many sessions, prepared, on a database of their own."""

    def __init__(self, url: str, sessions: int) -> None:
        self.database, self.sessions = Database(url), sessions
        self.names = [f"S-2026-{n:06}" for n in range(sessions)]
        self.tariff = client_pays_tariff()
        self.heard = Heard({name: n % SLICES for n, name in enumerate(self.names)})
        self.relay_s = 0.0

    async def prepare(self) -> None:
        """Wallets with money, and the first increment of every session held."""
        await migrate(self.database)
        at = utc_now()
        for page in self._pages():
            drafts = [
                Draft("open", name, "open", (Leg(CASH, -OPENING), Leg(wallet(name), OPENING)))
                for name in page
            ]
            price = first_hold(self._meter(page[0]), 0)
            holds = [HoldDraft(self._meter(name).hold_key, wallet(name), price) for name in page]
            async with self.database.transaction() as db:
                await post_many(db, drafts, at)
                await ask_many(db, holds, at)

    async def begin(self, first_second: Callable[[int], int]) -> None:
        """Session n counts from unix second `first_second(n)`."""
        place = 0
        for page in self._pages():
            begun = []
            for name in page:
                meter = self._meter(name)
                price = first_hold(meter, 0)
                meter = started(meter, first_second(place), price)
                begun.append(funded(meter, OPENING - price))
                place += 1
            async with self.database.transaction() as db:
                await store.insert_meters(db, begun, utc_now())
        if not self.database.sqlite:
            async with self.database.engine.connect() as db:
                plain = await db.execution_options(isolation_level="AUTOCOMMIT")
                await plain.execute(text(f"VACUUM ANALYZE {', '.join(FILLED)}"))

    def _pages(self) -> list[list[str]]:
        return [self.names[n : n + PAGE] for n in range(0, self.sessions, PAGE)]

    def _meter(self, name: str) -> Meter:
        return Meter(name, self.tariff, wallet(name), Account(AccountKind.ESCROW, name))

    def loop(self) -> MeteringLoop:
        return MeteringLoop(
            self.database.transaction,
            utc_now,
            record,
            self.heard.publish,
            pace_s=0.05,
            one_writer=self.database.sqlite,
        )

    async def report(self, loop: MeteringLoop, begin: Callable[[int], int], until: float) -> None:
        """Play the relay: every session's seconds, each in its twentieth."""
        slices = [[] for _ in range(SLICES)]  # type: list[list[tuple[str, int]]]
        for n, name in enumerate(self.names):
            slices[n % SLICES].append((name, begin(n)))
        place = int(time.time() * SLICES) + 1
        while place / SLICES < until:
            await asyncio.sleep(max(place / SLICES - time.time(), 0))
            second, part = divmod(place, SLICES)
            begun = time.process_time()
            for name, first in slices[part]:
                if first < second:
                    loop.witness(name, second - 1)
            self.relay_s += time.process_time() - begun
            place += 1

    async def assert_exact(self) -> None:
        """The books of both rooms are clean, of every session. Raises: Unmeasured."""
        async with self.database.reading() as db:
            faults = [str(fault) for fault in await check(db)]
            for words, question in QUESTIONS.items():
                facts = {"escrow": AccountKind.ESCROW.code} if ":escrow" in question else {}
                if (await db.execute(text(question), facts)).scalar_one():
                    faults.append(words)
            for name in self.names[:: max(self.sessions // 50, 1)]:
                faults += receipt_faults(await receipts(db, name))
        if faults:
            raise Unmeasured(f"books: {faults[:5]}")

    async def stored_ticks(self) -> int:
        async with self.database.reading() as db:
            counted = await db.execute(text("SELECT count(*) FROM metering_charges"))
            return int(counted.scalar_one())


@dataclass(frozen=True)
class Steady:
    """What a steady load cost; late in ms, CPU in microseconds a tick."""

    sessions: int
    seconds: float
    ticks: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    backlog_first_ms: float
    backlog_last_ms: float
    client_us: float
    server_us: float
    relay_us: float  # of the client's: calls of `witness` by the bench's own relay
    bytes_a_session: int
    prepared_s: float


async def steady(
    url: str, sessions: int, seconds: float, server_cpu_s: Callable[[], float] | None
) -> Steady:
    """Sessions begin evenly over a minute; what follows is measured for so many seconds."""
    stage = Stage(url, sessions)
    start = {"at": 0}

    def begin(n: int) -> int:
        return start["at"] + n * 60 // sessions

    begun = time.monotonic()
    await stage.prepare()
    took_s = time.monotonic() - begun
    # Nobody may begin before all are there; writing the meters takes less than what came before.
    start["at"] = second_begun(utc_now() + timedelta(seconds=10 + took_s))
    await stage.begin(begin)
    if second_begun(utc_now()) >= start["at"]:
        raise Unmeasured("sessions were not prepared in time")
    prepared_s = time.monotonic() - begun
    gc.collect()
    before_kb = _resident_kb()
    loop = stage.loop()
    await loop.turn()
    settle()
    after_kb = _resident_kb()
    heard, cpu = stage.heard, server_cpu_s or (lambda: 0.0)
    heard.since = start["at"] + 61
    running = asyncio.create_task(loop.run())
    reporting = asyncio.create_task(stage.report(loop, begin, heard.since + seconds))
    await asyncio.sleep(heard.since - time.time())
    ticks, own_s, theirs_s, relay_s = heard.ticks, time.process_time(), cpu(), stage.relay_s
    await reporting
    ticks, own_s, theirs_s = heard.ticks - ticks, time.process_time() - own_s, cpu() - theirs_s
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await loop.close()
    if await stage.stored_ticks() != heard.ticks:
        raise Unmeasured("ticks were told that are not stored")
    await stage.assert_exact()
    await stage.database.close()
    cost = Cost(ticks, own_s, theirs_s, stage.relay_s - relay_s)
    return _figures(stage, seconds, cost, (after_kb - before_kb) * 1024, prepared_s)


@dataclass(frozen=True)
class Cost:
    """CPU seconds of so many ticks; the relay's are part of the client's."""

    ticks: int
    own_s: float
    theirs_s: float
    relay_s: float

    def us(self, seconds: float) -> float:
        """A tick."""
        return round(seconds / max(self.ticks, 1) * 1e6, 1)


def _figures(stage: Stage, seconds: float, cost: Cost, grown: int, prepared_s: float) -> Steady:
    late = stage.heard.late_s
    if not late:
        raise Unmeasured("nothing was charged")
    third = max(len(late) // 3, 1)
    ordered = sorted(late)
    return Steady(
        sessions=stage.sessions,
        seconds=seconds,
        ticks=cost.ticks,
        p50_ms=_ms(ordered[len(ordered) // 2]),
        p99_ms=_ms(ordered[int(len(ordered) * 0.99)]),
        worst_ms=_ms(ordered[-1]),
        backlog_first_ms=_ms(sum(late[:third]) / third),
        backlog_last_ms=_ms(sum(late[-third:]) / third),
        client_us=cost.us(cost.own_s),
        server_us=cost.us(cost.theirs_s),
        relay_us=cost.us(cost.relay_s),
        bytes_a_session=grown // stage.sessions,
        prepared_s=round(prepared_s, 1),
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _resident_kb() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024


@dataclass(frozen=True)
class Burst:
    """All due at once: how long until the last is committed."""

    sessions: int
    drain_s: float
    ticks_s: float
    client_us: float
    server_us: float


async def burst(url: str, sessions: int, server_cpu_s: Callable[[], float] | None) -> Burst:
    """Every session's first second is witnessed at one moment."""
    stage = Stage(url, sessions)
    begun = time.monotonic()
    await stage.prepare()
    # The first second is yet to come: a meter that has heard nothing since would pause meanwhile.
    second = second_begun(utc_now() + timedelta(seconds=5 + time.monotonic() - begun))
    await stage.begin(lambda n: second)
    loop = stage.loop()
    await loop.turn()
    settle()
    cpu = server_cpu_s or (lambda: 0.0)
    if second_begun(utc_now()) >= second:
        raise Unmeasured("sessions were not prepared in time")
    await asyncio.sleep(second + 1 - time.time())
    own_s, theirs_s, begun = time.process_time(), cpu(), time.monotonic()
    for name in stage.names:
        loop.witness(name, second)
    while stage.heard.ticks < sessions:
        await loop.turn()
    drained = time.monotonic() - begun
    own_s, theirs_s = time.process_time() - own_s, cpu() - theirs_s
    await loop.close()
    await stage.assert_exact()
    await stage.database.close()
    return Burst(
        sessions=sessions,
        drain_s=round(drained, 2),
        ticks_s=round(sessions / drained),
        client_us=round(own_s / sessions * 1e6, 1),
        server_us=round(theirs_s / sessions * 1e6, 1),
    )


__all__ = ["Burst", "Stage", "Steady", "burst", "steady"]
