"""What we ask of an acquirer about payees: their accounts there, transfers to them and back.

A transfer moves money from our balance at the acquirer to the payee's; how the payee's balance
reaches a bank is between those two, we are only told. Keys are ours, stored before the call.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ledger.acquirer import Notice
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """`country` is ISO 3166 alpha-2; the acquirer asks the payee for the rest."""

    party: str
    country: str
    email: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class AccountFact:
    """A payee's account as it is now. `due` names what the acquirer still wants to know."""

    ref: str
    transfers_active: bool
    payouts_enabled: bool
    submitted: bool = False
    due: tuple[str, ...] = ()
    disabled: str = ""
    closed: bool = False


class ArrivalStatus(Enum):
    """In the order of rank: a later one wins. FAILED may come days after ARRIVED."""

    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ArrivalFact:
    """Money on its way from a payee's account at the acquirer to the payee's bank."""

    ref: str
    account: str
    status: ArrivalStatus
    amount: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """`pay_out` is our id, by which the acquirer finds the transfer again."""

    pay_out: str
    destination: str
    amount: Money
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class ReversalRequest:
    """`reversal` is our id; `transfer` the acquirer's id of what is to come back, in part."""

    reversal: str
    transfer: str
    amount: Money
    idempotency_key: str


class PayeeKeeper(Protocol):
    """Raises: GatewayRefused (a no), GatewayUnreachable (outcome unknown: the same key again)."""

    @property
    def name(self) -> str:
        """Of the acquirer: "stripe", "demo"."""
        ...

    async def close(self) -> None:
        """Let its connections go, when the process ends."""
        ...

    async def open_account(self, request: AccountRequest) -> AccountFact: ...

    async def account(self, ref: str) -> AccountFact:
        """One that the payee has closed is answered as such."""
        ...

    async def onboarding(self, ref: str, return_url: str, refresh_url: str) -> str:
        """Where the payee answers the acquirer's questions; good for one visit, minutes long."""
        ...

    async def arrival(self, notice: Notice) -> ArrivalFact: ...

    async def available(self, currency: str) -> Money:
        """What our balance at the acquirer could transfer now."""
        ...

    async def transfer(self, request: TransferRequest) -> str:
        """The acquirer's id of the transfer; refused with "balance_insufficient" for now."""
        ...

    async def find_transfer(self, pay_out: str) -> str | None:
        """The transfer of a payout of ours; None when there is none."""
        ...

    async def reverse(self, request: ReversalRequest) -> str:
        """The acquirer's id of the reversal."""
        ...

    async def find_reversal(self, request: ReversalRequest) -> str | None: ...
