"""A gateway that answers as it is told and remembers what it was asked."""

from ledger.errors import GatewayError
from ledger.gateway import (
    Checkout,
    CheckoutRequest,
    Movement,
    PayOutRequest,
    RefundRequest,
)


class FakeGateway:
    """`trouble` is raised once by the next call; `movement` is the answer to money going out."""

    name = "demo"

    def __init__(self) -> None:
        self.asked: list[CheckoutRequest | RefundRequest | PayOutRequest] = []
        self.trouble: GatewayError | None = None
        self.movement = Movement("m1", done=True)

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        self._hear(request)
        return Checkout(f"cs_{request.top_up}", f"https://bank.test/{request.top_up}")

    async def refund(self, request: RefundRequest) -> Movement:
        self._hear(request)
        return self.movement

    async def pay_out(self, request: PayOutRequest) -> Movement:
        self._hear(request)
        return self.movement

    def _hear(self, request: CheckoutRequest | RefundRequest | PayOutRequest) -> None:
        self.asked.append(request)
        trouble, self.trouble = self.trouble, None
        if trouble:
            raise trouble
