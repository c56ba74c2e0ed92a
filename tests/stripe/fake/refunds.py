"""Refunds, never of more than is left of a charge."""

from tests.stripe.fake import customers
from tests.stripe.fake.errors import invalid
from tests.stripe.fake.lists import page
from tests.stripe.fake.money import amounts, book
from tests.stripe.fake.world import Call, Object, World


def create(world: World, call: Call) -> Object:
    charge = _charge(world, call)
    if charge["disputed"]:
        raise invalid("This charge has been charged back.", "charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise invalid("Charge has already been refunded.", "charge_already_refunded")
    wanted = call.number("amount")
    amount = left if wanted is None else wanted
    if amount <= 0:
        raise invalid("Invalid positive integer", "parameter_invalid_integer", "amount")
    if amount > left:
        text = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(text, param="amount")
    return _make(world, charge, amount, call)


def _charge(world: World, call: Call) -> Object:
    intent = call.text("payment_intent")
    if intent is None:
        return world.find(call.text("charge") or "", "charge")
    found = world.find(intent, "payment_intent")
    if found["status"] != "succeeded":
        text = f"This PaymentIntent ({intent}) does not have a successful charge to refund."
        raise invalid(text, "payment_intent_unexpected_state")
    return world.find(found["latest_charge"], "charge")


def _make(world: World, charge: Object, amount: int, call: Call) -> Object:
    method = world.find(charge["payment_method"], "payment_method")
    outcome = customers.card_of(world, method).refund
    funds = sum(amounts(world).get(charge["currency"], (0, 0)))
    short = world.refunds_need_funds and funds < amount
    waits = short or outcome == "pending"
    made = world.make(
        "refund",
        "re",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        metadata=call.metadata(),
        payment_intent=charge["payment_intent"],
        reason=call.text("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="pending" if waits else "succeeded",
        transfer_reversal=None,
    )
    if short:
        made["pending_reason"] = "insufficient_funds"
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if not waits:
        _book(world, made)
    world.emit("refund.created", made)
    world.emit("charge.refunded", charge)
    if outcome == "failed":
        fail(world, made, "expired_or_canceled_card")
    return made


def _book(world: World, made: Object) -> None:
    row = book(world, "refund", -made["amount"], made["currency"], made["id"])
    made["balance_transaction"] = row["id"]


def finish(world: World, found: Object) -> Object:
    """A waiting refund has arrived."""
    if found["status"] != "pending":
        raise invalid("This refund does not wait.")
    found["status"] = "succeeded"
    found.pop("pending_reason", None)
    _book(world, found)
    _tell(world, found)
    return found


def fail(world: World, found: Object, reason: str) -> Object:
    """The card's bank sends the money back, even after the refund had succeeded."""
    if found["status"] not in ("pending", "succeeded"):
        raise invalid("This refund has ended.")
    if found["balance_transaction"]:
        row = book(world, "refund_failure", found["amount"], found["currency"], found["id"])
        found["failure_balance_transaction"] = row["id"]
    found.update(status="failed", failure_reason=reason)
    found.pop("pending_reason", None)
    charge = world.find(found["charge"], "charge")
    charge["amount_refunded"] -= found["amount"]
    charge["refunded"] = False
    _tell(world, found)
    world.emit("refund.failed", found)
    return found


def _tell(world: World, found: Object) -> None:
    world.emit("refund.updated", found)
    world.emit("charge.refund.updated", found)


def update(world: World, call: Call) -> Object:
    found = world.find(call.id, "refund")
    found["metadata"].update(call.metadata())
    _tell(world, found)
    return found


def cancel(world: World, call: Call) -> Object:
    found = world.find(call.id, "refund")
    if found["status"] != "requires_action":
        raise invalid("This refund cannot be canceled.")
    found["status"] = "canceled"
    _tell(world, found)
    return found


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "refund")


def many(world: World, call: Call) -> Object:
    return page(call, world.all("refund"))
