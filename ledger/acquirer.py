"""What an acquirer tells and shows about cards, in our own values.

News (`Notice`) is a hint: of it we believe its id, its kind and what it is about. What has really
become of a payment, refund or dispute is asked again (`CardGateway.look`) and answered as a fact,
so that the order of news does not matter and amounts are never taken from an old snapshot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from ledger.gateway import Gateway
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Notice:
    """One event, its signature checked, its content not believed yet.

    `subject` is the acquirer's id of what it is about, `account` the connected account it came
    from ("" for our own), `body` the event as it was received, for the record.
    """

    gateway: str
    id: str
    kind: str
    subject: str
    created_at: datetime
    account: str = ""
    api_version: str = ""
    body: str = ""


class PaymentStatus(Enum):
    """Where a payment stands at the acquirer; the last two are final."""

    OPEN = "open"
    REFUSED = "refused"  # the payer may try again
    CANCELLED = "cancelled"
    SUCCEEDED = "succeeded"


class CheckoutStatus(Enum):
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class RefundStatus(Enum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeStatus(Enum):
    """INQUIRY asks for an answer and takes no money yet."""

    INQUIRY = "inquiry"
    INQUIRY_CLOSED = "inquiry_closed"
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class SettlementStatus(Enum):
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    FAILED = "failed"


class Category(Enum):
    """What a line of the acquirer's own account of our money is for."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_REVERSAL = "payout_reversal"
    TRANSFER = "transfer"
    TRANSFER_REVERSAL = "transfer_reversal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """A line of the acquirer's account of our money: + came, - went; `fee` zero or more is on top.

    `source` is the payment, refund, dispute, payout or transfer that it is about.
    """

    id: str
    category: Category
    amount: Money
    fee: Money
    source: str
    at: datetime

    @property
    def net(self) -> Money:
        """What the line did to the balance that the acquirer keeps for us."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment as it is now. `line` is None while the acquirer has not said what it kept."""

    ref: str
    status: PaymentStatus
    amount: Money
    top_up: str = ""
    charge: str = ""
    customer: str = ""
    card: str = ""
    reason: str = ""
    line: BalanceLine | None = None


@dataclass(frozen=True, slots=True)
class CheckoutFact:
    """The payer's page. It never credits anything: its payment does."""

    ref: str
    status: CheckoutStatus
    top_up: str = ""
    payment: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class RefundFact:
    """`refund` is our id as the acquirer returns it, "" for a refund that we did not ask for."""

    ref: str
    status: RefundStatus
    amount: Money
    payment: str = ""
    refund: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """`lines` are the movements of money that it has caused so far."""

    ref: str
    status: DisputeStatus
    amount: Money
    payment: str
    charge: str = ""
    reason: str = ""
    answer_by: datetime | None = None
    lines: tuple[BalanceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class WarningFact:
    """The card's bank suspects fraud; a dispute often follows. `live` until acted upon."""

    ref: str
    payment: str
    kind: str
    live: bool = True


@dataclass(frozen=True, slots=True)
class SettlementFact:
    """The acquirer's payout of our balance to our bank account."""

    ref: str
    status: SettlementStatus
    amount: Money


Fact = PaymentFact | CheckoutFact | RefundFact | DisputeFact | WarningFact | SettlementFact


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is sent to the card's bank: plain text, each part at most `EVIDENCE_CHARS_MAX`."""

    service: str  # what was provided, and under which terms
    activity: str  # when both sides were there, second by second runs
    consent: str  # what the client agreed to before the meter ran
    documents: str  # numbers and hashes of the papers issued
    service_on: str = ""  # ISO day of the service
    remark: str = ""  # what a person adds


EVIDENCE_CHARS_MAX = 20_000


class CardGateway(Gateway, Protocol):
    """Raises as `Gateway`; also UnknownAnswer for a value that this code does not know."""

    @property
    def keeps_account(self) -> bool:
        """Whether it can say which news and which lines there were: the demo bank cannot."""
        ...

    def read_notice(
        self, body: bytes, headers: Mapping[str, str], at: datetime, connect: bool = False
    ) -> Notice:
        """`connect`: the address for news of connected accounts, with secrets of its own.

        Raises: EventRefused for a bad signature, time, shape, size or mode.
        """
        ...

    async def look(self, notice: Notice) -> Fact | None:
        """The notice's subject as it is now; None for kinds that say nothing to us."""
        ...

    async def payment(self, ref: str) -> PaymentFact: ...

    async def refunds_of(self, payment: str) -> tuple[RefundFact, ...]: ...

    async def send_evidence(
        self, dispute: str, evidence: Evidence, final: bool, idempotency_key: str
    ) -> None: ...

    async def notices_since(self, since: datetime) -> tuple[Notice, ...]:
        """Every kind that says something to us, oldest first."""
        ...

    async def lines_since(self, since: datetime) -> tuple[BalanceLine, ...]: ...
