"""Connect: payees' accounts, their onboarding, transfers to them and back."""

from tests.stripe.fake.errors import invalid, required
from tests.stripe.fake.lists import page
from tests.stripe.fake.money import book, require_amount, require_available
from tests.stripe.fake.world import Call, Object, World

_DUE = ["external_account", "tos_acceptance.date"]
_LINK_LIFE_S = 300


def create(world: World, call: Call) -> Object:
    kind = call.text("type") or "none"
    asked = call.group("capabilities")
    state = "active" if world.onboards_at_once else "inactive"
    ready = world.onboards_at_once
    return world.make(
        "account",
        "acct",
        business_profile=None,
        business_type=call.text("business_type"),
        capabilities=dict.fromkeys(asked, state) | ({"transfers": state} if ready else {}),
        charges_enabled=ready,
        country=call.text("country") or "US",
        default_currency="usd",
        details_submitted=ready,
        email=call.text("email"),
        external_accounts=_empty("external_accounts"),
        metadata=call.metadata(),
        payouts_enabled=ready,
        requirements=_requirements([] if ready else _DUE),
        settings=None,
        tos_acceptance={"date": None},
        type=kind,
    )


def _empty(path: str) -> Object:
    return {"object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{path}"}


def _requirements(due: list[str]) -> Object:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": "requirements.past_due" if due else None,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def onboard(world: World, found: Object) -> Object:
    """The payee has answered all of Stripe's questions."""
    found["capabilities"] = dict.fromkeys(found["capabilities"], "active")
    found.update(charges_enabled=True, payouts_enabled=True, details_submitted=True)
    found["requirements"] = _requirements([])
    world.emit("account.updated", found, found["id"])
    return found


def restrict(world: World, found: Object) -> Object:
    """Stripe wants more papers; nothing goes to this account until they come."""
    found["capabilities"] = dict.fromkeys(found["capabilities"], "inactive")
    found.update(payouts_enabled=False, charges_enabled=False)
    found["requirements"] = _requirements(["individual.verification.document"])
    world.emit("account.updated", found, found["id"])
    return found


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "account")


def update(world: World, call: Call) -> Object:
    found = world.find(call.id, "account")
    found["metadata"].update(call.metadata())
    for name in call.group("capabilities"):
        found["capabilities"].setdefault(name, "inactive")
    world.emit("account.updated", found, found["id"])
    return found


def delete(world: World, call: Call) -> Object:
    found = world.find(call.id, "account")
    about = {"id": world.id("ca"), "object": "application", "name": "Minuta"}
    world.emit("account.application.deauthorized", about, found["id"])
    del world.objects[""][found["id"]]
    return {"id": found["id"], "object": "account", "deleted": True}


def many(world: World, call: Call) -> Object:
    return page(call, world.all("account"))


def link(world: World, call: Call) -> Object:
    account = world.find(call.text("account") or "", "account")
    for name in ("refresh_url", "return_url", "type"):
        if not call.text(name):
            raise required(name)
    url = f"https://connect.stripe.com/setup/s/{account['id']}/{world.id('link')}"
    expiry = world.now + _LINK_LIFE_S
    return {"object": "account_link", "created": world.now, "expires_at": expiry, "url": url}


# --- transfers


def transfer(world: World, call: Call) -> Object:
    """Raises: Refusal ("balance_insufficient", "insufficient_capabilities_for_transfer" …)."""
    amount, currency = require_amount(call), call.text("currency")
    if currency is None:
        raise required("currency")
    destination = call.text("destination")
    if destination is None:
        raise required("destination")
    account = world.find(destination, "account")
    if account["capabilities"].get("transfers") != "active":
        text = "Your destination account needs to have the `transfers` capability enabled."
        raise invalid(text, "insufficient_capabilities_for_transfer", "destination")
    if not call.text("source_transaction"):
        require_available(world, amount, currency)
    return _make(world, call, amount, currency, account)


def _make(world: World, call: Call, amount: int, currency: str, account: Object) -> Object:
    made = world.make(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        balance_transaction=None,
        currency=currency,
        description=call.text("description"),
        destination=account["id"],
        destination_payment=world.id("py"),
        livemode=world.livemode,
        metadata=call.metadata(),
        reversals={},
        reversed=False,
        source_transaction=call.text("source_transaction"),
        source_type="card",
        transfer_group=call.text("transfer_group"),
    )
    made["reversals"] = {**_empty(""), "url": f"/v1/transfers/{made['id']}/reversals"}
    made["balance_transaction"] = book(world, "transfer", -amount, currency, made["id"])["id"]
    book(world, "payment", amount, currency, made["destination_payment"], account=account["id"])
    world.emit("transfer.created", made)
    return made


def retrieve_transfer(world: World, call: Call) -> Object:
    return world.find(call.id, "transfer")


def update_transfer(world: World, call: Call) -> Object:
    found = world.find(call.id, "transfer")
    found["metadata"].update(call.metadata())
    world.emit("transfer.updated", found)
    return found


def transfers(world: World, call: Call) -> Object:
    return page(call, world.all("transfer"))


def reverse(world: World, call: Call) -> Object:
    """Take a transfer back, as far as the payee's balance goes. Raises: Refusal."""
    found = world.find(call.id, "transfer")
    left = found["amount"] - found["amount_reversed"]
    amount = call.number("amount") or left
    if amount > left or left == 0:
        text = f"The amount to reverse ({amount}) exceeds the rest of the transfer ({left})."
        raise invalid(text, "amount_too_large", "amount")
    require_available(world, amount, found["currency"], found["destination"])
    made = world.make(
        "transfer_reversal",
        "trr",
        amount=amount,
        balance_transaction=None,
        currency=found["currency"],
        destination_payment_refund=None,
        metadata=call.metadata(),
        source_refund=None,
        transfer=found["id"],
    )
    row = book(world, "transfer_refund", amount, found["currency"], found["id"])
    made["balance_transaction"] = row["id"]
    account = found["destination"]
    book(world, "payment_refund", -amount, found["currency"], made["id"], account=account)
    found["amount_reversed"] += amount
    found["reversed"] = found["amount_reversed"] == found["amount"]
    found["reversals"]["data"].insert(0, dict(made))
    world.emit("transfer.reversed", found)
    return made


def reversals(world: World, call: Call) -> Object:
    world.find(call.id, "transfer")
    return page(call, world.all("transfer_reversal"), transfer=call.id)
