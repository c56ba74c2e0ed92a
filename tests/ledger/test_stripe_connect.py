"""Saved cards and connected accounts over a socket, against the stateful fake of Stripe, whose
every request, answer and event must be as Stripe's own description says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger import Money
from ledger.acquirer import Notice
from ledger.connected import (
    AccountRequest,
    ArrivalStatus,
    ReversalRequest,
    TransferRequest,
)
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.saved_cards import ChargeRequest, Outcome, SetupRequest
from ledger.stripe_connect import StripeCards, StripePayees
from ledger.stripe_transport import StripeSettings
from tests.stripe.fake import Served, acts, serving

URL = "https://minuta.example/wallet/auto-top-up"
DAYS_3 = 3 * 86400


def settings(served: Served) -> StripeSettings:
    return StripeSettings("sk_test_1", ("whsec_1",), {"api": served.url})


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as one:
        yield one


@pytest.fixture
async def cards(served: Served) -> AsyncIterator[StripeCards]:
    keeper = StripeCards(settings(served))
    yield keeper
    await keeper.close()


@pytest.fixture
async def payees(served: Served) -> AsyncIterator[StripePayees]:
    keeper = StripePayees(settings(served))
    yield keeper
    await keeper.close()


async def charge_of(
    served: Served, cards: StripeCards, kind: str = "visa", minor: int = 50_000
) -> ChargeRequest:
    """A request to charge a card that its owner has agreed to, and that behaves so since."""
    customer = await cards.make_customer("bob", "customer:bob:1")
    card = acts.save_card(served.world, customer)
    served.world.behaviours[card] = kind
    return ChargeRequest("auto-bob-1", 1, Money(minor, "EUR"), customer, card, "auto_top_up:1:1")


# --- cards


async def test_one_customer_a_key(served: Served, cards: StripeCards) -> None:
    """Who it is stands in Stripe's own books, for a person who looks there."""
    first = await cards.make_customer("bob", "customer:bob:1")
    assert await cards.make_customer("bob", "customer:bob:1") == first
    assert [one["metadata"] for one in served.world.all("customer")] == [{"party": "bob"}]


async def test_a_card_is_given_on_a_page_of_stripe(served: Served, cards: StripeCards) -> None:
    customer = await cards.make_customer("bob", "customer:bob:1")
    page = await cards.open_setup(SetupRequest("s1", customer, "EUR", URL, "card_setup:s1:1"))
    assert page.url.startswith("https://checkout.stripe.com/")
    assert (await cards.setup(page.ref)).open
    acts.pay(served.world, page.ref)
    fact = await cards.setup(page.ref)
    assert not fact.open
    assert fact.card is not None
    assert (fact.card.customer, fact.card.brand, fact.card.last4) == (customer, "visa", "4242")


async def test_a_charge_without_the_owner(served: Served, cards: StripeCards) -> None:
    request = await charge_of(served, cards)
    paid = await cards.charge(request)
    assert (paid.outcome, paid.amount) == (Outcome.PAID, Money(50_000, "EUR"))
    assert await cards.charge(request) == paid
    assert await cards.find_charge(request) == paid
    assert await cards.find_charge(replace(request, try_no=2)) is None
    assert len(served.world.all("payment_intent")) == 1


@pytest.mark.parametrize(
    ("kind", "outcome", "reason"),
    [
        ("chargeCustomerFail", Outcome.DECLINED, "generic_decline"),
        ("chargeDeclinedInsufficientFunds", Outcome.DECLINED, "insufficient_funds"),
        ("chargeDeclinedLostCard", Outcome.CARD_DEAD, "lost_card"),
        ("chargeDeclinedExpiredCard", Outcome.CARD_DEAD, "expired_card"),
        ("authenticationRequired", Outcome.OWNER_NEEDED, "authentication_required"),
    ],
)
async def test_declines_in_our_words(
    served: Served, cards: StripeCards, kind: str, outcome: Outcome, reason: str
) -> None:
    request = await charge_of(served, cards, kind)
    answer = await cards.charge(request)
    assert (answer.outcome, answer.reason) == (outcome, reason)
    assert answer.payment.startswith("pi_")
    found = await cards.find_charge(request)
    assert found is not None
    assert (found.outcome, found.payment) == (outcome, answer.payment)


async def test_the_owner_confirms_the_same_payment(served: Served, cards: StripeCards) -> None:
    request = await charge_of(served, cards, "authenticationRequired")
    answer = await cards.charge(request)
    where = await cards.confirm(answer.payment, request.card, URL, "auto_top_up:1:confirm:1")
    assert where.startswith("https://")
    acts.authenticate(served.world, answer.payment)
    found = await cards.find_charge(request)
    assert found is not None
    assert (found.outcome, found.payment) == (Outcome.PAID, answer.payment)


async def test_a_card_is_forgotten_once_or_twice(served: Served, cards: StripeCards) -> None:
    request = await charge_of(served, cards)
    await cards.forget(request.card)
    await cards.forget(request.card)
    await cards.forget("pm_never_was")
    assert served.world.find(request.card, "payment_method")["customer"] is None


