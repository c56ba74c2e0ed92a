"""The stage on which a scenario is played: one database, one meter loop, a clock moved by hand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import parties, sessions
from ledger import Account, AccountKind, Draft, Leg, Money, Outcome, promo

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKEN = "A" * 27


@dataclass
class Stage:
    db: AsyncConnection
    now: datetime = NOON
    people: dict[str, parties.Party] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    moves: int = 0

    def __post_init__(self) -> None:
        self.loop = metering.MeteringLoop(
            transaction=self._transaction,
            clock=lambda: self.now,
            record=self._record,
            publish=lambda _events: None,
        )

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self.db.begin_nested():
            yield self.db

    async def _record(self, db: AsyncConnection, events: Sequence[metering.Event]) -> None:
        await sessions.record_events(db, events, self.now)

    async def prepare(self) -> None:
        """A consultant and a client with accounts."""
        for role, kind in (("host", "consultant"), ("client", "client")):
            self.people[role] = await parties.register(
                self.db, role.title(), f"{role}@example.org", frozenset({kind}), "ru", self.now
            )

    def to(self, minutes: int, seconds: int) -> None:
        self.now = max(self.now, NOON + timedelta(minutes=minutes, seconds=seconds))

    @property
    def number(self) -> str:
        return self.numbers[-1]

    async def tops_up(self, who: str, amount: Money) -> None:
        self.moves += 1
        draft = Draft(
            scope="scenario",
            key=str(self.moves),
            kind="top_up",
            legs=(
                Leg(Account(AccountKind.CASH), -amount.minor),
                Leg(Account(AccountKind.PREPAID, self.people[who].id), amount.minor),
            ),
        )
        [result] = await ledger.post_many(self.db, [draft], self.now)
        result.raise_for_status()

    async def granted(self, who: str, amount: Money, days: int) -> None:
        self.moves += 1
        until, party = self.now + timedelta(days=days), self.people[who].id
        given = promo.Grant(f"gift-{self.moves}", party, amount, self.now, until)
        await promo.grant(self.db, given, self.now)

    async def credit(self, who: str) -> Money:
        """Promo credit on every purse, whether it is held or not."""
        grants = await promo.granted_to(self.db, self.people[who].id)
        purses = [await ledger.balance(self.db, grant.purse) for grant in grants]
        return sum((purse.posted for purse in purses), Money(0))

    async def opens(self, plan: str, rate: Money, topic: str) -> None:
        token = TOKEN[:-1] + "BCDEFGH"[len(self.numbers)]
        session, _ = await sessions.create(
            self.db, self.people["host"].id, topic, plan, rate.minor, self.now, token
        )
        self.numbers.append(session.number)
        self.tokens[session.number] = token

    async def joins(self, as_guest: bool) -> None:
        party = self.people["client"]
        if as_guest:
            party = await parties.register_guest(self.db, "Гость", self.number, "ru", self.now)
        await sessions.join(self.db, self.tokens[self.number], party, self.now)
        for role in ("host", "client"):
            await sessions.enter(self.db, self.number, role, self.now)

    async def seen(self, numbers: Sequence[str], seconds: int) -> None:
        """The relay sees media both ways; the loop wakes every second, as in the product."""
        for _ in range(seconds):
            for number in numbers:
                self.loop.witness(number, int(self.now.timestamp()))
            self.now += timedelta(seconds=1)
            await self.loop.turn()

    async def starts(self, by: str) -> None:
        await sessions.press_start(self.db, self.number, by, self.now)

    async def pauses(self, by: str) -> None:
        await sessions.pause(self.db, self.number, by, self.now)

    async def resumes(self, by: str) -> None:
        await sessions.resume(self.db, self.number, by, self.now)

    async def window_closes(self) -> None:
        await sessions.settle_due(self.db, self.number, self.now)

    async def ends(self, by: str) -> None:
        await sessions.hang_up(self.db, self.number, by, "asked", self.now)

    async def says(self, outcome: Outcome, comment: str) -> None:
        await sessions.decide(self.db, self.number, outcome, comment, self.now)

    async def refused(self, deed: Callable[[], Awaitable[None]]) -> None:
        """The deed raises a domain error and leaves nothing behind."""
        before = await self._sums()
        try:
            async with self.db.begin_nested():
                await deed()
        except (ledger.LedgerError, metering.MeteringError, sessions.errors.SessionsError):
            assert await self._sums() == before
            return
        raise AssertionError("was not refused")

    async def _sums(self) -> list[Money]:
        owners = [person.id for person in self.people.values()]
        credit = [await self.credit(who) for who in self.people]
        return [*credit, *[await self.posted(AccountKind.PREPAID, owner) for owner in owners]]

    async def posted(self, kind: AccountKind, owner: str) -> Money:
        return (await ledger.balance(self.db, Account(kind, owner))).posted

    async def billed(self) -> int:
        """Charged minutes of all sessions on the stage."""
        return sum([len(await metering.charges(self.db, number)) for number in self.numbers])

    async def counted(self) -> int:
        return (await metering.load(self.db, self.number)).clock_s

    async def state(self) -> str:
        return (await sessions.session(self.db, self.number)).state.value

    async def audit(self) -> list[object]:
        return [*await ledger.check(self.db), *await metering.check(self.db)]
