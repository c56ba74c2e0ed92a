"""Saved cards and payees' accounts of the demonstration: the same protocols, no money.

The page for giving a card (`/demo-bank/cards/{setup}`) offers four of them; which one was chosen is
in its name, and so is what the demo bank says to a charge. It remembers nothing else.
"""

from typing import NamedTuple

from ledger.acquirer import Notice
from ledger.connected import (
    AccountFact,
    AccountRequest,
    ArrivalFact,
    ArrivalStatus,
    ReversalRequest,
    TransferRequest,
)
from ledger.gateway import Checkout
from ledger.money import Money
from ledger.saved_cards import Charged, ChargeRequest, Outcome, SavedCard, SetupFact, SetupRequest

NAME = "demo"
ENOUGH_MINOR = 10**12


class DemoCard(NamedTuple):
    last4: str
    outcome: Outcome
    reason: str


#: What its owner may choose: a card that pays, one without money, one that asks, a stolen one.
CARDS = {
    "pays": DemoCard("4242", Outcome.PAID, ""),
    "empty": DemoCard("0005", Outcome.DECLINED, "insufficient_funds"),
    "asks": DemoCard("3155", Outcome.OWNER_NEEDED, "authentication_required"),
    "stolen": DemoCard("9979", Outcome.CARD_DEAD, "stolen_card"),
}


class DemoCards:
    """`CardKeeper` of the demo bank; `base_url` is where our own pages are."""

    name = NAME

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._chosen: dict[str, str] = {}
        self._confirmed: set[str] = set()

    def choose(self, setup: str, kind: str) -> None:
        """The owner has given a card on our page. Raises: KeyError for a card that we have not."""
        if kind not in CARDS:
            raise KeyError(kind)
        self._chosen[setup] = kind

    async def close(self) -> None:
        """Nothing is open."""

    async def make_customer(self, party: str, idempotency_key: str) -> str:
        return f"demo_customer_{party}"

    async def open_setup(self, request: SetupRequest) -> Checkout:
        return Checkout(request.setup, f"{self._base_url}/demo-bank/cards/{request.setup}")

    async def setup(self, ref: str) -> SetupFact:
        kind = self._chosen.get(ref)
        if kind is None:
            return SetupFact(open=True)
        card = SavedCard(f"demo_card_{kind}", "demo_customer", "demo", CARDS[kind].last4, 2030, 12)
        return SetupFact(open=False, card=card)

    async def charge(self, request: ChargeRequest) -> Charged:
        card = CARDS.get(request.card.removeprefix("demo_card_"), CARDS["pays"])
        return Charged(card.outcome, payment_of(request), request.amount, card.reason)

    async def find_charge(self, request: ChargeRequest) -> Charged | None:
        """Only what its owner has confirmed; else the same request has the same answer."""
        payment = payment_of(request)
        if payment not in self._confirmed:
            return None
        return Charged(Outcome.PAID, payment, request.amount)

    async def confirm(self, payment: str, card: str, return_url: str, key: str) -> str:
        """Asking for the page is all that this bank's owners have to do."""
        self._confirmed.add(payment)
        return return_url

    async def forget(self, card: str) -> None:
        return None


def payment_of(request: ChargeRequest) -> str:
    """The same for the same try."""
    return f"demo_payment_{request.top_up}_{request.try_no}"


class DemoPayees:
    """`PayeeKeeper` of the demo bank: accounts are ready at once, transfers arrive at once."""

    name = NAME

    async def close(self) -> None:
        """Nothing is open."""

    async def open_account(self, request: AccountRequest) -> AccountFact:
        return await self.account(f"demo_acct_{request.party}")

    async def account(self, ref: str) -> AccountFact:
        return AccountFact(ref, True, True, submitted=True)

    async def onboarding(self, ref: str, return_url: str, refresh_url: str) -> str:
        return return_url

    async def arrival(self, notice: Notice) -> ArrivalFact:
        nothing = Money(0)
        return ArrivalFact(notice.subject, notice.account, ArrivalStatus.ARRIVED, nothing)

    async def available(self, currency: str) -> Money:
        return Money(ENOUGH_MINOR, currency)

    async def transfer(self, request: TransferRequest) -> str:
        return f"demo_transfer_{request.pay_out}"

    async def find_transfer(self, pay_out: str) -> str | None:
        return None  # the same request has the same answer

    async def reverse(self, request: ReversalRequest) -> str:
        return f"demo_reversal_{request.reversal}"

    async def find_reversal(self, request: ReversalRequest) -> str | None:
        return None
