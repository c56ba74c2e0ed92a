"""The acquirer's protocol over Stripe: Checkout, refunds, transfers and signed events.

One client a process. Every call carries our stored idempotency key, so that the library's retries
and our own repeat one request. Signatures are checked by the library, times by us and both ways.
"""

import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import stripe
from stripe import StripeClient, WebhookSignature

from ledger.errors import EventRefused, GatewayRefused, GatewayUnreachable
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

CALL_S_MAX = 20
RETRIES_MAX = 2
SIGNATURE_HEADER = "Stripe-Signature"

_Answer = TypeVar("_Answer")
_Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Two webhook secrets are accepted while one replaces the other.

    `base_addresses` redirects the client, for tests: {"api": "http://127.0.0.1:…"}.
    """

    secret_key: str
    webhook_secrets: tuple[str, ...]
    base_addresses: Mapping[str, str] | None = None

    @property
    def livemode(self) -> bool:
        return "_live_" in self.secret_key


class _Transport(stripe.AIOHTTPClient):
    """The library maps errors of sending, not of reading the answer's body; so they got out
    raw and were not retried."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            return await super().request_async(method, url, headers, post_data)
        except stripe.APIConnectionError:
            raise
        except Exception as error:
            text = f"the answer broke off: {type(error).__name__}"
            broken = stripe.APIConnectionError(text, should_retry=True)  # type: ignore[no-untyped-call]
            raise broken from error


