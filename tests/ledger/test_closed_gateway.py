"""Where cards are not taken everything is refused, and nothing falls back on the demo bank."""

import pytest

from ledger.acquirer import CardGateway, Evidence
from ledger.closed_connect import ClosedCards, ClosedPayees
from ledger.closed_gateway import ClosedGateway
from ledger.control import rail_of
from ledger.errors import EventRefused, GatewayRefused
from ledger.gateway import CheckoutRequest, PayOutRequest, RefundRequest
from ledger.money import Money
from tests.ledger.books import AT

CLOSED: CardGateway = ClosedGateway()
SUM = Money(100)


async def test_every_wish_is_refused() -> None:
    for wish in (
        CLOSED.open_checkout(CheckoutRequest("t", SUM, "", "k", AT)),
        CLOSED.refund(RefundRequest("r", "p", SUM, "k")),
        CLOSED.pay_out(PayOutRequest("o", "d", SUM, "k")),
        CLOSED.payment("p"),
        CLOSED.make_customer("bob", "k"),
        CLOSED.send_evidence("d", Evidence("", "", "", ""), True, "k"),
    ):
        with pytest.raises(GatewayRefused) as refused:
            await wish
        assert refused.value.reason == "no_acquirer"
    with pytest.raises(EventRefused) as unheard:
        CLOSED.read_notice(b"{}", {}, AT)
    assert unheard.value.reason == "no_acquirer"


async def test_no_card_is_kept_and_no_payee() -> None:
    cards, payees = ClosedCards(), ClosedPayees()
    for wish in (
        cards.make_customer("bob", "k"),
        cards.setup("s"),
        cards.forget("card"),
        payees.account("acct"),
        payees.available("RUB"),
        payees.find_transfer("p"),
    ):
        with pytest.raises(GatewayRefused) as refused:
            await wish
        assert refused.value.reason == "no_acquirer"


async def test_it_knows_nothing_and_is_on_no_rail() -> None:
    assert rail_of(CLOSED.name) is None
    assert not CLOSED.keeps_account
    assert await CLOSED.refunds_of("p") == ()
    assert await CLOSED.notices_since(AT) == ()
    assert await CLOSED.lines_since(AT) == ()
