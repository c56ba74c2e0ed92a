"""Charges: what a try to take money leaves behind."""

from tests.stripe.fake import customers
from tests.stripe.fake.errors import invalid
from tests.stripe.fake.lists import page
from tests.stripe.fake.money import book, fee_of
from tests.stripe.fake.world import Call, Object, World


def _make(world: World, intent: Object, method: Object) -> Object:
    kind = method["type"]
    return world.make(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="MINUTA",
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        livemode=world.livemode,
        metadata=dict(intent["metadata"]),
        on_behalf_of=None,
        outcome=None,
        paid=True,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": kind, kind: _details(method)},
        receipt_email=None,
        receipt_number=None,
        receipt_url="https://pay.stripe.com/receipts/test",
        refunded=False,
        review=None,
        shipping=None,
        source_transfer=None,
        statement_descriptor=None,
        statement_descriptor_suffix=None,
        status="succeeded",
        transfer_data=None,
        transfer_group=intent["transfer_group"],
    )


def _details(method: Object) -> Object:
    if method["type"] == "sepa_debit":
        kept = ("bank_code", "branch_code", "country", "fingerprint", "last4")
        details = {name: method["sepa_debit"][name] for name in kept}
        return {**details, "mandate": None}
    card = method["card"]
    kept = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    details = {name: card[name] for name in kept}
    unset = dict.fromkeys(("checks", "installments", "mandate", "three_d_secure", "wallet"))
    return {**details, **unset, "network": card["brand"]}


def fail(world: World, intent: Object, method: Object, code: str, text: str) -> Object:
    made = _make(world, intent, method)
    made.update(paid=False, status="failed", failure_code=code, failure_message=text)
    made["outcome"] = _outcome("issuer_declined", "declined_by_network")
    world.emit("charge.failed", made)
    return made


def authorise(world: World, intent: Object, method: Object) -> Object:
    made = _make(world, intent, method)
    made["outcome"] = _outcome("authorized", "approved_by_network")
    world.emit("charge.succeeded", made)
    return made


def succeed(world: World, intent: Object, method: Object) -> Object:
    made = _make(world, intent, method)
    made["outcome"] = _outcome("authorized", "approved_by_network")
    made.update(captured=True, amount_captured=made["amount"])
    if not world.late_fees:
        book_charge(world, made)
    world.emit("charge.succeeded", made)
    return made


def capture(world: World, charge: Object, amount: int) -> Object:
    """Raises: Refusal."""
    if amount > charge["amount"]:
        raise invalid("The amount is greater than can be captured.", "amount_too_large")
    charge.update(captured=True, amount_captured=amount)
    rest = charge["amount"] - amount
    charge.update(amount_refunded=rest)
    book_charge(world, charge)
    world.emit("charge.captured", charge)
    return charge


def book_charge(world: World, charge: Object) -> None:
    """The money reaches the balance, less the fee."""
    method = world.find(charge["payment_method"], "payment_method")
    at_once = customers.card_of(world, method).available_at_once
    amount = charge["amount_captured"]
    row = book(
        world,
        "charge",
        amount,
        charge["currency"],
        charge["id"],
        fee=fee_of(amount),
        pending_s=0 if at_once else world.clearing_s,
    )
    charge["balance_transaction"] = row["id"]


def aftermath(world: World, charge: Object) -> None:
    """Disputes and warnings that some test cards bring with them."""
    from tests.stripe.fake import disputes

    method = world.find(charge["payment_method"], "payment_method")
    card = customers.card_of(world, method)
    if card.dispute:
        disputes.open_one(world, charge, card.dispute, card.inquiry)
    if card.warning:
        disputes.warn(world, charge)


def _outcome(kind: str, network: str) -> Object:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None if kind == "authorized" else "generic_decline",
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete." if kind == "authorized" else "Declined.",
        "type": kind,
    }


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "charge")


def many(world: World, call: Call) -> Object:
    return page(call, world.all("charge"))
