"""PaymentIntents: on session, off session with a saved card, on hold, by bank debit."""

from typing import Any

from tests.stripe.fake import charges, customers
from tests.stripe.fake.errors import declined, invalid, required
from tests.stripe.fake.lists import page
from tests.stripe.fake.money import CURRENCIES_OF_50_CENTS, require_amount
from tests.stripe.fake.world import Call, Form, Object, World

_AUTOMATIC = {"enabled": True, "allow_redirects": "always"}
_ENDED = ("succeeded", "canceled")
_LEAST = 50


def create(world: World, call: Call) -> Object:
    amount, currency = require_amount(call), call.text("currency")
    if currency is None:
        raise required("currency")
    check_least(amount, currency)
    if call.flag("off_session") and not call.flag("confirm"):
        text = "`off_session` can only be used when `confirm` is true."
        raise invalid(text, "parameter_invalid", "off_session")
    _check_return_url(call)
    customer = call.text("customer")
    if customer:
        world.find(customer, "customer")
    method = call.text("payment_method")
    made = make(world, amount, currency, call.form, customer, call.metadata())
    if method:
        made["payment_method"] = _method_for(world, method, customer)["id"]
        made["status"] = "requires_confirmation"
    world.emit("payment_intent.created", made)
    return _confirm(world, made, call) if call.flag("confirm") else made


def make(
    world: World,
    amount: int,
    currency: str,
    form: Form,
    customer: str | None,
    metadata: dict[str, str],
) -> Object:
    """An intent that waits for a payment method."""
    types = form.get("payment_method_types")
    listed = types if isinstance(types, list) else ["card"]
    made = world.make(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        application_fee_amount=None,
        automatic_payment_methods=None if types else _AUTOMATIC,
        canceled_at=None,
        cancellation_reason=None,
        capture_method=form.get("capture_method", "automatic_async"),
        confirmation_method=form.get("confirmation_method", "automatic"),
        currency=currency,
        customer=customer,
        description=form.get("description"),
        last_payment_error=None,
        latest_charge=None,
        livemode=world.livemode,
        metadata=metadata,
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_types=listed,
        processing=None,
        receipt_email=form.get("receipt_email"),
        review=None,
        setup_future_usage=form.get("setup_future_usage"),
        shipping=None,
        statement_descriptor=None,
        statement_descriptor_suffix=form.get("statement_descriptor_suffix"),
        status="requires_payment_method",
        transfer_data=None,
        transfer_group=form.get("transfer_group"),
    )
    made["client_secret"] = f"{made['id']}_secret_test"
    return made


def check_least(amount: int, currency: str) -> None:
    """Raises: Refusal ("amount_too_small")."""
    if currency in CURRENCIES_OF_50_CENTS and amount < _LEAST:
        raise invalid("Amount must be at least 50 cents.", "amount_too_small", "amount")


def _check_return_url(call: Call) -> None:
    automatic = call.group("automatic_payment_methods")
    redirects = automatic.get("enabled") == "true" and automatic.get("allow_redirects") != "never"
    here = call.flag("confirm") and not call.flag("off_session")
    if redirects and here and not call.text("return_url"):
        raise invalid("You must provide a `return_url`.", "parameter_missing", "return_url")


def _method_for(world: World, id: str, customer: str | None) -> Object:
    found = customers.method(world, id)
    if found["customer"] and found["customer"] != customer:
        text = "The provided PaymentMethod belongs to a Customer; give that Customer as well."
        raise invalid(text, param="payment_method")
    return found


def confirm(world: World, call: Call) -> Object:
    found = world.find(call.id, "payment_intent")
    if found["status"] in (*_ENDED, "processing", "requires_capture"):
        raise _unexpected(found, "confirm")
    method = call.text("payment_method")
    if method:
        found["payment_method"] = _method_for(world, method, found["customer"])["id"]
    return _confirm(world, found, call)


def _confirm(world: World, found: Object, call: Call) -> Object:
    if not found["payment_method"]:
        text = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(text, "payment_intent_unexpected_state")
    return attempt(world, found, off_session=call.flag("off_session"))


