"""Checkout sessions: a hosted page that makes a payment or saves a card."""

from tests.stripe.fake import customers, intents, setups
from tests.stripe.fake.errors import Refusal, invalid, required
from tests.stripe.fake.lists import page
from tests.stripe.fake.world import DAY_S, Call, Form, Object, World

_LIFE_LEAST_S = 1800
_ASIDE_S = 60  # Stripe is as lenient with callers whose clock is a little off


def create(world: World, call: Call) -> Object:
    mode = call.text("mode")
    if mode not in ("payment", "setup"):
        raise invalid("Invalid mode.", "parameter_missing" if not mode else "", "mode")
    if not call.text("success_url"):
        raise required("success_url")
    customer = call.text("customer")
    if customer:
        world.find(customer, "customer")
    amount, currency = _total(world, call, mode)
    made = _make(world, call, mode, amount, currency)
    if mode == "setup":
        data = call.group("setup_intent_data")
        made["setup_intent"] = setups.make(world, data, customer, _metadata(data))["id"]
    return made


def _total(world: World, call: Call, mode: str) -> tuple[int | None, str | None]:
    if mode == "setup":
        return None, call.text("currency")
    items = call.form.get("line_items")
    if not isinstance(items, list):
        raise required("line_items")
    amount, currency = 0, ""
    for item in items:
        price = item.get("price_data") or world.find(item.get("price", ""), "price")
        if isinstance(item.get("price_data"), dict) and "product_data" not in item["price_data"]:
            raise required("line_items[0][price_data][product_data]")
        amount += int(price["unit_amount"]) * int(item.get("quantity", 1))
        currency = str(price["currency"])
    intents.check_least(amount, currency)
    return amount, currency


def _expiry(world: World, call: Call) -> int:
    asked = call.number("expires_at")
    if asked is None:
        return world.now + DAY_S
    if not _LIFE_LEAST_S - _ASIDE_S <= asked - world.now <= DAY_S + _ASIDE_S:
        text = "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
        raise invalid(text, param="expires_at")
    return asked


def _metadata(data: Form) -> dict[str, str]:
    given = data.get("metadata")
    return {k: str(v) for k, v in given.items()} if isinstance(given, dict) else {}


def _make(world: World, call: Call, mode: str, amount: int | None, currency: str | None) -> Object:
    expires_at = _expiry(world, call)
    types = call.form.get("payment_method_types")
    made = world.make(
        "checkout.session",
        "cs_test",
        adaptive_pricing={"enabled": False},
        after_expiration=None,
        allow_promotion_codes=None,
        amount_subtotal=amount,
        amount_total=amount,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=None,
        cancel_url=call.text("cancel_url"),
        client_reference_id=call.text("client_reference_id"),
        client_secret=None,
        consent=None,
        consent_collection=None,
        currency=currency,
        custom_fields=[],
        custom_text=dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        customer=call.text("customer"),
        customer_creation=call.text("customer_creation") or "if_required",
        customer_details=None,
        customer_email=call.text("customer_email"),
        expires_at=expires_at,
        invoice=None,
        livemode=world.livemode,
        locale=call.text("locale"),
        metadata=call.metadata(),
        mode=mode,
        payment_intent=None,
        payment_link=None,
        payment_method_collection="if_required",
        payment_method_options={},
        payment_method_types=types if isinstance(types, list) else ["card"],
        payment_status="no_payment_required" if mode == "setup" else "unpaid",
        phone_number_collection={"enabled": False},
        recovered_from=None,
        setup_intent=None,
        shipping_cost=None,
        shipping_options=[],
        status="open",
        submit_type=None,
        subscription=None,
        success_url=call.text("success_url"),
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
    )
    made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
    world.checkouts[made["id"]] = call.group("payment_intent_data")
    return made


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "checkout.session")


def many(world: World, call: Call) -> Object:
    return page(call, world.all("checkout.session"))


def expire(world: World, call: Call) -> Object:
    found = world.find(call.id, "checkout.session")
    if found["status"] != "open":
        text = f'Only Checkout Sessions with a status in ["open"] can be expired: {found["id"]}.'
        raise invalid(text)
    return expired(world, found)


def expired(world: World, found: Object) -> Object:
    found.update(status="expired", url=None)
    if found["payment_intent"]:
        intent = world.find(found["payment_intent"], "payment_intent")
        intents.cancelled(world, intent, "abandoned")
    world.emit("checkout.session.expired", found)
    return found


# --- the hosted page


def page_of(world: World, call: Call) -> Object:
    """What the page in the payer's browser loads."""
    return world.find(call.id, "checkout.session")


def confirm_page(world: World, call: Call) -> Object:
    """The payer pays. Raises: Refusal when the card declines; the page stays open."""
    found = world.find(call.id, "checkout.session")
    expected = call.number("expected_amount")
    if expected is not None and expected != found["amount_total"]:
        raise invalid("The amount has changed.", "checkout_amount_mismatch")
    pay(world, found, customers.method(world, call.text("payment_method") or ""))
    return found


def pay(world: World, found: Object, method: Object) -> Object:
    """Raises: Refusal when the card declines; the page stays open for another try."""
    if found["status"] != "open" or found["expires_at"] <= world.now:
        raise invalid("This Checkout Session is no longer open.", "checkout_session_closed")
    if found["mode"] == "setup":
        return _save(world, found, method)
    intent = _intent_of(world, found)
    intent["payment_method"] = method["id"]
    intents.attempt(world, intent, off_session=False, present=True)
    paid = intent["status"] == "succeeded"
    return _completed(world, found, method, "paid" if paid else "unpaid")


def _intent_of(world: World, found: Object) -> Object:
    """Made at the first try to pay, and kept for the next ones."""
    if found["payment_intent"]:
        return world.find(found["payment_intent"], "payment_intent")
    data = world.checkouts[found["id"]]
    if data.get("setup_future_usage") and not found["customer"]:
        found["customer"] = customers.create(world, Call("POST", "/v1/customers"))["id"]
    made = intents.make(
        world,
        found["amount_total"],
        found["currency"],
        {**data, "payment_method_types": found["payment_method_types"]},
        found["customer"],
        _metadata(data),
    )
    found["payment_intent"] = made["id"]
    world.emit("payment_intent.created", made)
    return made


def _save(world: World, found: Object, method: Object) -> Object:
    setup = world.find(found["setup_intent"], "setup_intent")
    card = customers.card_of(world, method)
    if card.decline and not card.attachable:
        raise Refusal(402, {"type": "card_error", "code": card.decline[0], "message": "No."})
    setup["payment_method"] = method["id"]
    setups.finish(world, setup)
    return _completed(world, found, method, "no_payment_required")


def _completed(world: World, found: Object, method: Object, status: str) -> Object:
    billing = method["billing_details"]
    found["customer_details"] = {
        "address": billing["address"],
        "business_name": None,
        "email": found["customer_email"] or billing["email"] or "payer@example.test",
        "individual_name": None,
        "name": billing["name"],
        "phone": billing["phone"],
        "tax_exempt": "none",
        "tax_ids": [],
    }
    found.update(status="complete", payment_status=status, url=None)
    world.emit("checkout.session.completed", found)
    return found
