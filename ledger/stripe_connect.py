"""Saved cards and connected accounts at Stripe: what the verbs of a gateway do not cover.

Second and last file that speaks Stripe's words; the client and the way of its failures are those
of `ledger.stripe_transport`.
"""

from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

import stripe

from ledger.acquirer import Notice
from ledger.connected import (
    AccountFact,
    AccountRequest,
    ArrivalFact,
    ArrivalStatus,
    ReversalRequest,
    TransferRequest,
)
from ledger.errors import GatewayRefused, UnknownAnswer
from ledger.gateway import Checkout
from ledger.money import Money
from ledger.saved_cards import (
    Charged,
    ChargeRequest,
    Outcome,
    SavedCard,
    SetupFact,
    SetupRequest,
)
from ledger.stripe_transport import StripeSettings, asked, make_client, under

NAME = "stripe"
PAGE = 100

#: Reasons after which the same card never pays; every other decline may pass another time.
DEAD_CARDS = frozenset(
    {
        "card_not_supported",
        "expired_card",
        "fraudulent",
        "incorrect_number",
        "invalid_account",
        "invalid_number",
        "lost_card",
        "merchant_blacklist",
        "payment_method_unactivated",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "stolen_card",
        "stop_payment_order",
        "transaction_not_allowed",
    }
)
OWNER_NEEDED = frozenset({"authentication_required", "authentication_not_handled"})

_INTENTS = {
    "succeeded": Outcome.PAID,
    "processing": Outcome.PROCESSING,
    "requires_action": Outcome.OWNER_NEEDED,
    "requires_confirmation": Outcome.OWNER_NEEDED,
    "requires_capture": Outcome.PROCESSING,
    "canceled": Outcome.ENDED,
}
_ARRIVALS = {
    "pending": ArrivalStatus.ON_THE_WAY,
    "in_transit": ArrivalStatus.ON_THE_WAY,
    "paid": ArrivalStatus.ARRIVED,
    "failed": ArrivalStatus.FAILED,
    "canceled": ArrivalStatus.FAILED,
}

_Answer = TypeVar("_Answer")
_Object = Mapping[str, Any]


