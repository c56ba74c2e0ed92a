"""What the tests of the card rail share: a gateway that answers as it is told, and transactions."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, begin_top_up
from ledger.acquirer import (
    BalanceLine,
    Category,
    Evidence,
    Fact,
    Notice,
    PaymentFact,
    PaymentStatus,
    RefundFact,
)
from ledger.cards import apply_fact, receive
from ledger.errors import GatewayError, GatewayRefused
from tests.ledger.books import AT
from tests.ledger.fakes import FakeGateway
from tests.stripe.scene import nested as nested

URL = "https://example.test/back"
BOB = Account(AccountKind.PREPAID, "bob")
CASH = Account(AccountKind.CASH, "demo")


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at

    def go(self, **parts: int) -> None:
        self.at += timedelta(**parts)


class Bank(FakeGateway):
    """`facts`: what each subject is now, or the trouble of asking; `looked` counts the looks."""

    name = "demo"
    keeps_account = True

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, Fact | GatewayError] = {}
        self.looked: list[str] = []
        self.known_refunds: tuple[RefundFact, ...] = ()
        self.evidence: list[tuple[str, Evidence, bool]] = []
        self.notices: tuple[Notice, ...] = ()
        self.lines: tuple[BalanceLine, ...] = ()

    def read_notice(
        self, body: bytes, headers: Mapping[str, str], at: datetime, connect: bool = False
    ) -> Notice:
        raise AssertionError("the tests hand notices over themselves")

    async def look(self, notice: Notice) -> Fact | None:
        self.looked.append(notice.subject)
        return self._known(notice.subject) if notice.subject in self.facts else None

    async def payment(self, ref: str) -> PaymentFact:
        if ref not in self.facts:
            raise GatewayRefused("resource_missing")
        found = self._known(ref)
        assert isinstance(found, PaymentFact)
        return found

    def _known(self, ref: str) -> Fact:
        found = self.facts[ref]
        if isinstance(found, GatewayError):
            raise found
        return found

    async def refunds_of(self, payment: str) -> tuple[RefundFact, ...]:
        return tuple(one for one in self.known_refunds if one.payment == payment)

    async def send_evidence(
        self, dispute: str, evidence: Evidence, final: bool, idempotency_key: str
    ) -> None:
        if self.trouble:
            raise self.trouble
        self.evidence.append((dispute, evidence, final))

    async def notices_since(self, since: datetime) -> tuple[Notice, ...]:
        return tuple(one for one in self.notices if one.created_at >= since)

    async def lines_since(self, since: datetime) -> tuple[BalanceLine, ...]:
        return tuple(one for one in self.lines if one.at >= since)


def news(id: str, subject: str = "p1", kind: str = "payment_intent.succeeded") -> Notice:
    return Notice("demo", id, kind, subject, AT)


def paid(
    payment: str = "p1", top_up: str = "t1", minor: int = 100000, fee: int | None = 3000
) -> PaymentFact:
    """A payment that has succeeded; without a fee its line is not there yet."""
    amount = Money(minor)
    line = None
    if fee is not None:
        source = f"ch_{payment}"
        line = BalanceLine(f"txn_{payment}", Category.CHARGE, amount, Money(fee), source, AT)
    return PaymentFact(payment, PaymentStatus.SUCCEEDED, amount, top_up, line=line)


async def topped_up(
    db: AsyncConnection, bank: Bank, party: str = "bob", minor: int = 100000, n: int = 1
) -> None:
    """A top-up that was paid by card; nothing was kept of it."""
    at = AT + timedelta(minutes=n)
    await begin_top_up(db, bank, party, Money(minor), URL, at, f"t{n}")
    fact = paid(f"p{n}", f"t{n}", minor, fee=None)
    await apply_fact(db, bank.name, f"paid_{n}", fact, at)


async def told(db: AsyncConnection, *notices: Notice) -> list[bool]:
    return [await receive(db, notice, AT) for notice in notices]
