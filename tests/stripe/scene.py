"""Our books, our adapter and a pretended Stripe, tied together for proofs about whole flows."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    AccountKind,
    Draft,
    Leg,
    Money,
    begin_top_up,
    post_many,
    stripe_transport,
)
from ledger.cards import apply_fact, ask_refund, receive, work_fees, work_inbox, work_refunds
from ledger.cards.auto_top_up import (
    Setting,
    agree,
    consider,
    remember_card,
    runs_of,
    work_auto_top_ups,
)
from ledger.cards.connect import (
    open_account,
    plan_account,
    ways,
    work_pay_outs,
    work_reversals,
)
from ledger.cards.doing import Transactions
from ledger.control import SYSTEM, Actor, declare_residence
from ledger.payouts import pay_out, request_pay_out
from ledger.saved_cards import SavedCard
from ledger.stripe_connect import StripeCards, StripePayees
from ledger.stripe_gateway import StripeGateway, StripeSettings
from tests.stripe.direct import Direct
from tests.stripe.fake import Faults, World, acts
from tests.stripe.fake.delivery import signed
from tests.stripe.fake.money import book
from tests.stripe.fake.world import Call, Object

SECRET, CONNECT_SECRET = "whsec_ours", "whsec_theirs"
URL = "https://example.test/wallet/top-up/1"
EUR = "EUR"
OPENED_MAX = 20
NAMES = {kind.value.code: kind.name for kind in AccountKind}


def eur(minor: int) -> Money:
    return Money(minor, EUR)


class Scene:
    """`transaction` is what product code is given; the clock is the world's."""

    def __init__(
        self,
        transaction: Transactions,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
        faults: Faults | None = None,
    ) -> None:
        """The product's own adapters speak to the world in this process."""
        self.transaction, self.world = transaction, world
        self.faults = faults or Faults()
        monkeypatch.setattr(stripe_transport, "Transport", self._transport)
        settings = StripeSettings("sk_test_1", (SECRET,), None, (CONNECT_SECRET,))
        self.gateway = StripeGateway(settings)
        self.cards, self.payees = StripeCards(settings), StripePayees(settings)
        self._ways = ways(self.payees, self.gateway.look, apply_fact)

    def _transport(self, timeout: int) -> Direct:
        return Direct(self.world, self.faults)

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.world.now, UTC)

    async def settle(self, party: str, country: str = "DE") -> None:
        """A party of the card rail."""
        async with self.transaction() as db:
            await declare_residence(db, party, country, SYSTEM, self.clock())

    async def open(self, party: str, id: str, minor: int) -> str:
        """A top-up's page at the acquirer, by its id there; asked for until it is there."""
        for _ in range(OPENED_MAX):
            async with self.transaction() as db:
                opened = await begin_top_up(
                    db, self.gateway, party, eur(minor), URL, self.clock(), id
                )
            if opened.ref:
                return opened.ref
        raise AssertionError("no page")

    async def top_up(self, party: str, id: str, minor: int, card: str = "visa") -> Object:
        """Opened by us, paid by the payer; news of it is not delivered yet. Answers the page."""
        return acts.pay(self.world, await self.open(party, id, minor), card)

    async def deliver(self, event: Object) -> bool:
        """What the webhook does with one delivery; False for a repeated one."""
        connect = bool(event.get("account"))
        secret = CONNECT_SECRET if connect else SECRET
        return await self.receive(*signed(event, secret, self.world.now), connect)

    async def receive(self, body: bytes, headers: Mapping[str, str], connect: bool = False) -> bool:
        notice = self.gateway.read_notice(body, headers, self.clock(), connect)
        async with self.transaction() as db:
            return await receive(db, notice, self.clock())

    async def work(self) -> int:
        """One round of the inbox."""
        return len(await work_inbox(self.transaction, self.gateway, self.clock, self._ways))

    async def work_all(self) -> int:
        """One turn of every loop of the card rail; how much there was to do."""
        here = (self.transaction, self.gateway, self.clock)
        charged = await work_auto_top_ups(self.transaction, self.cards, self.clock)
        sent = await work_pay_outs(self.transaction, self.payees, self.clock)
        back = await work_reversals(self.transaction, self.payees, self.clock)
        done = await self.work() + await work_refunds(*here) + await work_fees(*here)
        return done + back + len(charged) + len(sent)

    async def ask_back(self, party: str, id: str, minor: int) -> None:
        """A refund is asked for and its call is made."""
        async with self.transaction() as db:
            who = Actor(party, "self")
            await ask_refund(db, id, party, eur(minor), who, "not needed", self.clock())
        await work_refunds(self.transaction, self.gateway, self.clock)

    # Saved cards.

    async def save_card(self, party: str, card: str) -> None:
        """A card that its owner lets us charge 50.00 with when less than 10.00 is left."""
        customer = self.world.call(Call("POST", "/v1/customers")).body["id"]
        kept = SavedCard(acts.save_card(self.world, customer, card), customer, "visa", "4242")
        who, at = Actor(party, "self"), self.clock()
        setting = Setting(party, True, eur(10_00), eur(50_00), 3, eur(150_00))
        async with self.transaction() as db:
            await remember_card(db, party, "stripe", kept, who, at)
            await agree(db, setting, who, at)

    async def charge_by_itself(self, party: str) -> str:
        """The wallet is found to be low; the state of the run that follows."""
        async with self.transaction() as db:
            await consider(db, party, URL, self.clock())
        await work_auto_top_ups(self.transaction, self.cards, self.clock)
        async with self.transaction() as db:
            (run,) = await runs_of(db, party)
        return run.state.value

    # Payees.

    async def open_account(self, party: str) -> str:
        """At the acquirer, its questions not answered yet."""
        await self.settle(party)
        who = Actor(party, "self")
        async with self.transaction() as db:
            planned = await plan_account(db, party, "stripe", "DE", "", who, self.clock())
        made = await open_account(self.transaction, self.payees, self.clock, planned)
        return made.ref

    async def earn(self, party: str, minor: int) -> None:
        """Money that came to the acquirer once and is the payee's now."""
        book(self.world, "charge", minor, "eur", "ch_before")
        cash = Account(AccountKind.CASH, "stripe", EUR)
        legs = (Leg(cash, -minor), Leg(Account(AccountKind.EARNINGS, party, EUR), minor))
        async with self.transaction() as db:
            draft = Draft("test", f"earn:{party}", "test", legs)
            for result in await post_many(db, [draft], self.clock()):
                result.raise_for_status()

    async def pay_out(self, party: str, id: str, minor: int) -> str:
        """Asked for and sent; its state."""
        async with self.transaction() as db:
            who = Actor(party, "self")
            await request_pay_out(db, id, party, eur(minor), who, self.clock())
        await work_pay_outs(self.transaction, self.payees, self.clock)
        async with self.transaction() as db:
            return (await pay_out(db, id)).state.value


async def statement(db: AsyncConnection) -> str:
    """Every account that is not empty, as an accountant would read it out: credits positive."""
    rows = await db.execute(
        text(
            "select kind, owner, balance, held, status from ledger_account"
            " where balance <> 0 or held <> 0 or status <> 'open' order by kind, owner"
        )
    )
    lines = []
    for kind, owner, posted, held, status in rows:
        name = AccountKind[kind].name if isinstance(kind, str) else NAMES[kind]
        line = f"{name} {owner}".strip() + f" {posted}"
        line += f" held {held}" if held else ""
        lines.append(line + (f" {status}" if status != "open" else ""))
    return "; ".join(lines)


def nested(db: AsyncConnection) -> Transactions:
    """Transactions as savepoints of one that is never committed."""

    @asynccontextmanager
    async def transaction() -> AsyncIterator[AsyncConnection]:
        async with db.begin_nested():
            yield db

    return transaction
