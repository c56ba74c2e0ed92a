"""Disputes, inquiries and early fraud warnings."""

from tests.stripe.fake.errors import invalid
from tests.stripe.fake.lists import page
from tests.stripe.fake.money import DISPUTE_FEE, book
from tests.stripe.fake.world import DAY_S, Call, Object, World

EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip
_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_one(world: World, charge: Object, reason: str, inquiry: bool = False) -> Object:
    """The payer's bank takes the money back, or only asks."""
    made = world.make(
        "dispute",
        "du",
        amount=charge["amount"] - (0 if inquiry else charge["amount_refunded"]),
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        evidence_details={
            "due_by": world.now + 7 * DAY_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=inquiry,
        livemode=world.livemode,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    charge["disputed"] = not inquiry
    world.emit("charge.dispute.created", made)
    if not inquiry:
        _move(world, made, -made["amount"], DISPUTE_FEE, "dispute")
        world.emit("charge.dispute.funds_withdrawn", made)
    return made


def _move(world: World, found: Object, amount: int, fee: int, category: str) -> None:
    row = book(
        world,
        "adjustment",
        amount,
        found["currency"],
        found["id"],
        fee=fee,
        category=category,
    )
    found["balance_transactions"].append(dict(row))


def warn(world: World, charge: Object) -> Object:
    """The card's issuer suspects fraud, before any dispute."""
    made = world.make(
        "radar.early_fraud_warning",
        "issfr",
        actionable=True,
        charge=charge["id"],
        fraud_type="made_with_stolen_card",
        livemode=world.livemode,
        payment_intent=charge["payment_intent"],
    )
    world.emit("radar.early_fraud_warning.created", made)
    return made


def update(world: World, call: Call) -> Object:
    """Evidence is staged, and submitted when asked."""
    found = world.find(call.id, "dispute")
    if found["status"] not in _OPEN:
        raise invalid("This dispute is already closed.")
    given = call.group("evidence")
    found["metadata"].update(call.metadata())
    found["evidence"].update(given)
    found["evidence_details"]["has_evidence"] |= bool(given)
    if given and str(call.form.get("submit", "true")).lower() == "true":
        found["evidence_details"]["submission_count"] += 1
        found["status"] = found["status"].replace("needs_response", "under_review")
    world.emit("charge.dispute.updated", found)
    return found


def accept(world: World, call: Call) -> Object:
    """We give in."""
    found = world.find(call.id, "dispute")
    if found["status"] not in _OPEN:
        raise invalid("This dispute is already closed.")
    return close(world, found, won=False)


def close(world: World, found: Object, won: bool) -> Object:
    """The bank's verdict; an inquiry just ends."""
    if found["status"] not in _OPEN:
        raise invalid("This dispute is already closed.")
    if found["status"].startswith("warning"):
        found["status"] = "warning_closed"
        world.emit("charge.dispute.closed", found)
        return found
    found["status"] = "won" if won else "lost"
    if won:
        _move(world, found, found["amount"], 0, "dispute_reversal")
    world.emit("charge.dispute.closed", found)
    if won:
        world.emit("charge.dispute.funds_reinstated", found)
    return found


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "dispute")


def many(world: World, call: Call) -> Object:
    return page(call, world.all("dispute"))


def warning(world: World, call: Call) -> Object:
    return world.find(call.id, "radar.early_fraud_warning")


def warnings(world: World, call: Call) -> Object:
    return page(call, world.all("radar.early_fraud_warning"))
