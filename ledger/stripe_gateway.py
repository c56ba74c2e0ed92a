"""The acquirer's protocols over Stripe: Checkout, refunds, disputes, signed news and its account.

Signatures are checked by the library, times by us and both ways. An object is always read again,
with what we need expanded; nothing is taken from the snapshot in an event but its id.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import stripe
from stripe import WebhookSignature

from ledger import stripe_reading as reading
from ledger.acquirer import BalanceLine, Evidence, Fact, Notice, PaymentFact, RefundFact
from ledger.errors import EventRefused, GatewayRefused, GatewayUnreachable
from ledger.gateway import (
    BODY_BYTES_MAX,
    SKEW_S_MAX,
    Checkout,
    CheckoutRequest,
    Movement,
    PayOutRequest,
    RefundRequest,
)
from ledger.stripe_transport import StripeSettings as StripeSettings
from ledger.stripe_transport import asked, make_client, under

SIGNATURE_HEADER = "Stripe-Signature"
PAGE = 100
LISTED_MAX = 100_000
_KEPT: Any = ["latest_charge.balance_transaction"]


class StripeGateway:
    """Close it when the process ends."""

    name = reading.NAME
    keeps_account = True

    def __init__(self, settings: StripeSettings) -> None:
        self._settings = settings
        self._client, self._transport = make_client(settings)

    async def close(self) -> None:
        await self._transport.close_async()  # type: ignore[no-untyped-call]

    # What we ask for.

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
        if request.customer:
            params["customer"] = request.customer
            params["payment_intent_data"]["setup_future_usage"] = "off_session"
        sessions = self._client.v1.checkout.sessions
        made = await asked(sessions.create_async(params, under(request.idempotency_key)))
        if not made.url:
            raise GatewayRefused("no_checkout_url")
        return Checkout(made.id, made.url)

    async def refund(self, request: RefundRequest) -> Movement:
        """Raises: GatewayRefused, GatewayUnreachable."""
        params: Any = {
            "payment_intent": request.payment,
            "amount": request.amount.minor,
            "metadata": {"refund": request.refund},
        }
        refunds = self._client.v1.refunds
        made = await asked(refunds.create_async(params, under(request.idempotency_key)))
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
        transfers = self._client.v1.transfers
        made = await asked(transfers.create_async(params, under(request.idempotency_key)))
        return Movement(made.id, done=True)

    async def send_evidence(
        self, dispute: str, evidence: Evidence, final: bool, idempotency_key: str
    ) -> None:
        """Staged until `final`. Raises: GatewayRefused, GatewayUnreachable."""
        told: dict[str, Any] = {
            "product_description": evidence.service,
            "access_activity_log": evidence.activity,
            "refund_policy_disclosure": evidence.consent,
            "uncategorized_text": "\n".join(t for t in (evidence.documents, evidence.remark) if t),
            "service_date": evidence.service_on,
        }
        params: Any = {"evidence": {name: told[name] for name in told if told[name]}}
        params["submit"] = final
        disputes = self._client.v1.disputes
        await asked(disputes.update_async(dispute, params, under(idempotency_key)))

    # What it tells.

    def read_notice(
        self, body: bytes, headers: Mapping[str, str], at: datetime, connect: bool = False
    ) -> Notice:
        """Raises: EventRefused."""
        self._check_signature(body, headers, at, connect)
        found = reading.notice_of(body, self._settings.livemode)
        if bool(found.account) is not connect:
            raise EventRefused("wrong_account")
        return found

    def _check_signature(
        self, body: bytes, headers: Mapping[str, str], at: datetime, connect: bool
    ) -> None:
        if len(body) > BODY_BYTES_MAX:
            raise EventRefused("body_too_large")
        secrets = self._settings.connect_secrets if connect else self._settings.webhook_secrets
        given = {name.lower(): value for name, value in headers.items()}
        header = given.get(SIGNATURE_HEADER.lower())
        if not any(_signed(body, header, secret) for secret in secrets):
            raise EventRefused("bad_signature")
        moment = next(int(p[2:]) for p in (header or "").split(",") if p.startswith("t="))
        if abs(int(at.timestamp()) - moment) > SKEW_S_MAX:
            raise EventRefused("bad_time")

    async def look(self, notice: Notice) -> Fact | None:
        """Raises: GatewayRefused, GatewayUnreachable, UnknownAnswer."""
        if notice.account:
            return None
        v1, ref = self._client.v1, notice.subject
        match reading.about(notice.kind):
            case "checkout.session":
                found: Any = await asked(v1.checkout.sessions.retrieve_async(ref))
                return reading.checkout(found.to_dict())
            case "payment_intent":
                return await self.payment(ref)
            case "charge":
                return await self._payment_of(ref)
            case "refund" | "charge.refund":
                return await self._refund_of(notice)
            case "charge.dispute":
                dispute = await asked(v1.disputes.retrieve_async(ref))
                return reading.dispute(dispute.to_dict())
            case "radar.early_fraud_warning":
                warned = (await asked(v1.radar.early_fraud_warnings.retrieve_async(ref))).to_dict()
                paid = "" if warned.get("payment_intent") else await self._intent_of(warned)
                return reading.warning(warned, paid)
            case "payout":
                return reading.settlement((await asked(v1.payouts.retrieve_async(ref))).to_dict())
        return None

    async def payment(self, ref: str) -> PaymentFact:
        """Raises: GatewayRefused, GatewayUnreachable, UnknownAnswer."""
        intents = self._client.v1.payment_intents
        found = await asked(intents.retrieve_async(ref, {"expand": _KEPT}))
        return reading.payment(found.to_dict())

    async def _payment_of(self, charge: str) -> PaymentFact | None:
        intent = await self._intent_of({"charge": charge})
        return await self.payment(intent) if intent else None

    async def _intent_of(self, facts: Mapping[str, Any]) -> str:
        charge = reading.id_of(facts["charge"])
        found = await asked(self._client.v1.charges.retrieve_async(charge))
        return reading.id_of(found.to_dict().get("payment_intent"))

    async def _refund_of(self, notice: Notice) -> RefundFact:
        """`charge.refund.updated` is about a refund too, whatever its name says."""
        found = await asked(self._client.v1.refunds.retrieve_async(notice.subject))
        return reading.refund(found.to_dict())

    async def refunds_of(self, payment: str) -> tuple[RefundFact, ...]:
        """Raises: GatewayRefused, GatewayUnreachable, UnknownAnswer."""
        params: Any = {"payment_intent": payment, "limit": PAGE}
        page = await asked(self._client.v1.refunds.list_async(params))
        return tuple([reading.refund(one) async for one in _all(page)])

    async def notices_since(self, since: datetime) -> tuple[Notice, ...]:
        """Raises: GatewayRefused, GatewayUnreachable; Stripe remembers events for thirty days."""
        params: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        page = await asked(self._client.v1.events.list_async(params))
        found = [reading.notice(one) async for one in _all(page) if reading.about(one["type"])]
        return tuple(sorted(found, key=lambda one: (one.created_at, one.id)))

    async def lines_since(self, since: datetime) -> tuple[BalanceLine, ...]:
        """Raises: GatewayRefused, GatewayUnreachable."""
        params: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        page = await asked(self._client.v1.balance_transactions.list_async(params))
        found = [reading.line(one) async for one in _all(page)]
        return tuple(sorted(found, key=lambda one: (one.at, one.id)))


async def _all(page: Any) -> AsyncIterator[Mapping[str, Any]]:
    """Every object of a list, page after page, as plain mappings.

    Raises: GatewayRefused, GatewayUnreachable; the latter also for a list without end.
    """
    pages = page.auto_paging_iter()
    for _ in range(LISTED_MAX):
        try:
            one = await asked(anext(pages))
        except StopAsyncIteration:
            return
        yield one.to_dict()
    raise GatewayUnreachable(f"a list of more than {LISTED_MAX}")


def _signed(body: bytes, header: str | None, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(body, header, secret, tolerance=None))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
