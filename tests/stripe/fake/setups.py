"""SetupIntents: saving a card without charging it."""

from tests.stripe.fake import customers
from tests.stripe.fake.errors import declined, invalid
from tests.stripe.fake.lists import page
from tests.stripe.fake.world import Call, Form, Object, World


def create(world: World, call: Call) -> Object:
    customer = call.text("customer")
    if customer:
        world.find(customer, "customer")
    made = make(world, call.form, customer, call.metadata())
    method = call.text("payment_method")
    if method:
        made["payment_method"] = customers.method(world, method)["id"]
        made["status"] = "requires_confirmation"
    world.emit("setup_intent.created", made)
    return _confirm(world, made) if call.flag("confirm") else made


def make(world: World, form: Form, customer: str | None, metadata: dict[str, str]) -> Object:
    types = form.get("payment_method_types")
    made = world.make(
        "setup_intent",
        "seti",
        application=None,
        automatic_payment_methods=None,
        cancellation_reason=None,
        customer=customer,
        description=form.get("description"),
        flow_directions=None,
        last_setup_error=None,
        latest_attempt=None,
        livemode=world.livemode,
        mandate=None,
        metadata=metadata,
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_types=types if isinstance(types, list) else ["card"],
        single_use_mandate=None,
        status="requires_payment_method",
        usage=form.get("usage", "off_session"),
    )
    made["client_secret"] = f"{made['id']}_secret_test"
    return made


def confirm(world: World, call: Call) -> Object:
    found = world.find(call.id, "setup_intent")
    if found["status"] in ("succeeded", "canceled"):
        raise invalid("This SetupIntent has ended.", "setup_intent_unexpected_state")
    method = call.text("payment_method")
    if method:
        found["payment_method"] = customers.method(world, method)["id"]
    return _confirm(world, found)


def _confirm(world: World, found: Object) -> Object:
    if not found["payment_method"]:
        raise invalid("The SetupIntent has no payment method.", "setup_intent_unexpected_state")
    method = world.find(found["payment_method"], "payment_method")
    card = customers.card_of(world, method)
    if card.asks_again:
        found["status"] = "requires_action"
        found["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": None, "url": "https://hooks.stripe.com/3ds"},
        }
        world.emit("setup_intent.requires_action", found)
        return found
    if card.decline and not card.attachable:
        return _failed(world, found, *card.decline)
    return finish(world, found)


def _failed(world: World, found: Object, code: str, decline_code: str) -> Object:
    refusal = declined(code, decline_code, "Your card was declined.")
    found.update(status="requires_payment_method", last_setup_error=dict(refusal.error))
    found["payment_method"] = None
    world.emit("setup_intent.setup_failed", found)
    refusal.error["setup_intent"] = found
    raise refusal


def finish(world: World, found: Object) -> Object:
    """The card is saved, with the customer when there is one."""
    if found["customer"]:
        method = world.find(found["payment_method"], "payment_method")
        customers.save_for(world, method, found["customer"])
    found.update(status="succeeded", next_action=None)
    world.emit("setup_intent.succeeded", found)
    return found


def cancel(world: World, call: Call) -> Object:
    found = world.find(call.id, "setup_intent")
    if found["status"] in ("succeeded", "canceled"):
        raise invalid("This SetupIntent has ended.", "setup_intent_unexpected_state")
    found.update(status="canceled", cancellation_reason=call.text("cancellation_reason"))
    world.emit("setup_intent.canceled", found)
    return found


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "setup_intent")


def many(world: World, call: Call) -> Object:
    return page(call, world.all("setup_intent"))
