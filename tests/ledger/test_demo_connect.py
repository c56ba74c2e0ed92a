"""The demonstration's cards and accounts: what was chosen is what they do."""

import pytest

from ledger import Money
from ledger.connected import AccountRequest, ReversalRequest, TransferRequest
from ledger.demo_connect import CARDS, DemoCards, DemoPayees
from ledger.saved_cards import ChargeRequest, Outcome, SetupRequest

URL = "http://localhost:8080"


async def charge(kind: str) -> tuple[DemoCards, ChargeRequest]:
    bank = DemoCards(URL + "/")
    request = SetupRequest("s1", "demo_customer_bob", "RUB", URL, "k")
    page = await bank.open_setup(request)
    assert page.url == "http://localhost:8080/demo-bank/cards/s1"
    assert (await bank.setup(page.ref)).open
    bank.choose("s1", kind)
    card = (await bank.setup(page.ref)).card
    assert card is not None
    assert card.last4 == CARDS[kind].last4
    return bank, ChargeRequest("auto-1", 1, Money(500), "c", card.ref, "k")


@pytest.mark.parametrize("kind", list(CARDS))
async def test_a_card_does_what_its_name_says(kind: str) -> None:
    bank, request = await charge(kind)
    answer = await bank.charge(request)
    assert (answer.outcome, answer.reason) == (CARDS[kind].outcome, CARDS[kind].reason)
    assert await bank.charge(request) == answer
    assert await bank.find_charge(request) is None
    await bank.forget(request.card)


async def test_the_owner_confirms() -> None:
    bank, request = await charge("asks")
    answer = await bank.charge(request)
    assert await bank.confirm(answer.payment, request.card, URL, "k") == URL
    found = await bank.find_charge(request)
    assert found is not None
    assert (found.outcome, found.payment) == (Outcome.PAID, answer.payment)


async def test_there_is_no_other_card() -> None:
    with pytest.raises(KeyError):
        DemoCards(URL).choose("s1", "gold")


async def test_accounts_and_transfers_are_ready_at_once() -> None:
    bank = DemoPayees()
    account = await bank.open_account(AccountRequest("ann", "RU", "", "k"))
    assert account.transfers_active
    assert await bank.onboarding(account.ref, URL, "") == URL
    assert (await bank.available("RUB")).minor > 0
    ref = await bank.transfer(TransferRequest("p1", account.ref, Money(500), "k"))
    assert await bank.reverse(ReversalRequest("r1", ref, Money(500), "k")) == "demo_reversal_r1"
    assert await bank.find_transfer("p1") is None