def attempt(world: World, found: Object, off_session: bool, present: bool = False) -> Object:
    """Charge the intent's payment method. `present`: its holder has proved to be there.

    Raises: Refusal (402), after which the intent waits for another payment method.
    """
    method = world.find(found["payment_method"], "payment_method")
    card = customers.card_of(world, method)
    found["last_payment_error"] = found["next_action"] = None
    if card.asks_again and not present:
        if off_session:
            text = "Your card was declined. This transaction requires authentication."
            raise _refuse(world, found, method, ("authentication_required",) * 2, text)
        found["status"] = "requires_action"
        found["next_action"] = _challenge(found)
        world.emit("payment_intent.requires_action", found)
        return found
    if card.decline:
        raise _refuse(world, found, method, card.decline, "Your card was declined.")
    if card.debit:
        found["status"] = "processing"
        world.emit("payment_intent.processing", found)
        return found
    return _charged(world, found, method)


def _charged(world: World, found: Object, method: Object) -> Object:
    if found["customer"] and found["setup_future_usage"]:
        customers.save_for(world, method, found["customer"])
    if found["capture_method"] == "manual":
        charge = charges.authorise(world, found, method)
        found.update(status="requires_capture", amount_capturable=found["amount"])
        found["latest_charge"] = charge["id"]
        world.emit("payment_intent.amount_capturable_updated", found)
        return found
    charge = charges.succeed(world, found, method)
    return succeeded(world, found, charge)


def succeeded(world: World, found: Object, charge: Object) -> Object:
    found.update(
        status="succeeded",
        amount_received=charge["amount_captured"],
        amount_capturable=0,
        latest_charge=charge["id"],
        processing=None,
    )
    world.emit("payment_intent.succeeded", found)
    charges.aftermath(world, charge)
    return found


def _challenge(found: Object) -> Object:
    url = f"https://hooks.stripe.com/3d_secure_2/hosted?intent={found['id']}"
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}


def _refuse(
    world: World, found: Object, method: Object, codes: tuple[str, ...], text: str
) -> Exception:
    code, decline_code = codes
    charge = charges.fail(world, found, method, code, text)
    facts: dict[str, Any] = {"charge": charge["id"], "payment_method": dict(method)}
    refusal = declined(code, decline_code, text, **facts)
    found.update(
        status="requires_payment_method",
        last_payment_error=dict(refusal.error),
        latest_charge=charge["id"],
        payment_method=None,
    )
    world.emit("payment_intent.payment_failed", found)
    refusal.error["payment_intent"] = found
    return refusal


def capture(world: World, call: Call) -> Object:
    found = world.find(call.id, "payment_intent")
    if found["status"] != "requires_capture":
        raise _unexpected(found, "capture")
    wanted = call.number("amount_to_capture") or found["amount"]
    charge = charges.capture(world, world.find(found["latest_charge"], "charge"), wanted)
    return succeeded(world, found, charge)


def cancel(world: World, call: Call) -> Object:
    found = world.find(call.id, "payment_intent")
    if found["status"] in (*_ENDED, "processing"):
        raise _unexpected(found, "cancel")
    return cancelled(world, found, call.text("cancellation_reason"))


def cancelled(world: World, found: Object, reason: str | None) -> Object:
    found.update(status="canceled", canceled_at=world.now, cancellation_reason=reason)
    found["amount_capturable"] = 0
    world.emit("payment_intent.canceled", found)
    return found


def _unexpected(found: Object, verb: str) -> Exception:
    text = f"You cannot {verb} this PaymentIntent because it has a status of {found['status']}."
    refusal = invalid(text, "payment_intent_unexpected_state")
    refusal.error["payment_intent"] = dict(found)
    return refusal


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "payment_intent")


def update(world: World, call: Call) -> Object:
    found = world.find(call.id, "payment_intent")
    found["metadata"].update(call.metadata())
    for name in ("description", "setup_future_usage", "receipt_email"):
        if name in call.form:
            found[name] = call.text(name)
    return found


def many(world: World, call: Call) -> Object:
    return page(call, world.all("payment_intent"))
