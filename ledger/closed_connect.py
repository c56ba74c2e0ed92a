"""Saved cards and payees' accounts where no acquirer is: every question is refused, none is asked.

Production without an acquirer's key stands here; parties are paid, and pay, through banks.
"""

from typing import NoReturn

from ledger.acquirer import Notice
from ledger.closed_gateway import ClosedGateway
from ledger.connected import (
    AccountFact,
    AccountRequest,
    ArrivalFact,
    ReversalRequest,
    TransferRequest,
)
from ledger.errors import GatewayRefused
from ledger.gateway import Checkout
from ledger.money import Money
from ledger.saved_cards import Charged, ChargeRequest, SetupFact, SetupRequest


def _refuse() -> NoReturn:
    raise GatewayRefused("no_acquirer")


class ClosedCards:
    """`CardKeeper` that keeps none."""

    name = ClosedGateway.name

    async def close(self) -> None:
        """Nothing is open."""

    async def make_customer(self, party: str, idempotency_key: str) -> str:
        _refuse()

    async def open_setup(self, request: SetupRequest) -> Checkout:
        _refuse()

    async def setup(self, ref: str) -> SetupFact:
        _refuse()

    async def charge(self, request: ChargeRequest) -> Charged:
        _refuse()

    async def find_charge(self, request: ChargeRequest) -> Charged | None:
        _refuse()

    async def confirm(self, payment: str, card: str, return_url: str, key: str) -> str:
        _refuse()

    async def forget(self, card: str) -> None:
        _refuse()


class ClosedPayees:
    """`PayeeKeeper` without payees."""

    name = ClosedGateway.name

    async def close(self) -> None:
        """Nothing is open."""

    async def open_account(self, request: AccountRequest) -> AccountFact:
        _refuse()

    async def account(self, ref: str) -> AccountFact:
        _refuse()

    async def onboarding(self, ref: str, return_url: str, refresh_url: str) -> str:
        _refuse()

    async def arrival(self, notice: Notice) -> ArrivalFact:
        _refuse()

    async def available(self, currency: str) -> Money:
        _refuse()

    async def transfer(self, request: TransferRequest) -> str:
        _refuse()

    async def find_transfer(self, pay_out: str) -> str | None:
        _refuse()

    async def reverse(self, request: ReversalRequest) -> str:
        _refuse()

    async def find_reversal(self, request: ReversalRequest) -> str | None:
        _refuse()