class StripeCards:
    """`CardKeeper` over Stripe. Close it when the process ends."""

    name = NAME

    def __init__(self, settings: StripeSettings) -> None:
        self._client, self._transport = make_client(settings)

    async def close(self) -> None:
        await self._transport.close_async()  # type: ignore[no-untyped-call]

    async def make_customer(self, party: str, idempotency_key: str) -> str:
        params: Any = {"metadata": {"party": party}}
        customers = self._client.v1.customers
        return (await asked(customers.create_async(params, under(idempotency_key)))).id

    async def open_setup(self, request: SetupRequest) -> Checkout:
        params: Any = {
            "mode": "setup",
            "currency": request.currency.lower(),
            "payment_method_types": ["card"],
            "customer": request.customer,
            "client_reference_id": request.setup,
            "metadata": {"card_setup": request.setup},
            "success_url": request.return_url,
            "cancel_url": request.return_url,
        }
        sessions = self._client.v1.checkout.sessions
        made = await asked(sessions.create_async(params, under(request.idempotency_key)))
        if not made.url:
            raise GatewayRefused("no_checkout_url")
        return Checkout(made.id, made.url)

    async def setup(self, ref: str) -> SetupFact:
        params: Any = {"expand": ["setup_intent.payment_method"]}
        sessions = self._client.v1.checkout.sessions
        found = (await asked(sessions.retrieve_async(ref, params))).to_dict()
        intent = found.get("setup_intent") or {}
        method = intent.get("payment_method") if intent.get("status") == "succeeded" else None
        if not method:
            return SetupFact(open=found.get("status") == "open")
        return SetupFact(open=False, card=_card(method, str(found["customer"])))

    async def charge(self, request: ChargeRequest) -> Charged:
        params: Any = {
            "amount": request.amount.minor,
            "currency": request.amount.currency.lower(),
            "customer": request.customer,
            "payment_method": request.card,
            "payment_method_types": ["card"],
            "off_session": True,
            "confirm": True,
            "metadata": {"top_up": request.top_up, "try": str(request.try_no)},
        }
        call = self._client.v1.payment_intents.create_async(params, under(request.idempotency_key))
        made = await asked(_or_declined(call))
        if not isinstance(made, stripe.CardError):
            return _charged(made.to_dict())
        error = _body_of(made)
        intent = error.get("payment_intent") or {}
        payment = str(intent.get("id", ""))
        reason = str(error.get("decline_code") or error.get("code") or "declined")
        return Charged(_decline(reason), payment, request.amount, reason)

    async def find_charge(self, request: ChargeRequest) -> Charged | None:
        params: Any = {"customer": request.customer, "limit": PAGE}
        page = await asked(self._client.v1.payment_intents.list_async(params))
        for one in page.data:  # newest first: ours was made within the last day
            facts = one.to_dict()
            metadata = facts.get("metadata") or {}
            mine = (request.top_up, str(request.try_no))
            if (metadata.get("top_up"), metadata.get("try")) == mine:
                return _charged(facts)
        return None

    async def confirm(self, payment: str, card: str, return_url: str, key: str) -> str:
        params: Any = {"payment_method": card, "return_url": return_url}
        intents = self._client.v1.payment_intents
        made = await asked(intents.confirm_async(payment, params, under(key)))
        action = made.to_dict().get("next_action") or {}
        return str((action.get("redirect_to_url") or {}).get("url") or "")

    async def forget(self, card: str) -> None:
        try:
            await asked(self._client.v1.payment_methods.detach_async(card))
        except GatewayRefused as refused:
            if refused.reason not in ("resource_missing", "InvalidRequestError"):
                raise  # those two: there is no such card, or it is nobody's any more


class StripePayees:
    """`PayeeKeeper` over Stripe Connect, separate charges and transfers."""

    name = NAME

    def __init__(self, settings: StripeSettings) -> None:
        self._client, self._transport = make_client(settings)

    async def close(self) -> None:
        await self._transport.close_async()  # type: ignore[no-untyped-call]

    async def open_account(self, request: AccountRequest) -> AccountFact:
        params: Any = {
            "type": "express",
            "country": request.country,
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"party": request.party},
        }
        if request.email:
            params["email"] = request.email
        accounts = self._client.v1.accounts
        made = await asked(accounts.create_async(params, under(request.idempotency_key)))
        return _account(made.to_dict())

    async def account(self, ref: str) -> AccountFact:
        try:
            found = await asked(self._client.v1.accounts.retrieve_async(ref))
        except GatewayRefused as refused:
            if refused.reason not in ("account_invalid", "resource_missing"):
                raise
            return AccountFact(ref, False, False, disabled=refused.reason, closed=True)
        return _account(found.to_dict())

    async def onboarding(self, ref: str, return_url: str, refresh_url: str) -> str:
        params: Any = {
            "account": ref,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": refresh_url,
        }
        return (await asked(self._client.v1.account_links.create_async(params))).url

    async def arrival(self, notice: Notice) -> ArrivalFact:
        options: Any = {"stripe_account": notice.account}
        payouts = self._client.v1.payouts
        found = await asked(payouts.retrieve_async(notice.subject, options=options))
        facts = found.to_dict()
        status = _ARRIVALS.get(str(facts["status"]))
        if status is None:
            raise UnknownAnswer("payout.status", str(facts["status"]))
        reason = str(facts.get("failure_code") or "")
        return ArrivalFact(notice.subject, notice.account, status, _money(facts), reason)

    async def available(self, currency: str) -> Money:
        found = (await asked(self._client.v1.balance.retrieve_async())).to_dict()
        parts = [one for one in found["available"] if one["currency"] == currency.lower()]
        return Money(sum(int(one["amount"]) for one in parts), currency)

    async def transfer(self, request: TransferRequest) -> str:
        params: Any = {
            "amount": request.amount.minor,
            "currency": request.amount.currency.lower(),
            "destination": request.destination,
            "transfer_group": group_of(request.pay_out),
            "metadata": {"pay_out": request.pay_out},
        }
        transfers = self._client.v1.transfers
        return (await asked(transfers.create_async(params, under(request.idempotency_key)))).id

    async def find_transfer(self, pay_out: str) -> str | None:
        params: Any = {"transfer_group": group_of(pay_out), "limit": PAGE}
        page = await asked(self._client.v1.transfers.list_async(params))
        for one in page.data:
            if (one.to_dict().get("metadata") or {}).get("pay_out") == pay_out:
                return str(one.id)
        return None

    async def reverse(self, request: ReversalRequest) -> str:
        params: Any = {
            "amount": request.amount.minor,
            "metadata": {"reversal": request.reversal},
        }
        reversals = self._client.v1.transfers.reversals
        options = under(request.idempotency_key)
        return (await asked(reversals.create_async(request.transfer, params, options))).id

    async def find_reversal(self, request: ReversalRequest) -> str | None:
        reversals = self._client.v1.transfers.reversals
        params: Any = {"limit": PAGE}
        page = await asked(reversals.list_async(request.transfer, params))
        for one in page.data:
            if (one.to_dict().get("metadata") or {}).get("reversal") == request.reversal:
                return str(one.id)
        return None


