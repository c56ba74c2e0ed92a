"""What we ask of any acquirer: three verbs, spoken in our own values.

What an acquirer of cards tells and shows besides is in `ledger.acquirer`.

An adapter translates; it decides nothing about money. Idempotency keys are ours, stored before
the call, so that asking again after silence cannot charge or refund twice.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from ledger.money import Money

BODY_BYTES_MAX = 256 * 1024
SKEW_S_MAX = 300  # how far a signed event's time may be from ours, either way


class PaymentState(Enum):
    """PENDING may still become anything; PAID is final."""

    PENDING = "pending"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SENT = "sent"  # a refund or payout of ours has arrived; `ref` is its id
    RETURNED = "returned"  # a refund or payout of ours has failed; `ref` is its id
    OTHER = "other"  # an event that says nothing about a payment of ours


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """`top_up` is our id; the acquirer gives it back in every event about this payment.

    `customer` is the acquirer's name of a payer who wants the card kept for automatic top-ups;
    without one nothing is kept.
    """

    top_up: str
    amount: Money
    return_url: str
    idempotency_key: str
    expires_at: datetime
    description: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the payer is sent. `ref` is the acquirer's name for the page."""

    ref: str
    url: str


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """News of a payment, its signature checked. `payment` is the payment's own id.

    `top_up` is our id as the acquirer returned it; `reason` is why it was refused.
    """

    gateway: str
    id: str
    state: PaymentState
    payment: str = ""
    ref: str = ""
    top_up: str = ""
    amount: Money | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    refund: str
    payment: str
    amount: Money
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class PayOutRequest:
    """`destination` is the acquirer's name for the payee's account."""

    pay_out: str
    destination: str
    amount: Money
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Movement:
    """The acquirer's answer to a refund or payout: done, pending or refused."""

    ref: str
    done: bool
    refused: str = ""


class Gateway(Protocol):
    """Raises: GatewayRefused (a no), GatewayUnreachable (outcome unknown: the same key again)."""

    @property
    def name(self) -> str:
        """Owner of this acquirer's CASH account: "stripe", "demo"."""
        ...

    async def close(self) -> None:
        """Let its connections go, when the process ends."""
        ...

    async def open_checkout(self, request: CheckoutRequest) -> Checkout: ...

    async def refund(self, request: RefundRequest) -> Movement: ...

    async def pay_out(self, request: PayOutRequest) -> Movement: ...
