"""Disputed payments, told as an accountant would: what is frozen, what is taken, who pays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    AccountKind,
    Draft,
    Leg,
    Money,
    Outcome,
    Terms,
    balance,
    check,
    journals_of,
    payouts,
    settle,
)
from ledger.acquirer import BalanceLine, Category, DisputeFact, DisputeStatus, WarningFact
from ledger.cards import (
    DisputeUnknown,
    apply_fact,
    dispute,
    disputed_sessions,
    disputes,
    freezes_of,
    is_frozen,
    refresh_blocks,
    refund_of,
    refundable,
    work_refunds,
)
from ledger.cards.dispute_plan import paid_on
from ledger.cards.errors import NotYet
from ledger.control import Actor, Switch, turn
from tests.ledger.books import AT, available, fund, move, post, rub
from tests.ledger.cards.people import BOB, CASH, Bank, Clock, nested, topped_up

ANN = Account(AccountKind.EARNINGS, "ann")
RESERVE = Account(AccountKind.RESERVE, "ann")
COST = Account(AccountKind.DISPUTE_COST)
DISPUTED = Account(AccountKind.DISPUTED, "demo:dp1")
CURATOR = Actor("ivan", "curator")


def moved(id: str, minor: int, fee: int = 0) -> BalanceLine:
    category = Category.DISPUTE if minor < 0 else Category.DISPUTE_REVERSAL
    return BalanceLine(id, category, rub(minor), rub(fee), "dp1", AT)


TAKEN, BACK = moved("txn_taken", -100000, 1500), moved("txn_back", 100000)


def fact(status: DisputeStatus, *lines: BalanceLine) -> DisputeFact:
    due = AT + timedelta(days=7)
    return DisputeFact("dp1", status, rub(100000), "p1", "ch_p1", "fraudulent", due, lines)


async def tell(db: AsyncConnection, status: DisputeStatus, *lines: BalanceLine) -> str:
    return await apply_fact(db, "demo", "evt", fact(status, *lines), AT)


async def posted(db: AsyncConnection, account: Account) -> int:
    return (await balance(db, account)).posted.minor


@pytest.fixture
async def bank(db: AsyncConnection) -> Bank:
    """Боб пополнил кошелёк на 1000,00 картой."""
    one = Bank()
    await topped_up(db, one)
    return one


async def served(db: AsyncConnection, session: str, minor: int) -> None:
    """A session of Ann's that cost Bob so much, settled as resolved: 90 % are hers."""
    escrow = Account(AccountKind.ESCROW, session)
    legs = (Leg(BOB, -minor), Leg(escrow, minor))
    assert await post(db, Draft("tick", f"{session}:1", "minute", legs, session)) == ["posted"]
    await settle(db, session, BOB, Terms(ANN), Outcome.RESOLVED, AT)


async def kept(db: AsyncConnection) -> Money:
    """What a dispute keeps of Ann's earnings, when they are ripe."""
    return (await payouts.cleared(db, "ann", "RUB", AT + timedelta(days=30))).blocked


async def test_an_open_dispute_freezes_and_takes(db: AsyncConnection, bank: Bank) -> None:
    """Банк отзывает 1000,00 и берёт 15,00: деньги ушли из кассы, кошелёк заморожен."""
    assert await tell(db, DisputeStatus.OPEN, TAKEN) == "open"
    assert await posted(db, CASH) == -100000 + 101500
    assert await posted(db, DISPUTED) == -100000
    assert await posted(db, COST) == -1500
    assert (await balance(db, BOB)).held == rub(100000)
    assert await is_frozen(db, "bob", "RUB")
    assert not await is_frozen(db, "bob", "EUR")
    assert [one.key for one in await freezes_of(db, "bob")] == ["dispute:demo:dp1"]
    assert (await refundable(db, "bob", "RUB")).sources == ()
    assert await check(db) == []


async def test_won_everything_is_as_before_but_the_fee(db: AsyncConnection, bank: Bank) -> None:
    await tell(db, DisputeStatus.OPEN, TAKEN)
    for _ in range(2):
        await tell(db, DisputeStatus.WON, TAKEN, BACK)
    assert await posted(db, CASH) == -98500
    assert await posted(db, DISPUTED) == 0
    assert await available(db, BOB) == 100000
    assert not await is_frozen(db, "bob", "RUB")
    assert await post(db, move("m1", BOB, ANN, 1)) == ["posted"]
    assert [one.status.value for one in await disputes(db)] == ["won"]


async def test_won_before_its_money_is_back(db: AsyncConnection, bank: Bank) -> None:
    await tell(db, DisputeStatus.WON, TAKEN)
    assert await posted(db, DISPUTED) == -100000
    await tell(db, DisputeStatus.WON, TAKEN, BACK)
    assert await posted(db, DISPUTED) == 0


async def test_lost_the_wallet_pays(db: AsyncConnection, bank: Bank) -> None:
    """Деньги ещё в кошельке: платит клиент, наш расход — только 15,00."""
    await tell(db, DisputeStatus.OPEN, TAKEN)
    for _ in range(2):
        await tell(db, DisputeStatus.LOST, TAKEN)
    assert await posted(db, DISPUTED) == 0
    assert await posted(db, BOB) == 0
    assert await posted(db, COST) == -1500
    assert not await is_frozen(db, "bob", "RUB"), "nothing is owed"
    assert (await refundable(db, "bob", "RUB")).most == rub(0)
    assert await check(db) == []


