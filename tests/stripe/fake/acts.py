"""What others do: payers, their banks, and time.

Each takes the world and ids; the objects answered are the world's own.
"""

from tests.stripe.fake import checkout, connect, customers, disputes, intents, payouts, refunds
from tests.stripe.fake.charges import book_charge
from tests.stripe.fake.errors import Refusal
from tests.stripe.fake.money import amounts
from tests.stripe.fake.world import Call, Object, World


def pay(world: World, session: str, card: str = "visa") -> Object:
    """The payer enters a test card on the page of a Checkout session. Raises: Refusal (402)."""
    found = world.find(session, "checkout.session")
    return checkout.pay(world, found, customers.make_method(world, card))


def try_to_pay(world: World, session: str, card: str) -> str:
    """As `pay` with a card that declines; answers the decline code."""
    try:
        pay(world, session, card)
    except Refusal as refusal:
        return str(refusal.error["decline_code"])
    raise AssertionError(f"{card} paid")


def save_card(world: World, customer: str, card: str = "visa") -> str:
    """A payment method that a customer has agreed to be charged with."""
    method = customers.make_method(world, card)
    customers.save_for(world, method, customer)
    return str(method["id"])


def confirm(world: World, intent: str, card: str = "visa") -> Object:
    """The owner comes to a payment that failed in her absence and pays it with a card."""
    found = world.find(intent, "payment_intent")
    found["payment_method"] = customers.make_method(world, card)["id"]
    return intents.attempt(world, found, off_session=False, present=True)


def authenticate(world: World, intent: str, passed: bool = True) -> Object:
    """The cardholder answers the bank's question."""
    found = world.find(intent, "payment_intent")
    if passed:
        return intents.attempt(world, found, off_session=False, present=True)
    error = {
        "type": "invalid_request_error",
        "code": "payment_intent_authentication_failure",
        "message": "The provided payment method has failed authentication.",
    }
    found.update(status="requires_payment_method", last_payment_error=error, next_action=None)
    world.emit("payment_intent.payment_failed", found)
    return found


def settle_debits(world: World) -> None:
    """Bank debits that were under way end as their accounts will."""
    from tests.stripe.fake import charges

    for intent in reversed(world.all("payment_intent")):
        if intent["status"] != "processing":
            continue
        method = world.find(intent["payment_method"], "payment_method")
        good = customers.card_of(world, method).debit == "succeeds"
        if good:
            intents.succeeded(world, intent, charges.succeed(world, intent, method))
        else:
            charges.fail(world, intent, method, "insufficient_funds", "The debit was returned.")
            intent["status"] = "requires_payment_method"
            world.emit("payment_intent.payment_failed", intent)
        _tell_page(world, intent["id"], good)


def _tell_page(world: World, intent: str, good: bool) -> None:
    for session in world.all("checkout.session"):
        if session["payment_intent"] == intent:
            session["payment_status"] = "paid" if good else "unpaid"
            ending = "succeeded" if good else "failed"
            world.emit(f"checkout.session.async_payment_{ending}", session)


def book_fees(world: World) -> None:
    """Balance transactions of charges that showed none yet."""
    for charge in reversed(world.all("charge")):
        if charge["captured"] and not charge["balance_transaction"]:
            book_charge(world, charge)
            world.emit("charge.updated", charge)


def _charge_of(world: World, intent: str) -> Object:
    return world.find(world.find(intent, "payment_intent")["latest_charge"], "charge")


def dispute(world: World, intent: str, reason: str = "fraudulent", inquiry: bool = False) -> Object:
    return disputes.open_one(world, _charge_of(world, intent), reason, inquiry)


def answer_dispute(world: World, dispute: str) -> Object:
    """Evidence was sent, by whatever way."""
    form = {"evidence": {"product_description": "An hour of help"}, "submit": "true"}
    call = Call("POST", f"/v1/disputes/{dispute}", form, id=dispute)
    return disputes.update(world, call)


def close_dispute(world: World, dispute: str, won: bool) -> Object:
    return disputes.close(world, world.find(dispute, "dispute"), won)


def warn_of_fraud(world: World, intent: str) -> Object:
    return disputes.warn(world, _charge_of(world, intent))


def finish_refund(world: World, refund: str) -> Object:
    return refunds.finish(world, world.find(refund, "refund"))


def fail_refund(world: World, refund: str, reason: str = "lost_or_stolen_card") -> Object:
    return refunds.fail(world, world.find(refund, "refund"), reason)


def onboard(world: World, account: str) -> Object:
    return connect.onboard(world, world.find(account, "account"))


def restrict(world: World, account: str) -> Object:
    return connect.restrict(world, world.find(account, "account"))


def pay_out_all(world: World, account: str = "") -> list[Object]:
    """Stripe's own schedule sends what is available to the bank."""
    available = [(code, both[0]) for code, both in amounts(world, account).items()]
    return [payouts.make(world, sum_, code, account) for code, sum_ in available if sum_ > 0]


def arrive(world: World, payout: str, account: str = "") -> Object:
    return payouts.arrive(world, world.find(payout, "payout", account), account)


def return_payout(world: World, payout: str, account: str = "") -> Object:
    return payouts.fail(world, world.find(payout, "payout", account), account=account)


def advance(world: World, seconds: int) -> None:
    """Time passes; pages that nobody paid expire."""
    world.now += seconds
    for session in reversed(world.all("checkout.session")):
        if session["status"] == "open" and session["expires_at"] <= world.now:
            checkout.expired(world, session)
