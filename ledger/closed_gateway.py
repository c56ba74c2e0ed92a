"""No acquirer at all: what stands behind the protocol where cards are not taken.

A production server without an acquirer must not fall back on the demo bank; every wish is refused.
"""

from collections.abc import Mapping
from datetime import datetime

from ledger.acquirer import BalanceLine, Evidence, Fact, Notice, PaymentFact, RefundFact
from ledger.errors import EventRefused, GatewayRefused
from ledger.gateway import Checkout, CheckoutRequest, Movement, PayOutRequest, RefundRequest

REASON = "no_acquirer"


class ClosedGateway:
    """On no rail, so that the control room and the database refuse its movements as well."""

    name = "closed"
    keeps_account = False

    async def close(self) -> None:
        """Nothing is open."""

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Raises: GatewayRefused, as all below."""
        raise GatewayRefused(REASON)

    def read_notice(
        self, body: bytes, headers: Mapping[str, str], at: datetime, connect: bool = False
    ) -> Notice:
        """Raises: EventRefused."""
        raise EventRefused(REASON)

    async def look(self, notice: Notice) -> Fact | None:
        return None

    async def payment(self, ref: str) -> PaymentFact:
        raise GatewayRefused(REASON)

    async def refund(self, request: RefundRequest) -> Movement:
        raise GatewayRefused(REASON)

    async def refunds_of(self, payment: str) -> tuple[RefundFact, ...]:
        return ()

    async def pay_out(self, request: PayOutRequest) -> Movement:
        raise GatewayRefused(REASON)

    async def make_customer(self, party: str, idempotency_key: str) -> str:
        raise GatewayRefused(REASON)

    async def send_evidence(
        self, dispute: str, evidence: Evidence, final: bool, idempotency_key: str
    ) -> None:
        raise GatewayRefused(REASON)

    async def notices_since(self, since: datetime) -> tuple[Notice, ...]:
        return ()

    async def lines_since(self, since: datetime) -> tuple[BalanceLine, ...]:
        return ()
