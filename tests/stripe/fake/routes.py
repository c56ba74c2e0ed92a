"""Which function answers which path."""

import re
from dataclasses import replace

from tests.stripe.fake import (
    catalogue,
    charges,
    checkout,
    connect,
    customers,
    disputes,
    events,
    intents,
    money,
    payouts,
    refunds,
    setups,
)
from tests.stripe.fake.errors import invalid
from tests.stripe.fake.lists import page
from tests.stripe.fake.world import Call, Handler, Object, World

ID = r"([\w.]+)"


def search(world: World, call: Call) -> Object:
    """Only `metadata['name']:'value'`, as our jobs look for lost objects."""
    kind = call.path.split("/")[2].removesuffix("s")
    asked = re.findall(r"metadata\[['\"](.+?)['\"]\]:['\"](.+?)['\"]", str(call.form.get("query")))
    if not asked:
        raise invalid("We were unable to parse your search query.", param="query")
    rows = world.all(kind)
    found = [row for row in rows if all(row["metadata"].get(n) == v for n, v in asked)]
    listed = page(replace(call, form={"limit": call.form.get("limit", "10")}), found)
    return {**listed, "object": "search_result", "next_page": None}


ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers", customers.many),
    ("GET", "/v1/customers/search", search),
    ("GET", f"/v1/customers/{ID}", customers.retrieve),
    ("POST", f"/v1/customers/{ID}", customers.update),
    ("DELETE", f"/v1/customers/{ID}", customers.delete),
    ("GET", f"/v1/customers/{ID}/payment_methods", customers.methods),
    ("GET", rf"/v1/customers/{ID}/payment_methods/{ID}", customers.method_of_customer),
    ("POST", "/v1/payment_methods", customers.create_method),
    ("GET", "/v1/payment_methods", customers.methods),
    ("GET", f"/v1/payment_methods/{ID}", customers.retrieve_method),
    ("POST", f"/v1/payment_methods/{ID}", customers.update_method),
    ("POST", f"/v1/payment_methods/{ID}/attach", customers.attach),
    ("POST", f"/v1/payment_methods/{ID}/detach", customers.detach),
    ("POST", "/v1/setup_intents", setups.create),
    ("GET", "/v1/setup_intents", setups.many),
    ("GET", f"/v1/setup_intents/{ID}", setups.retrieve),
    ("POST", f"/v1/setup_intents/{ID}/confirm", setups.confirm),
    ("POST", f"/v1/setup_intents/{ID}/cancel", setups.cancel),
    ("POST", "/v1/payment_intents", intents.create),
    ("GET", "/v1/payment_intents", intents.many),
    ("GET", "/v1/payment_intents/search", search),
    ("GET", f"/v1/payment_intents/{ID}", intents.retrieve),
    ("POST", f"/v1/payment_intents/{ID}", intents.update),
    ("POST", f"/v1/payment_intents/{ID}/confirm", intents.confirm),
    ("POST", f"/v1/payment_intents/{ID}/capture", intents.capture),
    ("POST", f"/v1/payment_intents/{ID}/cancel", intents.cancel),
    ("GET", "/v1/charges", charges.many),
    ("GET", "/v1/charges/search", search),
    ("GET", f"/v1/charges/{ID}", charges.retrieve),
    ("POST", "/v1/checkout/sessions", checkout.create),
    ("GET", "/v1/checkout/sessions", checkout.many),
    ("GET", f"/v1/checkout/sessions/{ID}", checkout.retrieve),
    ("POST", f"/v1/checkout/sessions/{ID}/expire", checkout.expire),
    ("GET", f"/v1/payment_pages/{ID}", checkout.page_of),
    ("POST", f"/v1/payment_pages/{ID}/confirm", checkout.confirm_page),
    ("POST", "/v1/products", catalogue.create_product),
    ("POST", "/v1/prices", catalogue.create_price),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.many),
    ("GET", f"/v1/refunds/{ID}", refunds.retrieve),
    ("POST", f"/v1/refunds/{ID}", refunds.update),
    ("POST", f"/v1/refunds/{ID}/cancel", refunds.cancel),
    ("GET", "/v1/disputes", disputes.many),
    ("GET", f"/v1/disputes/{ID}", disputes.retrieve),
    ("POST", f"/v1/disputes/{ID}", disputes.update),
    ("POST", f"/v1/disputes/{ID}/close", disputes.accept),
    ("GET", "/v1/radar/early_fraud_warnings", disputes.warnings),
    ("GET", f"/v1/radar/early_fraud_warnings/{ID}", disputes.warning),
    ("POST", "/v1/accounts", connect.create),
    ("GET", "/v1/accounts", connect.many),
    ("GET", f"/v1/accounts/{ID}", connect.retrieve),
    ("POST", f"/v1/accounts/{ID}", connect.update),
    ("DELETE", f"/v1/accounts/{ID}", connect.delete),
    ("POST", "/v1/account_links", connect.link),
    ("POST", "/v1/transfers", connect.transfer),
    ("GET", "/v1/transfers", connect.transfers),
    ("GET", f"/v1/transfers/{ID}", connect.retrieve_transfer),
    ("POST", f"/v1/transfers/{ID}", connect.update_transfer),
    ("POST", f"/v1/transfers/{ID}/reversals", connect.reverse),
    ("GET", f"/v1/transfers/{ID}/reversals", connect.reversals),
    ("POST", "/v1/payouts", payouts.create),
    ("GET", "/v1/payouts", payouts.many),
    ("GET", f"/v1/payouts/{ID}", payouts.retrieve),
    ("POST", f"/v1/payouts/{ID}", payouts.update),
    ("POST", f"/v1/payouts/{ID}/cancel", payouts.cancel),
    ("GET", "/v1/balance", money.balance),
    ("GET", "/v1/balance_transactions", money.transactions),
    ("GET", f"/v1/balance_transactions/{ID}", money.transaction),
    ("GET", "/v1/events", events.many),
    ("GET", f"/v1/events/{ID}", events.retrieve),
]
_COMPILED = [(method, re.compile(path), handler) for method, path, handler in ROUTES]


def route(call: Call) -> tuple[Handler, Call]:
    """The handler and the call with its id. Raises: Refusal (404)."""
    for method, pattern, handler in _COMPILED:
        matched = pattern.fullmatch(call.path) if method == call.method else None
        if matched:
            return handler, replace(call, id="/".join(matched.groups()))
    raise invalid(f"Unrecognized request URL ({call.method}: {call.path}).", status=404)
