"""Accounts, clocks and small deeds that metering's tests share."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Account, AccountKind, Draft, Leg, balance, post_many
from ledger import check as ledger_check
from metering import (
    Event,
    MeteringLoop,
    Tariff,
    arm,
    check,
    check_allowances,
    client_pays_tariff,
    start,
)
from metering.clock import microseconds, moment

T0 = 1_800_000_000  # the unix second at which every session here is started
SESSION = "S-2026-000001"
OTHER = "S-2026-000002"
BOB = Account(AccountKind.PREPAID, "bob")
CASH = Account(AccountKind.CASH, "demo")
COMMISSION = Account(AccountKind.COMMISSION)


def escrow(session: str = SESSION) -> Account:
    return Account(AccountKind.ESCROW, session)


def at(second: int) -> datetime:
    """The moment so many seconds after the start."""
    return moment((T0 + second) * 1_000_000)


def seconds(begin: int, end: int) -> list[int]:
    """Witnessed unix seconds [begin, end) after the start."""
    return list(range(T0 + begin, T0 + end))


async def fund(db: AsyncConnection, minor: int, key: str = "1", to: Account = BOB) -> None:
    draft = Draft("test", f"fund:{to}:{key}", "test", (Leg(CASH, -minor), Leg(to, minor)))
    for result in await post_many(db, [draft], at(0)):
        result.raise_for_status()


async def begin(
    db: AsyncConnection,
    minor: int | None = None,
    tariff: Tariff | None = None,
    session: str = SESSION,
) -> None:
    """A meter started at second 0; Bob's wallet filled with `minor` first."""
    if minor is not None:
        await fund(db, minor, key=session)
    await arm(db, session, BOB, escrow(session), tariff or client_pays_tariff(), at(-5))
    await start(db, session, at(0))


async def money(db: AsyncConnection, account: Account = BOB) -> tuple[int, int]:
    """Posted and held."""
    found = await balance(db, account)
    return found.posted.minor, found.held.minor


async def clean(db: AsyncConnection) -> bool:
    """The audits of both rooms find nothing."""
    assert [str(f) for f in await check(db)] == []
    assert [str(f) for f in await check_allowances(db)] == []
    assert [str(f) for f in await ledger_check(db)] == []
    return True


def told(events: Sequence[Event]) -> list[str]:
    """The names of events, in order."""
    return [type(event).__name__ for event in events]


@dataclass
class ManualClock:
    second: int = 0

    def __call__(self) -> datetime:
        return at(self.second)


@dataclass
class House:
    """A loop on an engine, with everything that it told."""

    engine: AsyncEngine
    clock: ManualClock = field(default_factory=ManualClock)
    recorded: list[Event] = field(default_factory=list)
    published: list[Event] = field(default_factory=list)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.begin() as db:
            yield db

    async def record(self, db: AsyncConnection, events: list[Event]) -> None:
        self.recorded += events

    def loop(self, owner: str = "main") -> MeteringLoop:
        return MeteringLoop(
            self.transaction,
            self.clock,
            self.record,
            self.published.extend,
            owner=owner,
            now_us=self.now_us,
        )

    async def now_us(self, db: AsyncConnection) -> int:
        """The database's clock is set by the same hand."""
        return microseconds(self.clock())

    async def run(self, loop: MeteringLoop, until: int, *sessions: str, step: int = 1) -> None:
        """Both ends witnessed every second up to `until`, a turn every `step` seconds."""
        while self.clock.second < until:
            for _ in range(min(step, until - self.clock.second)):
                for session in sessions:
                    loop.witness(session, T0 + self.clock.second)
                self.clock.second += 1
            await loop.turn()
