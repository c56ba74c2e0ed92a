"""The border: top-ups, refunds and payouts, repeated, reordered and cut off."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import (
    InsufficientFunds,
    Money,
    TopUp,
    accept_payment,
    ask_checkout,
    balance,
    begin_top_up,
    check,
    journals_of,
    note_checkout,
    pay_out,
    plan_top_up,
    refund,
    top_up,
)
from ledger.accounts import Account, AccountKind
from ledger.errors import (
    GatewayRefused,
    GatewayUnreachable,
    PayOutRefused,
    RefundRefused,
    TopUpConflict,
    TopUpUnknown,
)
from ledger.gateway import Checkout, Gateway, Movement, PaymentEvent, PaymentState
from tests.ledger.books import ANN, AT, BOB, ESCROW, available, fund, move, post, rub
from tests.ledger.fakes import FakeGateway

URL = "https://example.test/wallet/top-up/t1"
CASH = Account(AccountKind.CASH, "demo")


async def begin(db: AsyncConnection, gateway: Gateway, minor: int = 100000) -> TopUp:
    return await begin_top_up(db, gateway, "bob", rub(minor), URL, AT, "t1")


def news(
    state: PaymentState, id: str = "e1", payment: str = "p1", minor: int = 100000
) -> PaymentEvent:
    return PaymentEvent("demo", id, state, payment, top_up="t1", amount=rub(minor))


async def paid(db: AsyncConnection, gateway: Gateway) -> None:
    await begin(db, gateway)
    await accept_payment(db, news(PaymentState.PAID), AT)


async def verdicts(db: AsyncConnection) -> list[str]:
    rows = await db.execute(text("SELECT verdict FROM ledger_payment_event ORDER BY event_id"))
    return [row[0] for row in rows]


async def test_a_top_up_from_begin_to_wallet(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    begun = await begin(db, gateway)
    assert (begun.state.value, begun.url) == ("pending", "https://bank.test/t1")
    assert await available(db, BOB) == 0
    settled = await accept_payment(db, news(PaymentState.PAID), AT)
    assert settled == await top_up(db, "t1")
    assert settled is not None
    assert (settled.state.value, settled.payment) == ("paid", "p1")
    assert await available(db, BOB) == 100000
    assert (await balance(db, CASH)).posted == rub(-100000)
    assert [j.id for j in await journals_of(db, "t1")] == ["psp:demo:p1"]
    assert await check(db) == []


async def test_the_row_is_there_before_the_acquirer_is_asked(db: AsyncConnection) -> None:
    class Peeking(FakeGateway):
        async def open_checkout(self, request):  # type: ignore[no-untyped-def]
            stored = await top_up(db, request.top_up)
            assert stored.idempotency_key == request.idempotency_key
            return await super().open_checkout(request)

    assert (await begin(db, Peeking())).url


async def test_beginning_again_asks_once(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    assert await begin(db, gateway) == await begin(db, gateway)
    assert len(gateway.asked) == 1
    with pytest.raises(TopUpConflict):
        await begin(db, gateway, minor=99999)
    with pytest.raises(TopUpUnknown):
        await top_up(db, "never")


async def test_silence_is_asked_again_with_the_same_key(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    gateway.trouble = GatewayUnreachable("cut off")
    silent = await begin(db, gateway)
    assert (silent.state.value, silent.url) == ("created", "")
    assert (await begin(db, gateway)).state.value == "pending"
    assert gateway.asked[0] == gateway.asked[1]


async def test_a_refused_checkout_says_why(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    gateway.trouble = GatewayRefused("amount_too_small")
    refused = await begin(db, gateway)
    assert (refused.state.value, refused.refusal) == ("refused", "amount_too_small")
    assert await begin(db, gateway) == refused


async def test_a_key_survives_a_crash_between_the_steps(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        planned = await plan_top_up(db, "demo", "bob", rub(100000), URL, AT, "t1")
    # The process dies here, after the acquirer heard us; the next one begins again.
    async with fresh_engine.begin() as db:
        later = AT + timedelta(minutes=5)
        begun = await begin_top_up(db, FakeGateway(), "bob", rub(100000), URL, later, "t1")
    assert begun.idempotency_key == planned.idempotency_key
    assert begun.created_at == AT


async def test_the_acquirer_is_asked_between_two_transactions(fresh_engine: AsyncEngine) -> None:
    gateway = FakeGateway()
    async with fresh_engine.begin() as db:
        planned = await plan_top_up(db, "demo", "bob", rub(100000), URL, AT, "t1")
    answer = await ask_checkout(gateway, planned, AT)
    assert answer is not None
    async with fresh_engine.begin() as db:
        noted = await note_checkout(db, "t1", answer, AT)
    assert (noted.state.value, noted.ref) == ("pending", "cs_t1")
    assert await ask_checkout(gateway, noted, AT) is None
    async with fresh_engine.begin() as db:
        again = await note_checkout(db, "t1", Checkout("cs_2", "https://bank.test/2"), AT)
    assert again == noted, "the payer was sent to the first page"


async def test_news_may_overtake_the_checkout(db: AsyncConnection) -> None:
    await plan_top_up(db, "demo", "bob", rub(100000), URL, AT, "t1")
    await accept_payment(db, news(PaymentState.PAID), AT)
    noted = await note_checkout(db, "t1", Checkout("cs_1", "https://bank.test/1"), AT)
    assert (noted.state.value, noted.ref) == ("paid", "cs_1")
    with pytest.raises(TopUpUnknown):
        await note_checkout(db, "t2", Checkout("cs_2", ""), AT)


STORY = (
    news(PaymentState.PENDING, "e1"),
    news(PaymentState.REFUSED, "e2", "p0"),
    news(PaymentState.PAID, "e3"),
    news(PaymentState.PAID, "e4"),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_every_order_credits_once(db: AsyncConnection, order: tuple[int, ...]) -> None:
    await begin(db, FakeGateway())
    for number in order:
        for _ in range(2):
            await accept_payment(db, STORY[number], AT)
    assert await available(db, BOB) == 100000
    assert (await top_up(db, "t1")).state.value == "paid"
    assert len(await verdicts(db)) == 4
    assert await check(db) == []


async def test_the_same_event_twenty_times_at_once(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        await begin(db, FakeGateway())

    async def deliver(id: str) -> None:
        async with fresh_engine.begin() as db:
            await accept_payment(db, news(PaymentState.PAID, id), AT)

    await asyncio.gather(*(deliver(f"e{n % 4}") for n in range(20)))
    async with fresh_engine.connect() as db:
        assert await available(db, BOB) == 100000
        assert sorted(await verdicts(db)) == ["credited", *["paid_before"] * 3]
        assert await check(db) == []


async def test_another_amount_is_not_credited(db: AsyncConnection) -> None:
    await begin(db, FakeGateway())
    differs = await accept_payment(db, news(PaymentState.PAID, minor=1), AT)
    assert differs is not None
    assert (differs.state.value, differs.refusal) == ("refused", "amount_differs")
    assert await available(db, BOB) == 0
    assert await available(db, Account(AccountKind.SUSPENSE, "bob")) == 1
    assert await verdicts(db) == ["amount_differs"]


async def test_strange_news_is_kept_and_does_nothing(db: AsyncConnection) -> None:
    await begin(db, FakeGateway())
    stranger = PaymentEvent("demo", "e1", PaymentState.PAID, "p9", top_up="t9", amount=rub(5))
    other_bank = PaymentEvent("stripe", "e2", PaymentState.PAID, "p1", top_up="t1", amount=rub(5))
    sent = PaymentEvent("demo", "e3", PaymentState.SENT, ref="r9")
    for event in (stranger, other_bank, sent):
        assert await accept_payment(db, event, AT) is None
    assert await verdicts(db) == ["unknown"] * 3
    assert await available(db, BOB) == 0


async def test_a_refund_is_a_new_journal(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    await paid(db, gateway)
    for _ in range(2):
        given = await refund(db, gateway, "t1", rub(30000), AT, "r1")
        assert given.state.value == "done"
    assert await available(db, BOB) == 70000
    assert [(j.id, j.entries[0].amount.minor) for j in await journals_of(db, "t1")] == [
        ("psp:demo:p1", -100000),
        ("refund:r1", -30000),
    ]
    assert len(gateway.asked) == 2
    with pytest.raises(RefundRefused, match="exceeds_payment"):
        await refund(db, gateway, "t1", rub(70001), AT, "r2")
    with pytest.raises(RefundRefused, match="id_taken"):
        await refund(db, gateway, "t1", rub(30001), AT, "r1")
    assert await check(db) == []


async def test_spent_money_is_not_refunded(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    await begin(db, gateway)
    with pytest.raises(RefundRefused, match="not_paid"):
        await refund(db, gateway, "t1", rub(1), AT, "r1")
    await accept_payment(db, news(PaymentState.PAID), AT)
    await post(db, move("m", BOB, ESCROW, 90000))
    with pytest.raises(InsufficientFunds):
        await refund(db, gateway, "t1", rub(10001), AT, "r1")
    with pytest.raises(TopUpUnknown):
        await refund(db, gateway, "t9", rub(1), AT, "r1")


async def test_a_refused_refund_gives_the_money_back(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    await paid(db, gateway)
    gateway.trouble = GatewayRefused("charge_disputed")
    refused = await refund(db, gateway, "t1", rub(30000), AT, "r1")
    assert (refused.state.value, refused.refusal) == ("refused", "charge_disputed")
    assert await available(db, BOB) == 100000
    # What was refused does not count against the payment.
    assert (await refund(db, gateway, "t1", rub(100000), AT, "r2")).state.value == "done"


@pytest.mark.parametrize(
    ("state", "left", "end"),
    [(PaymentState.SENT, 70000, "done"), (PaymentState.RETURNED, 100000, "refused")],
)
async def test_a_pending_refund_waits_for_news(
    db: AsyncConnection, state: PaymentState, left: int, end: str
) -> None:
    gateway = FakeGateway()
    gateway.movement = Movement("re_1", done=False)
    await paid(db, gateway)
    gateway.trouble = GatewayUnreachable("cut off")
    for _ in range(2):  # the first call is lost, the second repeats it
        pending = await refund(db, gateway, "t1", rub(30000), AT, "r1")
        assert pending.state.value == "pending"
        assert (await balance(db, BOB)).held == rub(30000)
    assert gateway.asked[1] == gateway.asked[2]
    for id in ("e8", "e9"):
        event = PaymentEvent("demo", id, state, "re_1", ref="r1", amount=rub(30000))
        await accept_payment(db, event, AT)
    assert (await balance(db, BOB)).held == rub(0)
    assert await available(db, BOB) == left
    assert (await refund(db, gateway, "t1", rub(30000), AT, "r1")).state.value == end
    assert (await verdicts(db))[1:] == ["noted", "late"]


async def test_a_refund_that_came_back_later(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    await paid(db, gateway)
    await refund(db, gateway, "t1", rub(30000), AT, "r1")
    event = PaymentEvent("demo", "e9", PaymentState.RETURNED, "re_1", ref="r1", amount=rub(30000))
    await accept_payment(db, event, AT)
    assert await available(db, BOB) == 100000
    assert (await journals_of(db, "t1"))[-1].kind == "refund_returned"


async def test_earnings_are_paid_out(db: AsyncConnection) -> None:
    gateway = FakeGateway()
    await fund(db, ANN, 50000)
    for _ in range(2):
        sent = await pay_out(db, gateway, "ann", "acct_1", rub(40000), AT, "o1")
        assert sent.state.value == "done"
    assert await available(db, ANN) == 10000
    assert (await balance(db, CASH)).posted == rub(-10000)  # 500,00 came in, 400,00 went out
    assert (await balance(db, Account(AccountKind.PAYOUT, "ann"))).posted == rub(0)
    with pytest.raises(InsufficientFunds):
        await pay_out(db, gateway, "ann", "acct_1", rub(10001), AT, "o2")
    with pytest.raises(PayOutRefused):
        await pay_out(db, gateway, "ann", "acct_2", rub(40000), AT, "o1")


@pytest.mark.parametrize(
    ("state", "earnings"), [(PaymentState.SENT, 10000), (PaymentState.RETURNED, 50000)]
)
async def test_a_payout_on_its_way_is_in_transit(
    db: AsyncConnection, state: PaymentState, earnings: int
) -> None:
    gateway = FakeGateway()
    gateway.movement = Movement("po_1", done=False)
    await fund(db, ANN, 50000)
    await pay_out(db, gateway, "ann", "acct_1", rub(40000), AT, "o1")
    transit = Account(AccountKind.PAYOUT, "ann")
    assert (await balance(db, transit)).posted == rub(40000)
    event = PaymentEvent("demo", "e1", state, "po_1", ref="o1", amount=rub(40000))
    await accept_payment(db, event, AT)
    assert (await balance(db, transit)).posted == rub(0)
    assert await available(db, ANN) == earnings
    assert await check(db) == []


async def test_nothing_is_not_a_top_up(db: AsyncConnection) -> None:
    with pytest.raises(ValueError, match="top-up of 0"):
        await plan_top_up(db, "demo", "bob", Money(0), URL, AT, "t1")
