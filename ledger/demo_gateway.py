"""A bank for demonstrations: the same protocol and signed events, no money.

Its checkout is a page of ours (`/demo-bank/{ref}`, where `ref` is the top-up's id) with three
buttons; each sends the event that `event` built and signed to our own webhook.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledger.errors import EventRefused
from ledger.gateway import (
    BODY_BYTES_MAX,
    SKEW_S_MAX,
    Checkout,
    CheckoutRequest,
    Movement,
    PaymentEvent,
    PaymentState,
    PayOutRequest,
    RefundRequest,
)
from ledger.money import Money

SIGNATURE_HEADER = "Demo-Bank-Signature"
REASONS = {PaymentState.REFUSED: "card_declined", PaymentState.CANCELLED: "cancelled_by_payer"}


class DemoGateway:
    """`secret` signs events; `base_url` is where our own pages are, without a closing slash."""

    name = "demo"

    def __init__(self, secret: str, base_url: str) -> None:
        self._secret = secret.encode()
        self._base_url = base_url.rstrip("/")

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

    def read_event(self, body: bytes, headers: Mapping[str, str], at: datetime) -> PaymentEvent:
        """Raises: EventRefused."""
        if len(body) > BODY_BYTES_MAX:
            raise EventRefused("body_too_large")
        given = {name.lower(): value for name, value in headers.items()}
        moment, signature = _parts(given.get(SIGNATURE_HEADER.lower(), ""))
        if not hmac.compare_digest(self._sign(moment, body), signature):
            raise EventRefused("bad_signature")
        if abs(int(at.timestamp()) - moment) > SKEW_S_MAX:
            raise EventRefused("bad_time")
        try:
            return self._read(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise EventRefused("bad_shape") from error

    def _read(self, facts: dict[str, Any]) -> PaymentEvent:
        return PaymentEvent(
            gateway=self.name,
            id=facts["id"],
            state=PaymentState(facts["state"]),
            payment=facts["payment"],
            ref=facts["ref"],
            top_up=facts["ref"],
            amount=Money(facts["amount_minor"], facts["currency"]),
            reason=facts["reason"],
        )

    async def find_payment(self, ref: str) -> PaymentEvent:
        """The demo bank remembers nothing: a payment is open until its event comes."""
        return PaymentEvent(self.name, f"demo_look_{ref}", PaymentState.PENDING, ref=ref)

    async def refund(self, request: RefundRequest) -> Movement:
        return Movement(f"demo_refund_{request.refund}", done=True)

    async def pay_out(self, request: PayOutRequest) -> Movement:
        return Movement(f"demo_payout_{request.pay_out}", done=True)

    def _sign(self, moment: int, body: bytes) -> str:
        return hmac.new(self._secret, b"%d." % moment + body, hashlib.sha256).hexdigest()


def _parts(header: str) -> tuple[int, str]:
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    moment, signature = fields.get("t", ""), fields.get("v1", "")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 12 or not signature.isascii():
        raise EventRefused("bad_signature")
    return int(moment), signature