class StripeGateway:
    """Close it when the process ends."""

    name = "stripe"

    def __init__(self, settings: StripeSettings) -> None:
        stripe.enable_telemetry = False
        self._settings = settings
        self._transport = _Transport(timeout=CALL_S_MAX)
        addresses: Any = dict(settings.base_addresses or {})
        self._client = StripeClient(
            settings.secret_key,
            base_addresses=addresses,
            http_client=self._transport,
            max_network_retries=RETRIES_MAX,
        )

    async def close(self) -> None:
        await self._transport.close_async()  # type: ignore[no-untyped-call]

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Raises: GatewayRefused, GatewayUnreachable."""
        metadata = {"top_up": request.top_up}
        price = {
            "currency": request.amount.currency.lower(),
            "unit_amount": request.amount.minor,
            "product_data": {"name": request.description or "Minuta"},
        }
        params: Any = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": request.top_up,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
            "success_url": request.return_url,
            "cancel_url": request.return_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        options: Any = {"idempotency_key": request.idempotency_key}
        made = await _asked(self._client.v1.checkout.sessions.create_async(params, options))
        if not made.url:
            raise GatewayRefused("no_checkout_url")
        return Checkout(made.id, made.url)

    def read_event(self, body: bytes, headers: Mapping[str, str], at: datetime) -> PaymentEvent:
        """Raises: EventRefused."""
        self._check_signature(body, headers, at)
        try:
            return self._read(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EventRefused("bad_shape") from error

    def _read(self, event: dict[str, Any]) -> PaymentEvent:
        if event["object"] != "event":
            raise EventRefused("not_an_event")
        if bool(event["livemode"]) is not self._settings.livemode:
            raise EventRefused("wrong_mode")
        return read(str(event["id"]), str(event["type"]), event["data"]["object"])

    def _check_signature(self, body: bytes, headers: Mapping[str, str], at: datetime) -> None:
        if len(body) > BODY_BYTES_MAX:
            raise EventRefused("body_too_large")
        given = {name.lower(): value for name, value in headers.items()}
        header = given.get(SIGNATURE_HEADER.lower())
        if not any(_signed(body, header, secret) for secret in self._settings.webhook_secrets):
            raise EventRefused("bad_signature")
        moment = next(int(p[2:]) for p in (header or "").split(",") if p.startswith("t="))
        if abs(int(at.timestamp()) - moment) > SKEW_S_MAX:
            raise EventRefused("bad_time")

    async def find_payment(self, ref: str) -> PaymentEvent:
        """Raises: GatewayRefused, GatewayUnreachable."""
        found = await _asked(self._client.v1.checkout.sessions.retrieve_async(ref))
        kind = f"checkout.session.{'expired' if found.status == 'expired' else 'completed'}"
        return read(f"look:{ref}:{found.status}:{found.payment_status}", kind, found.to_dict())

    async def refund(self, request: RefundRequest) -> Movement:
        """Raises: GatewayRefused, GatewayUnreachable."""
        params: Any = {
            "payment_intent": request.payment,
            "amount": request.amount.minor,
            "metadata": {"refund": request.refund},
        }
        options: Any = {"idempotency_key": request.idempotency_key}
        made = await _asked(self._client.v1.refunds.create_async(params, options))
        failed = made.status in ("failed", "canceled")
        refused = (made.failure_reason or made.status or "failed") if failed else ""
        return Movement(made.id, made.status == "succeeded", refused)

    async def pay_out(self, request: PayOutRequest) -> Movement:
        """To a connected account. Raises: GatewayRefused, GatewayUnreachable."""
        params: Any = {
            "amount": request.amount.minor,
            "currency": request.amount.currency.lower(),
            "destination": request.destination,
            "metadata": {"pay_out": request.pay_out},
        }
        options: Any = {"idempotency_key": request.idempotency_key}
        made = await _asked(self._client.v1.transfers.create_async(params, options))
        return Movement(made.id, done=True)


def read(id: str, kind: str, facts: _Object) -> PaymentEvent:
    """An event of Stripe in our words; kinds that say nothing to us are OTHER."""
    metadata = facts.get("metadata") or {}
    if kind.startswith("checkout.session."):
        return _of_checkout(id, kind, facts, str(metadata.get("top_up", "")))
    if kind in _INTENT_STATES:
        return PaymentEvent(
            gateway=StripeGateway.name,
            id=id,
            state=_INTENT_STATES[kind],
            payment=str(facts["id"]),
            top_up=str(metadata.get("top_up", "")),
            amount=_money(facts, "amount_received" if "succeeded" in kind else "amount"),
            reason=_reason(facts),
        )
    if kind in ("refund.updated", "refund.failed", "charge.refund.updated"):
        state = _REFUND_STATES.get(str(facts.get("status")), PaymentState.OTHER)
        return PaymentEvent(
            gateway=StripeGateway.name,
            id=id,
            state=state,
            payment=str(facts["id"]),
            ref=str(metadata.get("refund", "")),
            amount=_money(facts, "amount"),
            reason=str(facts.get("failure_reason") or ""),
        )
    return PaymentEvent(StripeGateway.name, id, PaymentState.OTHER)


_INTENT_STATES = {
    "payment_intent.succeeded": PaymentState.PAID,
    "payment_intent.payment_failed": PaymentState.REFUSED,
    "payment_intent.canceled": PaymentState.CANCELLED,
}
_REFUND_STATES = {
    "succeeded": PaymentState.SENT,
    "failed": PaymentState.RETURNED,
    "canceled": PaymentState.RETURNED,
}
_CHECKOUT_STATES = {
    "checkout.session.async_payment_failed": PaymentState.REFUSED,
    "checkout.session.expired": PaymentState.EXPIRED,
}


def _of_checkout(id: str, kind: str, facts: _Object, top_up: str) -> PaymentEvent:
    paid = facts.get("payment_status") == "paid"
    intent = facts.get("payment_intent")
    return PaymentEvent(
        gateway=StripeGateway.name,
        id=id,
        state=_CHECKOUT_STATES.get(kind, PaymentState.PAID if paid else PaymentState.PENDING),
        payment=str(intent["id"] if isinstance(intent, dict) else intent or ""),
        ref=str(facts["id"]),
        top_up=top_up or str(facts.get("client_reference_id") or ""),
        amount=_money(facts, "amount_total"),
    )


def _money(facts: _Object, field: str) -> Money | None:
    minor, currency = facts.get(field), facts.get("currency")
    if not isinstance(minor, int) or not isinstance(currency, str):
        return None
    return Money(minor, currency.upper())


def _reason(facts: _Object) -> str:
    error = facts.get("last_payment_error") or {}
    return str(error.get("decline_code") or error.get("code") or "")


def _signed(body: bytes, header: str | None, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(body, header, secret, tolerance=None))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


async def _asked(answer: Awaitable[_Answer]) -> _Answer:
    try:
        return await answer
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnreachable(str(error)) from error
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500:
            raise GatewayUnreachable(str(error)) from error
        raise GatewayRefused(str(error.code or type(error).__name__)) from error
