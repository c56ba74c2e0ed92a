"""The demonstration's cards and accounts: what was chosen is what they do."""

import pytest

from ledger import Money
from ledger.acquirer import Notice
from ledger.connected import (
    AccountFact,
    AccountRequest,
    ArrivalFact,
    ArrivalStatus,
    ReversalRequest,
    TransferRequest,
)
from ledger.demo_connect import CARDS, DemoCards, DemoPayees
from ledger.saved_cards import Charged, ChargeRequest, Outcome, SavedCard, SetupRequest
from tests.ledger.books import AT

URL = "http://localhost:8080"


async def charge(kind: str) -> tuple[DemoCards, ChargeRequest]:
    bank = DemoCards(URL + "/")
    request = SetupRequest("s1", "demo_customer_bob", "RUB", URL, "k")
    page = await bank.open_setup(request)
    assert page.url == "http://localhost:8080/demo-bank/cards/s1"
    assert (await bank.setup(page.ref)).open
    bank.choose("s1", kind)
    card = (await bank.setup(page.ref)).card
    assert card == SavedCard(
        f"demo_card_{kind}", "demo_customer", "demo", CARDS[kind].last4, 2030, 12
    )
    return bank, ChargeRequest("auto-1", 1, Money(500), "c", card.ref, "k")


@pytest.mark.parametrize("kind", list(CARDS))
async def test_a_card_does_what_its_name_says(kind: str) -> None:
    bank, request = await charge(kind)
    answer = await bank.charge(request)
    assert answer == Charged(
        CARDS[kind].outcome, "demo_payment_auto-1_1", Money(500), CARDS[kind].reason
    )
    assert await bank.charge(request) == answer
    assert await bank.find_charge(request) is None
    await bank.forget(request.card)


async def test_the_owner_confirms() -> None:
    bank, request = await charge("asks")
    answer = await bank.charge(request)
    assert await bank.confirm(answer.payment, request.card, URL, "k") == URL
    found = await bank.find_charge(request)
    assert found is not None
    assert found == Charged(Outcome.PAID, answer.payment, Money(500))


async def test_there_is_no_other_card() -> None:
    with pytest.raises(KeyError):
        DemoCards(URL).choose("s1", "gold")


async def test_accounts_and_transfers_are_ready_at_once() -> None:
    bank = DemoPayees()
    account = await bank.open_account(AccountRequest("ann", "RU", "", "k"))
    assert account == AccountFact("demo_acct_ann", True, True, submitted=True)
    assert await bank.onboarding(account.ref, URL, "") == URL
    assert await bank.available("USD") == Money(10**12, "USD")
    ref = await bank.transfer(TransferRequest("p1", account.ref, Money(500), "k"))
    assert ref == "demo_transfer_p1"
    assert await bank.reverse(ReversalRequest("r1", ref, Money(500), "k")) == "demo_reversal_r1"
    assert await bank.find_transfer("p1") is None
    notice = Notice("demo", "e1", "payout.paid", "po1", AT, account="demo_acct_ann")
    assert await bank.arrival(notice) == ArrivalFact(
        "po1", "demo_acct_ann", ArrivalStatus.ARRIVED, Money(0)
    )
