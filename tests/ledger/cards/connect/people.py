"""Ann is paid through an acquirer; it answers as it is told and remembers what it was asked."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, Money, post_many
from ledger.acquirer import Notice
from ledger.cards import connect
from ledger.connected import (
    AccountFact,
    AccountRequest,
    ArrivalFact,
    ArrivalStatus,
    ReversalRequest,
    TransferRequest,
)
from ledger.errors import GatewayError
from ledger.payouts import keep_reserves, request_pay_out
from tests.ledger.cards.auto_top_up.people import Clock, transactions
from tests.ledger.payouts.people import ANN, day, lives_in

READY = AccountFact("acct_1", transfers_active=True, payouts_enabled=True, submitted=True)
OPEN = AccountFact("acct_1", False, False, due=("external_account", "tos_acceptance.date"))


@dataclass
class FakePayees:
    """`trouble` is raised by the next call; a trouble "lost" has been done all the same."""

    name: str = "stripe"
    fact: AccountFact = READY
    trouble: list[GatewayError | str] = field(default_factory=list)
    funds: int = 10**9
    asked: list[TransferRequest | ReversalRequest | AccountRequest] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    forgets: bool = False
    status: ArrivalStatus = ArrivalStatus.ARRIVED

    async def open_account(self, request: AccountRequest) -> AccountFact:
        self._hear(request)
        return self.fact

    async def account(self, ref: str) -> AccountFact:
        return self.fact

    async def onboarding(self, ref: str, return_url: str, refresh_url: str) -> str:
        return f"https://connect.test/{ref}"

    async def arrival(self, notice: Notice) -> ArrivalFact:
        return ArrivalFact(notice.subject, notice.account, self.status, Money(1000, "EUR"), "x")

    async def available(self, currency: str) -> Money:
        return Money(self.funds, currency)

    async def transfer(self, request: TransferRequest) -> str:
        return self._do(request, request.pay_out, request.idempotency_key, "tr")

    async def find_transfer(self, pay_out: str) -> str | None:
        return None if self.forgets else self.made.get(pay_out)

    async def reverse(self, request: ReversalRequest) -> str:
        return self._do(request, request.reversal, request.idempotency_key, "trr")

    async def find_reversal(self, request: ReversalRequest) -> str | None:
        return self.made.get(request.reversal)

    def _do(self, request: TransferRequest | ReversalRequest, id: str, key: str, kind: str) -> str:
        lost = self.trouble[:1] == ["lost"]
        if not lost:
            self._hear(request)
        ref = self.made.setdefault(id, f"{kind}_{len(self.made) + 1}")
        if lost:
            self.trouble.pop(0)
            raise RuntimeError("the process died before it heard")
        return ref

    def _hear(self, request: TransferRequest | ReversalRequest | AccountRequest) -> None:
        self.asked.append(request)
        trouble = self.trouble.pop(0) if self.trouble else None
        if isinstance(trouble, GatewayError):
            raise trouble


async def connected(db: AsyncConnection, keeper: FakePayees, country: str = "DE") -> None:
    """Ann has an account at the acquirer since long ago, and earned 10 000,00 on day 0."""
    await lives_in(db, country)
    clock = Clock(day(-5))
    made = await connect.plan_account(db, "ann", keeper.name, country, "", ANN, clock.at)
    await connect.open_account(transactions(db), keeper, clock, made)
    legs = (
        Leg(Account(AccountKind.CASH, keeper.name), -1_000_000),
        Leg(Account(AccountKind.EARNINGS, "ann"), 1_000_000),
    )
    draft = Draft("settle", "S-2026-000001", "settlement", legs, "S-2026-000001")
    for result in await post_many(db, [draft], day(0)):
        result.raise_for_status()
    await keep_reserves(db, day(0))


async def asked_for(db: AsyncConnection, *sums: int) -> None:
    for n, minor in enumerate(sums, 1):
        await request_pay_out(db, f"p{n}", "ann", Money(minor), ANN, day(15, 12 + n))