@pytest.mark.parametrize("fault", ["mid_body", "reset", "unreachable", "500"])
async def test_a_lost_answer_is_one_charge(served: Served, cards: StripeCards, fault: str) -> None:
    request = await charge_of(served, cards)
    served.faults.queue = [fault]
    assert (await cards.charge(request)).outcome is Outcome.PAID
    assert len(served.world.all("payment_intent")) == 1


async def test_silence_is_told_as_such(served: Served, cards: StripeCards) -> None:
    request = await charge_of(served, cards)
    served.faults.queue = ["429"]
    with pytest.raises(GatewayUnreachable):
        await cards.charge(request)


# --- payees


@asynccontextmanager
async def funded(served: Served, minor: int) -> AsyncIterator[None]:
    """Money of ours at Stripe, available."""
    keeper = StripeCards(settings(served))
    await keeper.charge(await charge_of(served, keeper, minor=minor))
    acts.advance(served.world, DAYS_3)
    await keeper.close()
    yield


async def test_onboarding(served: Served, payees: StripePayees) -> None:
    request = AccountRequest("ann", "DE", "ann@example.test", "account:ann:1")
    made = await payees.open_account(request)
    assert (made.transfers_active, made.submitted) == (False, False)
    assert "external_account" in made.due
    assert (await payees.open_account(request)).ref == made.ref
    assert (await payees.onboarding(made.ref, URL, URL)).startswith("https://connect.stripe.com/")
    acts.onboard(served.world, made.ref)
    ready = await payees.account(made.ref)
    assert (ready.transfers_active, ready.payouts_enabled, ready.due) == (True, True, ())
    acts.restrict(served.world, made.ref)
    assert not (await payees.account(made.ref)).transfers_active


async def test_an_account_that_is_gone_is_closed(payees: StripePayees) -> None:
    assert (await payees.account("acct_gone")).closed


async def account(served: Served, payees: StripePayees) -> str:
    made = await payees.open_account(AccountRequest("ann", "DE", "", "account:ann:1"))
    acts.onboard(served.world, made.ref)
    return made.ref


def transfer(destination: str, minor: int = 9000, try_no: int = 1) -> TransferRequest:
    return TransferRequest("p1", destination, Money(minor, "EUR"), f"payout:p1:{try_no}")


async def test_a_transfer_is_made_once_and_found(served: Served, payees: StripePayees) -> None:
    there = await account(served, payees)
    assert await payees.find_transfer("p1") is None
    with pytest.raises(GatewayRefused, match="balance_insufficient"):
        await payees.transfer(transfer(there))
    async with funded(served, 50_000):
        assert (await payees.available("EUR")).minor > 40_000
        assert (await payees.available("USD")).minor == 0
        ref = await payees.transfer(transfer(there, try_no=2))
        assert await payees.transfer(transfer(there, try_no=2)) == ref
        assert await payees.find_transfer("p1") == ref
        assert len(served.world.all("transfer")) == 1


async def test_an_account_without_capability(served: Served, payees: StripePayees) -> None:
    made = await payees.open_account(AccountRequest("ann", "DE", "", "account:ann:1"))
    with pytest.raises(GatewayRefused, match="insufficient_capabilities_for_transfer"):
        await payees.transfer(transfer(made.ref))


async def test_a_transfer_comes_back(served: Served, payees: StripePayees) -> None:
    there = await account(served, payees)
    async with funded(served, 50_000):
        ref = await payees.transfer(transfer(there))
        request = ReversalRequest("r1", ref, Money(4000, "EUR"), "transfer_reversal:r1:1")
        assert await payees.find_reversal(request) is None
        back = await payees.reverse(request)
        assert await payees.reverse(request) == back
        assert await payees.find_reversal(request) == back
        acts.pay_out_all(served.world, there)
        rest = ReversalRequest("r2", ref, Money(5000, "EUR"), "transfer_reversal:r2:1")
        with pytest.raises(GatewayRefused, match="balance_insufficient"):
            await payees.reverse(rest)


async def test_arrival_at_the_payees_bank(served: Served, payees: StripePayees) -> None:
    there = await account(served, payees)
    async with funded(served, 50_000):
        await payees.transfer(transfer(there))
        (payout,) = acts.pay_out_all(served.world, there)
        at = datetime.now(UTC)
        notice = Notice("stripe", "evt_1", "payout.paid", payout["id"], at, there)
        assert (await payees.arrival(notice)).status is ArrivalStatus.ON_THE_WAY
        acts.arrive(served.world, payout["id"], there)
        fact = await payees.arrival(notice)
        assert (fact.status, fact.amount) == (ArrivalStatus.ARRIVED, Money(9000, "EUR"))
        acts.return_payout(served.world, payout["id"], there)
        back = await payees.arrival(notice)
        assert (back.status, back.reason) == (ArrivalStatus.FAILED, "account_closed")