def group_of(pay_out: str) -> str:
    """By this name Stripe lists what belongs to a payout of ours."""
    return f"pay_out:{pay_out}"


async def _or_declined(answer: Awaitable[_Answer]) -> _Answer | stripe.CardError:
    """A decline is an answer, not a failure."""
    try:
        return await answer
    except stripe.CardError as declined:
        return declined


def _body_of(error: stripe.CardError) -> _Object:
    body = error.json_body
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def _decline(reason: str) -> Outcome:
    if reason in OWNER_NEEDED:
        return Outcome.OWNER_NEEDED
    return Outcome.CARD_DEAD if reason in DEAD_CARDS else Outcome.DECLINED


def _charged(intent: _Object) -> Charged:
    """A payment as it stands. One that waits for another card was declined, and says why."""
    status, payment = str(intent["status"]), str(intent["id"])
    if status == "requires_payment_method":
        error = intent.get("last_payment_error") or {}
        reason = str(error.get("decline_code") or error.get("code") or "declined")
        return Charged(_decline(reason), payment, _money(intent), reason)
    outcome = _INTENTS.get(status)
    if outcome is None:
        raise UnknownAnswer("payment_intent.status", status)
    paid = outcome is Outcome.PAID
    return Charged(outcome, payment, _money(intent, "amount_received" if paid else "amount"))


def _card(method: _Object, customer: str) -> SavedCard:
    card = method.get("card") or {}
    return SavedCard(
        ref=str(method["id"]),
        customer=customer,
        brand=str(card.get("brand") or "card"),
        last4=str(card.get("last4") or ""),
        exp_year=int(card.get("exp_year") or 0),
        exp_month=int(card.get("exp_month") or 0),
    )


def _account(facts: _Object) -> AccountFact:
    wants = facts.get("requirements") or {}
    return AccountFact(
        ref=str(facts["id"]),
        transfers_active=(facts.get("capabilities") or {}).get("transfers") == "active",
        payouts_enabled=bool(facts.get("payouts_enabled")),
        submitted=bool(facts.get("details_submitted")),
        due=tuple(str(one) for one in wants.get("currently_due") or ()),
        disabled=str(wants.get("disabled_reason") or ""),
    )


def _money(facts: _Object, field: str = "amount") -> Money:
    return Money(int(facts[field]), str(facts["currency"]).upper())


__all__ = ["DEAD_CARDS", "StripeCards", "StripePayees"]
