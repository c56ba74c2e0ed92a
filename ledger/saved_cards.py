"""What we ask of an acquirer about saved cards: keep one, charge it without its owner, forget it.

The card's number never comes to us: we hold the acquirer's name for it. Idempotency keys are ours,
stored before the call.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ledger.gateway import Checkout
from ledger.money import Money


class Outcome(Enum):
    """What became of a charge without the owner."""

    PAID = "paid"
    PROCESSING = "processing"  # the card's bank has not decided yet
    OWNER_NEEDED = "owner_needed"  # the bank wants the owner to confirm: no use in trying again
    DECLINED = "declined"  # another time it may pass
    CARD_DEAD = "card_dead"  # lost, stolen, closed: it will never pass
    ENDED = "ended"  # cancelled, or waits for another card: nothing will come of it


@dataclass(frozen=True, slots=True)
class SavedCard:
    """`ref` and `customer` are the acquirer's names; the rest is what the owner knows it by."""

    ref: str
    customer: str
    brand: str
    last4: str
    exp_year: int = 0
    exp_month: int = 0


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """`top_up` is our id and `try_no` counts from 1; the acquirer gives both back."""

    top_up: str
    try_no: int
    amount: Money
    customer: str
    card: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Charged:
    """`payment` is the payment's own id, `amount` what was received; `reason` why it failed."""

    outcome: Outcome
    payment: str
    amount: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """A page where a card is given and nothing is charged. `setup` is our id."""

    setup: str
    customer: str
    currency: str
    return_url: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class SetupFact:
    """How such a page stands; `card` is there when it was completed."""

    open: bool
    card: SavedCard | None = None


class CardKeeper(Protocol):
    """Raises: GatewayRefused (a no), GatewayUnreachable (outcome unknown: the same key again)."""

    @property
    def name(self) -> str:
        """Of the acquirer: "stripe", "demo"."""
        ...

    async def close(self) -> None:
        """Let its connections go, when the process ends."""
        ...

    async def make_customer(self, party: str, idempotency_key: str) -> str:
        """The acquirer's name of a payer."""
        ...

    async def open_setup(self, request: SetupRequest) -> Checkout: ...

    async def setup(self, ref: str) -> SetupFact: ...

    async def charge(self, request: ChargeRequest) -> Charged: ...

    async def find_charge(self, request: ChargeRequest) -> Charged | None:
        """The charge that this very request made, by what it carries; None when there is none."""
        ...

    async def confirm(self, payment: str, card: str, return_url: str, key: str) -> str:
        """Where the owner confirms the same payment; "" when there is nothing left to confirm."""
        ...

    async def forget(self, card: str) -> None:
        """The acquirer keeps it no more; one that is gone already is no error."""
        ...