async def test_lost_after_it_was_spent(db: AsyncConnection, bank: Bank) -> None:
    """600,00 потрачено: 540,00 заработала Анна, из них 54,00 в резерве. Кошелёк отдаёт 400,00,
    резерв 54,00, остальные 546,00 — наш расход; кошелёк должника остаётся заморожен."""
    await served(db, "S-2026-000001", 60000)
    await post(db, move("keep", ANN, RESERVE, 5400))
    await tell(db, DisputeStatus.OPEN, TAKEN)
    found = await dispute(db, "demo", "dp1")
    assert found.held == rub(40000)
    assert await disputed_sessions(db, found) == {"S-2026-000001": rub(60000)}
    assert await kept(db) == rub(48600), "all that she has"
    await tell(db, DisputeStatus.LOST, TAKEN)
    assert await posted(db, BOB) == 0
    assert await posted(db, RESERVE) == 0
    assert await posted(db, ANN) == 48600, "earnings answer only by their reserve"
    assert await posted(db, COST) == -1500 - 54600
    assert await posted(db, DISPUTED) == 0
    assert await is_frozen(db, "bob", "RUB")
    assert await check(db) == []


async def test_what_is_settled_during_a_dispute_is_blocked_too(
    db: AsyncConnection, bank: Bank
) -> None:
    legs = (Leg(BOB, -10000), Leg(Account(AccountKind.ESCROW, "S-2026-000002"), 10000))
    await post(db, Draft("tick", "S-2026-000002:1", "minute", legs, "S-2026-000002"))
    await tell(db, DisputeStatus.OPEN, TAKEN)
    assert await kept(db) == rub(0)
    await settle(db, "S-2026-000002", BOB, Terms(ANN), Outcome.RESOLVED, AT)
    await refresh_blocks(db, AT)
    assert await kept(db) == rub(9000)
    await tell(db, DisputeStatus.WON, TAKEN, BACK)
    assert await kept(db) == rub(0)


async def test_an_inquiry_moves_nothing(db: AsyncConnection, bank: Bank) -> None:
    assert await tell(db, DisputeStatus.INQUIRY) == "inquiry"
    assert not await is_frozen(db, "bob", "RUB")
    assert (await refundable(db, "bob", "RUB")).most == rub(100000)
    assert await tell(db, DisputeStatus.INQUIRY_CLOSED) == "inquiry_closed"
    assert await available(db, BOB) == 100000


async def test_an_inquiry_may_become_a_dispute(db: AsyncConnection, bank: Bank) -> None:
    await tell(db, DisputeStatus.INQUIRY)
    await tell(db, DisputeStatus.OPEN, TAKEN)
    assert await is_frozen(db, "bob", "RUB")
    assert (await balance(db, BOB)).held == rub(100000)


async def test_a_dispute_of_a_payment_that_we_do_not_know_yet(db: AsyncConnection) -> None:
    with pytest.raises(NotYet):
        await tell(db, DisputeStatus.OPEN, TAKEN)
    with pytest.raises(DisputeUnknown):
        await dispute(db, "demo", "dp1")


async def test_two_disputes_of_one_client_thaw_with_the_last(
    db: AsyncConnection, bank: Bank
) -> None:
    await topped_up(db, bank, n=2)
    await tell(db, DisputeStatus.OPEN, TAKEN)
    other = replace(fact(DisputeStatus.OPEN), ref="dp2", payment="p2")
    await apply_fact(db, "demo", "evt", other, AT)
    assert (await balance(db, BOB)).held == rub(200000)
    await tell(db, DisputeStatus.WON, TAKEN, BACK)
    assert await is_frozen(db, "bob", "RUB")
    won = replace(other, status=DisputeStatus.WON)
    await apply_fact(db, "demo", "evt", won, AT)
    assert await available(db, BOB) == 200000


# --- early warnings

WARNED = WarningFact("issfr1", "p1", "made_with_stolen_card")


async def test_a_warned_payment_goes_back_before_it_is_disputed(
    db: AsyncConnection, bank: Bank
) -> None:
    """300,00 потрачено, 700,00 возвращаются на карту, кошелёк заморожен."""
    await served(db, "S-2026-000001", 30000)
    assert await apply_fact(db, "demo", "e1", WARNED, AT) == "refunded"
    assert await apply_fact(db, "demo", "e2", WARNED, AT) == "known"
    await work_refunds(nested(db), bank, Clock())
    given_back = await refund_of(db, "warning-issfr1")
    assert (given_back.state.value, given_back.amount) == ("done", rub(70000))
    assert await available(db, BOB) == 0
    assert [one.key for one in await freezes_of(db, "bob")] == ["warning:demo:issfr1"]


async def test_a_warning_while_refunds_are_switched_off_freezes(
    db: AsyncConnection, bank: Bank
) -> None:
    await turn(db, Switch.REFUNDS, False, CURATOR, "a leak", AT)
    assert await apply_fact(db, "demo", "e1", WARNED, AT) == "frozen"
    assert await is_frozen(db, "bob", "RUB")


async def test_a_warning_of_what_is_spent_or_over_only_freezes(
    db: AsyncConnection, bank: Bank
) -> None:
    await post(db, move("m1", BOB, ANN, 100000))
    assert await apply_fact(db, "demo", "e1", WARNED, AT) == "frozen"
    over = replace(WARNED, ref="issfr2", live=False)
    assert await apply_fact(db, "demo", "e2", over, AT) == "not_live"
    with pytest.raises(NotYet) as early:
        await apply_fact(db, "demo", "e3", replace(WARNED, payment="p9"), AT)
    assert (early.value.what, early.value.ref) == ("payment_unknown", "p9")


async def test_whom_a_session_paid(db: AsyncConnection) -> None:
    await fund(db, BOB, 10000)
    await served(db, "S-2026-000001", 10000)
    journals = await journals_of(db, "S-2026-000001")
    assert paid_on(journals, 10000) == {"ann": 9000}
    assert paid_on(journals, 3333) == {"ann": 2999}
    assert paid_on([], 100) == {}
