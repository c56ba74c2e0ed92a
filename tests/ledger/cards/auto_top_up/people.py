"""Bob pays by a saved card; the acquirer answers as it is told and remembers what it was asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, Money, post_many
from ledger.cards import auto_top_up
from ledger.cards.auto_top_up import Run, Setting
from ledger.control import Actor
from ledger.errors import GatewayError
from ledger.gateway import Checkout
from ledger.saved_cards import Charged, ChargeRequest, Outcome, SavedCard, SetupFact, SetupRequest

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BOB = Actor("bob", "self", "203.0.113.9")
WALLET = Account(AccountKind.PREPAID, "bob")
VISA = SavedCard("pm_1", "cus_1", "visa", "4242", 2030, 12)
URL = "https://minuta.example/wallet/auto-top-up"

Transactions = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


@dataclass
class Clock:
    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def wait(self, **time: int) -> None:
        self.at += timedelta(**time)


@dataclass
class FakeCards:
    """`says` is the next answer or trouble; a trouble "lost" has charged all the same."""

    name: str = "demo"
    says: list[Outcome | GatewayError | str] = field(default_factory=list)
    asked: list[ChargeRequest] = field(default_factory=list)
    made: dict[str, Charged] = field(default_factory=dict)
    forgets: bool = False
    reason: str = "insufficient_funds"

    async def make_customer(self, party: str, idempotency_key: str) -> str:
        return "cus_1"

    async def open_setup(self, request: SetupRequest) -> Checkout:
        return Checkout(f"cs_{request.setup}", f"https://bank.test/{request.setup}")

    async def setup(self, ref: str) -> SetupFact:
        said = self.says.pop(0) if self.says else ""
        if isinstance(said, GatewayError):
            raise said
        return SetupFact(open=False, card=VISA) if said == "given" else SetupFact(open=said == "")

    async def charge(self, request: ChargeRequest) -> Charged:
        self.asked.append(request)
        said = self.says.pop(0) if self.says else Outcome.PAID
        if isinstance(said, GatewayError):
            raise said
        known = self.made.get(request.idempotency_key)
        outcome = Outcome.PAID if isinstance(said, str) else said
        reason = "" if outcome is Outcome.PAID else self.reason
        number = len(self.made) + 1
        answer = known or Charged(outcome, f"pi_{number}", request.amount, reason)
        self.made[request.idempotency_key] = answer
        if isinstance(said, str):
            raise RuntimeError("the process died before it heard")
        return answer

    async def find_charge(self, request: ChargeRequest) -> Charged | None:
        if self.says and isinstance(self.says[0], GatewayError):
            raise self.says.pop(0)  # type: ignore[misc]
        return None if self.forgets else self.made.get(request.idempotency_key)

    async def confirm(self, payment: str, card: str, return_url: str, key: str) -> str:
        return f"https://bank.test/3ds/{payment}"

    async def forget(self, card: str) -> None:
        return None


def transactions(db: AsyncConnection) -> Transactions:
    """Each a savepoint of the test's own transaction."""

    @asynccontextmanager
    async def transaction() -> AsyncIterator[AsyncConnection]:
        async with db.begin_nested():
            yield db

    return transaction


def setting(**changed: object) -> Setting:
    """Below 200,00 take 500,00; at most three times and 1 500,00 a day."""
    facts = {
        "party": "bob",
        "enabled": True,
        "threshold": Money(20_000),
        "amount": Money(50_000),
        "day_count": 3,
        "day_amount": Money(150_000),
    }
    return Setting(**{**facts, **changed})  # type: ignore[arg-type]


async def agreed(db: AsyncConnection, wallet_minor: int = 15_000, **changed: object) -> None:
    """Bob has a card, has agreed, and has little money left."""
    await auto_top_up.remember_card(db, "bob", "demo", VISA, BOB, NOON)
    await auto_top_up.agree(db, setting(**changed), BOB, NOON)
    if wallet_minor:
        await give(db, wallet_minor)


async def give(db: AsyncConnection, minor: int, key: str = "gift") -> None:
    """Money into (or, below zero, out of) Bob's wallet, by another way."""
    legs = (Leg(Account(AccountKind.CASH, "demo"), -minor), Leg(WALLET, minor))
    for result in await post_many(db, [Draft("test", key, "test", legs)], NOON):
        result.raise_for_status()


async def consider(db: AsyncConnection, at: datetime = NOON) -> Run | None:
    return await auto_top_up.consider(db, "bob", URL, at)
