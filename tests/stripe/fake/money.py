"""The platform's and the connected accounts' balances, as balance transactions."""

from typing import Any

from tests.stripe.fake.errors import invalid
from tests.stripe.fake.lists import page
from tests.stripe.fake.world import Call, Object, World

DISPUTE_FEE = 1500
_CATEGORIES = {"adjustment": "dispute", "payment": "charge", "transfer_refund": "transfer_reversal"}
CURRENCIES_OF_50_CENTS = ("usd", "eur", "gbp")


def fee_of(amount: int) -> int:
    """2.9 % and thirty cents."""
    return amount * 29 // 1000 + 30


def book(
    world: World,
    kind: str,
    amount: int,
    currency: str,
    source: str,
    *,
    fee: int = 0,
    pending_s: int = 0,
    account: str = "",
    category: str = "",
) -> Object:
    """Move a balance. `amount` is signed, `fee` is taken besides."""
    details = [{"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}]
    return world.make(
        "balance_transaction",
        "txn",
        account,
        amount=amount,
        available_on=world.now + pending_s,
        balance_type="payments",
        currency=currency,
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[{**d, "description": "Stripe processing fees"} for d in details if fee],
        net=amount - fee,
        reporting_category=category or _CATEGORIES.get(kind, kind),
        source=source,
        status="pending" if pending_s else "available",
        type=kind,
    )


def amounts(world: World, account: str = "") -> dict[str, tuple[int, int]]:
    """Available and pending minor units of every currency."""
    found: dict[str, tuple[int, int]] = {}
    for row in world.all("balance_transaction", account):
        available, pending = found.get(row["currency"], (0, 0))
        ready = row["available_on"] <= world.now
        row["status"] = "available" if ready else "pending"
        change = (row["net"], 0) if ready else (0, row["net"])
        found[row["currency"]] = (available + change[0], pending + change[1])
    return found


def require_available(world: World, amount: int, currency: str, account: str = "") -> None:
    """Raises: Refusal ("balance_insufficient")."""
    available = amounts(world, account).get(currency, (0, 0))[0]
    if available < amount:
        text = f"You have insufficient available funds in your Stripe account: {available}."
        raise invalid(text, "balance_insufficient")


def require_amount(call: Call, name: str = "amount") -> int:
    """Raises: Refusal."""
    amount = call.number(name)
    if amount is None:
        raise invalid(f"Missing required param: {name}.", "parameter_missing", name)
    if amount <= 0:
        text = "This value must be greater than or equal to 1."
        raise invalid(text, "parameter_invalid_integer", name)
    return amount


def balance(world: World, call: Call) -> Object:
    def part(index: int) -> list[dict[str, Any]]:
        mine = amounts(world, call.account).items()
        return [
            {"amount": both[index], "currency": code, "source_types": {"card": both[index]}}
            for code, both in sorted(mine)
        ]

    return {
        "object": "balance",
        "available": part(0),
        "livemode": world.livemode,
        "pending": part(1),
    }


def transaction(world: World, call: Call) -> Object:
    amounts(world, call.account)
    return world.find(call.id, "balance_transaction", call.account)


def transactions(world: World, call: Call) -> Object:
    amounts(world, call.account)
    return page(call, world.all("balance_transaction", call.account))
