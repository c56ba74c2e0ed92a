"""Our adapters against a stateful Stripe that nobody here wrote, over a socket: saved cards charged
in their owner's absence, idempotency, refunds and the one that is too much, disputes, lists.

It asks for CPython 3.14; `make oracles` makes it run on 3.13, and says so loudly where neither is.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger import Money
from ledger.acquirer import (
    Category,
    DisputeFact,
    DisputeStatus,
    Evidence,
    PaymentStatus,
    RefundStatus,
)
from ledger.errors import GatewayRefused
from ledger.gateway import RefundRequest
from ledger.saved_cards import ChargeRequest, Outcome
from ledger.stripe_connect import StripeCards
from ledger.stripe_gateway import StripeGateway
from ledger.stripe_transport import StripeSettings, make_client
from tests.stripe.foreign import seahaven
from tests.stripe.oracles import why_missing

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


class Abroad:
    """The foreign account and our ways to it. `add_card` does what its owner would do."""

    def __init__(self, url: str) -> None:
        settings = StripeSettings("sk_test_abroad", ("whsec_1",), {"api": url})
        self.gateway, self.cards = StripeGateway(settings), StripeCards(settings)
        self.owner, self._transport = make_client(settings)

    async def add_card(self, customer: str, token: str) -> str:
        made = await self.owner.v1.payment_methods.create_async(
            {"type": "card", "card": {"token": token}}
        )
        await self.owner.v1.payment_methods.attach_async(made.id, {"customer": customer})
        return made.id

    async def charge_of(self, name: str, token: str) -> ChargeRequest:
        customer = await self.cards.make_customer(name, f"customer:{name}:1")
        card = await self.add_card(customer, token)
        return ChargeRequest(f"t-{name}", 1, usd(5000), customer, card, f"auto_top_up:{name}:1")

    async def close(self) -> None:
        for one in (self.gateway, self.cards):
            await one.close()
        await self._transport.close_async()


@pytest.fixture
async def abroad() -> AsyncIterator[Abroad]:
    if why_missing("seahaven"):
        pytest.skip(why_missing("seahaven"))
    async with seahaven() as url:
        one = Abroad(url)
        yield one
        await one.close()


@pytest.mark.slow
async def test_our_adapters_speak_with_a_foreign_stripe(abroad: Abroad) -> None:
    """One server for all: it takes longer to start than to ask."""
    await saved_cards(abroad)
    await refunds(abroad)
    await disputes(abroad)
    await lists(abroad)


async def saved_cards(abroad: Abroad) -> None:
    asked = await abroad.charge_of("bob", "tok_visa")
    again = await abroad.cards.make_customer("bob", "customer:bob:1")
    assert again == asked.customer
    paid = await abroad.cards.charge(asked)
    assert (paid.outcome, paid.amount) == (Outcome.PAID, usd(5000))
    assert await abroad.cards.charge(asked) == paid
    assert await abroad.cards.find_charge(asked) == paid
    with pytest.raises(GatewayRefused, match="IdempotencyError"):
        await abroad.cards.charge(replace(asked, amount=usd(5001)))
    fact = await abroad.gateway.payment(paid.payment)
    assert (fact.status, fact.top_up) == (PaymentStatus.SUCCEEDED, "t-bob")
    assert fact.line is not None
    assert fact.line.net == usd(5000) - fact.line.fee
    absent = await abroad.charge_of("ben", "tok_threeDSecureRequired")
    refused = await abroad.cards.charge(absent)
    assert (refused.outcome, refused.reason) == (Outcome.OWNER_NEEDED, "authentication_required")
    await abroad.cards.forget(asked.card)
    await abroad.cards.forget(asked.card)


async def refunds(abroad: Abroad) -> None:
    paid = await abroad.cards.charge(await abroad.charge_of("dan", "tok_visa"))
    part = RefundRequest("r1", paid.payment, usd(2000), "refund:r1:1")
    done = await abroad.gateway.refund(part)
    assert (done.done, done.refused) == (True, "")
    assert await abroad.gateway.refund(part) == done
    with pytest.raises(GatewayRefused, match="IdempotencyError"):
        await abroad.gateway.refund(replace(part, amount=usd(1999)))
    with pytest.raises(GatewayRefused):
        await abroad.gateway.refund(RefundRequest("r2", paid.payment, usd(3001), "refund:r2:1"))
    await abroad.gateway.refund(RefundRequest("r3", paid.payment, usd(3000), "refund:r3:1"))
    with pytest.raises(GatewayRefused, match="charge_already_refunded"):
        await abroad.gateway.refund(RefundRequest("r4", paid.payment, usd(1), "refund:r4:1"))
    found = await abroad.gateway.refunds_of(paid.payment)
    assert sorted((one.refund, one.amount.minor, one.status) for one in found) == [
        ("r1", 2000, RefundStatus.SUCCEEDED),
        ("r3", 3000, RefundStatus.SUCCEEDED),
    ]


async def disputes(abroad: Abroad) -> None:
    """Its test card is disputed at once; the evidence's words decide."""
    for name, words, status in (
        ("eve", "winning_evidence", DisputeStatus.WON),
        ("fay", "losing_evidence", DisputeStatus.LOST),
    ):
        paid = await abroad.cards.charge(await abroad.charge_of(name, "tok_createDispute"))
        opened = await dispute_of(abroad, paid.payment)
        assert (opened.status, opened.amount) == (DisputeStatus.OPEN, usd(5000))
        assert [line.amount for line in opened.lines] == [usd(-5000)]
        evidence = Evidence("an hour of help", "both were there", "agreed", words)
        await abroad.gateway.send_evidence(opened.ref, evidence, True, f"evidence:{name}:1")
        closed = await dispute_of(abroad, paid.payment)
        assert closed.status is status
        back = [line.amount for line in closed.lines if line.category is Category.DISPUTE_REVERSAL]
        assert back == ([usd(5000)] if status is DisputeStatus.WON else [])


async def dispute_of(abroad: Abroad, payment: str) -> DisputeFact:
    """By its news, as our inbox sees it."""
    for notice in await abroad.gateway.notices_since(BEGINNING):
        if notice.kind == "charge.dispute.created":
            fact = await abroad.gateway.look(notice)
            if isinstance(fact, DisputeFact) and fact.payment == payment:
                return fact
    raise AssertionError("no dispute")


async def lists(abroad: Abroad) -> None:
    """News and lines of the account, which the daily reconciliation reads."""
    kinds = {notice.kind for notice in await abroad.gateway.notices_since(BEGINNING)}
    assert kinds >= {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "refund.created",
        "charge.dispute.created",
        "charge.dispute.closed",
    }
    lines = await abroad.gateway.lines_since(BEGINNING)
    assert {line.category for line in lines} >= {
        Category.CHARGE,
        Category.REFUND,
        Category.DISPUTE,
        Category.DISPUTE_REVERSAL,
    }
    total = sum((line.net for line in lines), usd(0))
    balance = (await abroad.owner.v1.balance.retrieve_async()).to_dict()
    parts = [*balance["available"], *balance["pending"]]
    assert sum(one["amount"] for one in parts) == total.minor
