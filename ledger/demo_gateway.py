"""A bank for demonstrations: the same protocol and signed events, no money.

Its checkout is a page of ours (`/demo-bank/{ref}`, where `ref` is the top-up's id) with three
buttons; each sends the event that `event` built and signed to our own webhook. It remembers
nothing: what it would answer about a payment is in the event itself.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ledger.acquirer import (
    BalanceLine,
    Category,
    Evidence,
    Fact,
    Notice,
    PaymentFact,
    PaymentStatus,
    RefundFact,
)
from ledger.errors import EventRefused, GatewayRefused
from ledger.gateway import (
    BODY_BYTES_MAX,
    SKEW_S_MAX,
    Checkout,
    CheckoutRequest,
    Movement,
    PaymentState,
    PayOutRequest,
    RefundRequest,
)
from ledger.money import Money

SIGNATURE_HEADER = "Demo-Bank-Signature"
REASONS = {PaymentState.REFUSED: "card_declined", PaymentState.CANCELLED: "cancelled_by_payer"}
KIND = "demo.payment"
_STATUS = {
    PaymentState.PAID: PaymentStatus.SUCCEEDED,
    PaymentState.REFUSED: PaymentStatus.REFUSED,
    PaymentState.CANCELLED: PaymentStatus.CANCELLED,
}


class DemoGateway:
    """`secret` signs events; `base_url` is where our own pages are, without a closing slash."""

    name = "demo"
    keeps_account = False

    def __init__(self, secret: str, base_url: str) -> None:
        self._secret = secret.encode()
        self._base_url = base_url.rstrip("/")

    async def close(self) -> None:
        """Nothing is open."""

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        return Checkout(request.top_up, f"{self._base_url}/demo-bank/{request.top_up}")

    def event(
        self, ref: str, amount: Money, state: PaymentState, at: datetime
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the event that the demo bank sends: paid, refused or cancelled.

        The same ref and state always make the same event id and payment id.
        """
        facts = {
            "id": f"demo_event_{ref}_{state.value}",
            "state": state.value,
            "payment": f"demo_payment_{ref}",
            "ref": ref,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "reason": REASONS.get(state, ""),
        }
        body = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
        moment = int(at.timestamp())
        signature = f"t={moment},v1={self._sign(moment, body)}"
        return body, {SIGNATURE_HEADER: signature, "Content-Type": "application/json"}

    def read_notice(
        self, body: bytes, headers: Mapping[str, str], at: datetime, connect: bool = False
    ) -> Notice:
        """Raises: EventRefused."""
        if len(body) > BODY_BYTES_MAX:
            raise EventRefused("body_too_large")
        given = {name.lower(): value for name, value in headers.items()}
        moment, signature = _parts(given.get(SIGNATURE_HEADER.lower(), ""))
        if connect or not hmac.compare_digest(self._sign(moment, body), signature):
            raise EventRefused("bad_signature")
        if abs(int(at.timestamp()) - moment) > SKEW_S_MAX:
            raise EventRefused("bad_time")
        try:
            facts = json.loads(body)
            born = datetime.fromtimestamp(moment, UTC)
            told = _fact(facts, born)
            return Notice(self.name, str(facts["id"]), KIND, told.ref, born, body=body.decode())
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise EventRefused("bad_shape") from error

    async def look(self, notice: Notice) -> Fact | None:
        """What the event says: the demo bank knows no more."""
        if notice.kind != KIND:
            return None
        return _fact(json.loads(notice.body), notice.created_at)

    async def payment(self, ref: str) -> PaymentFact:
        """Raises: GatewayRefused."""
        raise GatewayRefused("resource_missing")

    async def refund(self, request: RefundRequest) -> Movement:
        return Movement(f"demo_refund_{request.refund}", done=True)

    async def refunds_of(self, payment: str) -> tuple[RefundFact, ...]:
        return ()

    async def pay_out(self, request: PayOutRequest) -> Movement:
        return Movement(f"demo_payout_{request.pay_out}", done=True)

    async def send_evidence(
        self, dispute: str, evidence: Evidence, final: bool, idempotency_key: str
    ) -> None:
        """Nobody reads it: the demo bank knows no disputes."""

    async def notices_since(self, since: datetime) -> tuple[Notice, ...]:
        return ()

    async def lines_since(self, since: datetime) -> tuple[BalanceLine, ...]:
        return ()

    def _sign(self, moment: int, body: bytes) -> str:
        return hmac.new(self._secret, b"%d." % moment + body, hashlib.sha256).hexdigest()


def _fact(facts: dict[str, Any], at: datetime) -> PaymentFact:
    """The demo bank works for nothing: its line says that it kept no fee."""
    ref, amount = str(facts["payment"]), Money(int(facts["amount_minor"]), str(facts["currency"]))
    nothing = Money(0, amount.currency)
    return PaymentFact(
        ref=ref,
        status=_STATUS[PaymentState(facts["state"])],
        amount=amount,
        top_up=str(facts["ref"]),
        reason=str(facts["reason"]),
        line=BalanceLine(f"line_{ref}", Category.CHARGE, amount, nothing, ref, at),
    )


def _parts(header: str) -> tuple[int, str]:
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    moment, signature = fields.get("t", ""), fields.get("v1", "")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 12 or not signature.isascii():
        raise EventRefused("bad_signature")
    return int(moment), signature
