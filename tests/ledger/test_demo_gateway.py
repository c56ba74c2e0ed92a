"""The demo bank speaks the same protocol, with signatures."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import begin_top_up, refund, top_up
from ledger.acquirer import BalanceLine, Category, PaymentFact, PaymentStatus
from ledger.cards import take_now
from ledger.demo_gateway import SIGNATURE_HEADER, DemoGateway
from ledger.errors import EventRefused, GatewayRefused
from ledger.gateway import PaymentState
from tests.ledger.books import AT, BOB, available, rub

GATEWAY = DemoGateway("a secret of the demo bank", "http://127.0.0.1:8080/")


async def hear(db: AsyncConnection, body: bytes, headers: dict[str, str]) -> None:
    """As the page of the demo bank does."""
    notice = GATEWAY.read_notice(body, headers, AT)
    fact = await GATEWAY.look(notice)
    assert fact is not None
    await take_now(db, notice, fact, AT)


@pytest.mark.parametrize(
    ("state", "end", "reason", "money"),
    [
        (PaymentState.PAID, "paid", "", 50000),
        (PaymentState.REFUSED, "refused", "card_declined", 0),
        (PaymentState.CANCELLED, "cancelled", "cancelled_by_payer", 0),
    ],
)
async def test_three_buttons(
    db: AsyncConnection, state: PaymentState, end: str, reason: str, money: int
) -> None:
    begun = await begin_top_up(db, GATEWAY, "bob", rub(50000), "/wallet", AT, "t1")
    assert begun.url == "http://127.0.0.1:8080/demo-bank/t1"
    for _ in range(2):  # the button is pressed twice
        body, headers = GATEWAY.event(begun.ref, begun.amount, state, AT)
        await hear(db, body, headers)
    ended = await top_up(db, "t1")
    assert (ended.state.value, ended.refusal) == (end, reason)
    assert await available(db, BOB) == money


async def test_the_demo_bank_gives_money_back(db: AsyncConnection) -> None:
    begun = await begin_top_up(db, GATEWAY, "bob", rub(50000), "/wallet", AT, "t1")
    body, headers = GATEWAY.event(begun.ref, begun.amount, PaymentState.PAID, AT)
    await hear(db, body, headers)
    assert (await refund(db, GATEWAY, "t1", rub(50000), AT, "r1")).state.value == "done"
    assert await available(db, BOB) == 0
    with pytest.raises(GatewayRefused):
        await GATEWAY.payment("t1")


async def test_only_its_own_events_are_read() -> None:
    body, headers = GATEWAY.event("t1", rub(100), PaymentState.PAID, AT)
    notice = GATEWAY.read_notice(body, {k.lower(): v for k, v in headers.items()}, AT)
    fact = await GATEWAY.look(notice)
    assert isinstance(fact, PaymentFact)
    assert (fact.ref, fact.top_up, fact.amount) == ("demo_payment_t1", "t1", rub(100))
    assert fact.status is PaymentStatus.SUCCEEDED
    assert fact.line == BalanceLine(
        "line_demo_payment_t1",
        Category.CHARGE,
        rub(100),
        rub(0),
        "demo_payment_t1",
        notice.created_at,
    )
    with pytest.raises(EventRefused, match="bad_signature"):
        GATEWAY.read_notice(body, headers, AT, connect=True)
    stranger = DemoGateway("another secret", "http://127.0.0.1")
    with pytest.raises(EventRefused, match="bad_signature"):
        stranger.read_notice(body, headers, AT)
    with pytest.raises(EventRefused, match="bad_signature"):
        GATEWAY.read_notice(body.replace(b"100", b"900"), headers, AT)
    with pytest.raises(EventRefused, match="body_too_large"):
        GATEWAY.read_notice(b" " * 300000, headers, AT)
    for late in (timedelta(seconds=301), -timedelta(seconds=301)):
        with pytest.raises(EventRefused, match="bad_time"):
            GATEWAY.read_notice(body, headers, AT + late)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 1, "state": "rich"}', b"\xff"])
def test_broken_bodies_are_refused(body: bytes) -> None:
    moment = int(AT.timestamp())
    signature = f"t={moment},v1={GATEWAY._sign(moment, body)}"
    with pytest.raises(EventRefused, match="bad_shape"):
        GATEWAY.read_notice(body, {SIGNATURE_HEADER: signature}, AT)


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=x,v1=y", "nonsense", "t=²,v1=a", "t=1,v1=ж"])
def test_broken_signatures_are_refused(header: str) -> None:
    with pytest.raises(EventRefused, match="bad_signature"):
        GATEWAY.read_notice(b"{}", {SIGNATURE_HEADER: header}, AT)
