"""Payouts from a Stripe balance to a bank, the platform's own or a connected account's."""

from tests.stripe.fake.errors import invalid, required
from tests.stripe.fake.lists import page
from tests.stripe.fake.money import book, require_amount, require_available
from tests.stripe.fake.world import DAY_S, Call, Object, World


def create(world: World, call: Call) -> Object:
    amount, currency = require_amount(call), call.text("currency")
    if currency is None:
        raise required("currency")
    require_available(world, amount, currency, call.account)
    return make(world, amount, currency, call.account, call.metadata(), call.text("description"))


def make(
    world: World,
    amount: int,
    currency: str,
    account: str = "",
    metadata: dict[str, str] | None = None,
    description: str | None = None,
) -> Object:
    made = world.make(
        "payout",
        "po",
        account,
        amount=amount,
        application_fee=None,
        application_fee_amount=None,
        arrival_date=world.now + 2 * DAY_S,
        automatic=metadata is None,
        balance_transaction=None,
        currency=currency,
        description=description,
        destination=world.id("ba"),
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        livemode=world.livemode,
        metadata=metadata or {},
        method="standard",
        original_payout=None,
        payout_method=None,
        reconciliation_status="not_applicable",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="pending",
        trace_id=None,
        type="bank_account",
    )
    row = book(world, "payout", -amount, currency, made["id"], account=account)
    made["balance_transaction"] = row["id"]
    world.emit("payout.created", made, account)
    return made


def arrive(world: World, found: Object, account: str = "") -> Object:
    """Raises: Refusal when it has ended."""
    if found["status"] not in ("pending", "in_transit"):
        raise invalid("This payout has ended.")
    found["status"] = "paid"
    world.emit("payout.updated", found, account)
    world.emit("payout.paid", found, account)
    return found


def fail(world: World, found: Object, code: str = "account_closed", account: str = "") -> Object:
    """The bank sends it back: before it arrived, or up to days after."""
    if found["status"] in ("failed", "canceled"):
        raise invalid("This payout has ended.")
    row = book(
        world, "payout_failure", found["amount"], found["currency"], found["id"], account=account
    )
    found.update(status="failed", failure_code=code, failure_balance_transaction=row["id"])
    found["failure_message"] = "The bank account has been closed."
    world.emit("payout.updated", found, account)
    world.emit("payout.failed", found, account)
    return found


def retrieve(world: World, call: Call) -> Object:
    return world.find(call.id, "payout", call.account)


def update(world: World, call: Call) -> Object:
    found = world.find(call.id, "payout", call.account)
    found["metadata"].update(call.metadata())
    world.emit("payout.updated", found, call.account)
    return found


def cancel(world: World, call: Call) -> Object:
    found = world.find(call.id, "payout", call.account)
    if found["status"] != "pending":
        raise invalid("Payouts can only be canceled while they are pending.")
    row = book(
        world, "payout_cancel", found["amount"], found["currency"], found["id"],
        account=call.account,
    )  # fmt: skip
    found.update(status="canceled", failure_balance_transaction=row["id"])
    world.emit("payout.canceled", found, call.account)
    return found


def many(world: World, call: Call) -> Object:
    return page(call, world.all("payout", call.account))
