"""Customers and the payment methods saved with them."""

import hashlib
from typing import Any

from tests.stripe.fake import cards
from tests.stripe.fake.errors import declined, invalid, required
from tests.stripe.fake.lists import page
from tests.stripe.fake.world import Call, Object, World

_EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_FIELDS = ("email", "name", "phone", "description")


def create(world: World, call: Call) -> Object:
    made = world.make(
        "customer",
        "cus",
        address=None,
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        discount=None,
        invoice_settings=_invoice_settings(call),
        livemode=world.livemode,
        metadata=call.metadata(),
        preferred_locales=[],
        shipping=None,
        tax_exempt="none",
        **{name: call.text(name) for name in _FIELDS},
    )
    world.emit("customer.created", made)
    return made


def _invoice_settings(call: Call) -> Object:
    default = call.group("invoice_settings").get("default_payment_method")
    return {
        "custom_fields": None,
        "default_payment_method": default,
        "footer": None,
        "rendering_options": None,
    }


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "customer")


def update(world: World, call: Call) -> Object:
    found = world.find(call.id, "customer")
    found.update({name: call.text(name) for name in _FIELDS if name in call.form})
    found["metadata"].update(call.metadata())
    if call.group("invoice_settings"):
        found["invoice_settings"] = _invoice_settings(call)
    world.emit("customer.updated", found)
    return found


def delete(world: World, call: Call) -> Object:
    found = world.find(call.id, "customer")
    world.emit("customer.deleted", found)
    del world.objects[""][found["id"]]
    return {"id": found["id"], "object": "customer", "deleted": True}


def many(world: World, call: Call) -> Object:
    return page(call, world.all("customer"))


# --- payment methods


def make_method(world: World, name: str, billing: dict[str, Any] | None = None) -> Object:
    """A fresh payment method that behaves as the test card `name` of the table."""
    given = billing or {}
    made = world.make(
        "payment_method",
        "pm",
        allow_redisplay="unspecified",
        billing_details={
            "address": {**_EMPTY_ADDRESS, **given.get("address", {})},
            "email": given.get("email"),
            "name": given.get("name"),
            "phone": given.get("phone"),
            "tax_id": None,
        },
        customer=None,
        livemode=world.livemode,
        metadata={},
        type="sepa_debit" if cards.CARDS[name].debit else "card",
    )
    world.behaviours[made["id"]] = name
    if made["type"] == "card":
        made["card"] = _card(name)
    else:
        made["sepa_debit"] = {
            "bank_code": "19043", "branch_code": "", "country": "AT", "fingerprint": _print(name),
            "generated_from": {"charge": None, "setup_attempt": None}, "last4": "3201",
        }  # fmt: skip
    return made


def _print(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _card(name: str) -> Object:
    return {
        "brand": "mastercard" if name == "mastercard" else "visa",
        "checks": dict.fromkeys(("address_line1_check", "address_postal_code_check"))
        | {"cvc_check": "pass"},
        "country": "US",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": _print(name),
        "funding": "credit",
        "generated_from": None,
        "last4": "4242",
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def method(world: World, id: str) -> Object:
    """A stored payment method; the name of a test card makes a fresh one. Raises: Refusal."""
    name = cards.known(id) if id.startswith("pm_card_") else None
    return make_method(world, name) if name else world.find(id, "payment_method")


def card_of(world: World, method: Object) -> cards.Card:
    return cards.CARDS[world.behaviours[method["id"]]]


def create_method(world: World, call: Call) -> Object:
    kind = call.text("type")
    if kind is None:
        raise required("type")
    if kind == "sepa_debit":
        name = cards.of_iban(str(call.group("sepa_debit").get("iban", "")))
        return make_method(world, name, call.group("billing_details"))
    token = str(call.group("card").get("token", ""))
    name = cards.known(token) or ""
    if not name:
        raise invalid(f"No such token: '{token}'", "resource_missing", "card[token]")
    return make_method(world, name, call.group("billing_details"))


def retrieve_method(world: World, call: Call) -> Object:
    return method(world, call.id)


def update_method(world: World, call: Call) -> Object:
    found = world.find(call.id, "payment_method")
    found["metadata"].update(call.metadata())
    world.emit("payment_method.updated", found)
    return found


def attach(world: World, call: Call) -> Object:
    customer = call.text("customer")
    if customer is None:
        raise required("customer")
    world.find(customer, "customer")
    found = method(world, call.id)
    save_for(world, found, customer)
    return found


def save_for(world: World, found: Object, customer: str) -> None:
    """Raises: Refusal when the card declines or is another customer's."""
    if found["customer"] == customer:
        return
    if found["customer"]:
        raise invalid("The payment method has already been attached to a customer.")
    card = card_of(world, found)
    if card.decline and not card.attachable:
        code, decline_code = card.decline
        raise declined(code, decline_code, "Your card was declined.")
    found["customer"] = customer
    world.emit("payment_method.attached", found)


def detach(world: World, call: Call) -> Object:
    found = world.find(call.id, "payment_method")
    if not found["customer"]:
        raise invalid("The payment method you provided is not attached to a customer.")
    found["customer"] = None
    world.emit("payment_method.detached", found)
    return found


def methods(world: World, call: Call) -> Object:
    """Also `/v1/customers/{id}/payment_methods`."""
    matched = {"customer": call.id} if call.id else {}
    return page(call, world.all("payment_method"), **matched)


def method_of_customer(world: World, call: Call) -> Object:
    customer, _, id = call.id.partition("/")
    found = world.find(id, "payment_method")
    if found["customer"] != customer:
        raise invalid("The payment method does not belong to the customer.", "resource_missing")
    return found
