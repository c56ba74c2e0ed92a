"""Errands, subscriptions, firms and claims on real books."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    AccountKind,
    Appraisal,
    Money,
    Outcome,
    Subscription,
    Terms,
    appraise,
    budget_draft,
    check,
    collect_claim,
    collect_claims,
    divide_in_firm,
    earn_days,
    end_subscription,
    hold,
    journals_of,
    settle,
    taken_in,
    void_hold,
)
from ledger.errors import InsufficientFunds, KeyConflict, PenaltyTooHigh
from ledger.freezing import freeze, thaw
from ledger.views import journal_by_id
from tests.ledger.books import ANN, AT, BOB, CASH, available, fund, move, post

BUDGET = Account(AccountKind.BONUS)
OWED = Account(AccountKind.RECOURSE, "ann")
INCOME = Account(AccountKind.SUBSCRIPTIONS)
FIRM = Account(AccountKind.EARNINGS, "acme")
MONTH = Subscription("A-1", Money(100_00), date(2026, 11, 1), 7)


async def errand(db: AsyncConnection, number: str, provider: Account = ANN) -> None:
    """100.00, of which the performer gets 60.00."""
    await fund(db, BOB, 100_00, f"fund:{number}")
    escrow = Account(AccountKind.ESCROW, number)
    assert await post(db, move(f"price:{number}", BOB, escrow, 100_00, ref=number)) == ["posted"]
    await settle(db, number, BOB, Terms(provider, fixed_minor=60_00), Outcome.RESOLVED, AT)


async def test_a_bonus_beyond_the_budget_is_refused_by_the_books(db: AsyncConnection) -> None:
    await errand(db, "E-1")
    await post(db, budget_draft("2026-11", Money(50_00)))
    with pytest.raises(InsufficientFunds) as caught:
        await appraise(db, Appraisal("E-1", ANN, Money(50_01)), AT)
    assert (caught.value.account, caught.value.available) == (BUDGET, Money(50_00))
    await appraise(db, Appraisal("E-1", ANN, Money(50_00)), AT)
    assert (await available(db, ANN), await available(db, BUDGET)) == (110_00, 0)


async def test_an_errand_is_appraised_once(db: AsyncConnection) -> None:
    await errand(db, "E-1")
    for _ in range(3):
        await appraise(db, Appraisal("E-1", ANN, Money(-10_00)), AT)
    assert (await available(db, ANN), await available(db, BUDGET)) == (50_00, 10_00)
    with pytest.raises(KeyConflict):
        await appraise(db, Appraisal("E-1", ANN, Money(-11_00)), AT)
    with pytest.raises(KeyConflict):
        await appraise(db, Appraisal("E-1", FIRM, Money(-10_00)), AT)


async def test_a_penalty_is_at_most_the_pay_of_that_errand(db: AsyncConnection) -> None:
    await errand(db, "E-1")
    await errand(db, "E-2")
    with pytest.raises(PenaltyTooHigh):
        await appraise(db, Appraisal("E-1", ANN, Money(-60_01)), AT)
    with pytest.raises(PenaltyTooHigh):
        await appraise(db, Appraisal("E-3", ANN, Money(-1)), AT)
    await appraise(db, Appraisal("E-1", ANN, Money(-60_00)), AT)
    assert await available(db, ANN) == 60_00


async def test_the_sweep_collects_every_claim_as_earnings_come(db: AsyncConnection) -> None:
    await errand(db, "E-1")
    await post(db, move("spent", ANN, CASH, 60_00))
    await appraise(db, Appraisal("E-1", ANN, Money(-10_00)), AT)
    assert await collect_claims(db, AT) == 0
    for key, minor, owed in (("a", 4_00, -6_00), ("b", 4_00, -2_00), ("c", 5_00, 0)):
        await fund(db, ANN, minor, key)
        assert await collect_claims(db, AT) == 1
        assert await collect_claims(db, AT) == 0
        assert await available(db, OWED) == owed
    assert await available(db, ANN) == 3_00
    assert await check(db) == []


async def test_earnings_that_are_held_or_frozen_are_not_collected(db: AsyncConnection) -> None:
    await errand(db, "E-1")
    await post(db, move("spent", ANN, CASH, 60_00))
    await appraise(db, Appraisal("E-1", ANN, Money(-10_00)), AT)
    await fund(db, ANN, 4_00, "some")
    await hold(db, "payout", ANN, Money(4_00), AT)
    assert await collect_claims(db, AT) == 0
    await void_hold(db, "payout", AT)
    await freeze(db, ANN)
    assert await collect_claims(db, AT) == 0
    await thaw(db, ANN)
    assert await collect_claims(db, AT) == 1
    assert await available(db, OWED) == -6_00


async def test_a_claim_is_collected_once_an_occasion_and_never_beyond(db: AsyncConnection) -> None:
    await errand(db, "E-1")
    await post(db, move("spent", ANN, CASH, 60_00))
    await appraise(db, Appraisal("E-1", ANN, Money(-10_00)), AT)
    assert await available(db, OWED) == -10_00
    await collect_claim(db, ANN, "nothing there", AT)
    await fund(db, ANN, 4_00, "some")
    for _ in range(2):
        await collect_claim(db, ANN, "first", AT)
    assert (await available(db, OWED), await available(db, ANN)) == (-6_00, 0)
    await fund(db, ANN, 20_00, "more")
    await collect_claim(db, ANN, "first", AT)
    assert await available(db, OWED) == -6_00
    await collect_claim(db, ANN, "second", AT)
    await collect_claim(db, ANN, "third", AT)
    assert (await available(db, OWED), await available(db, ANN)) == (0, 14_00)
    assert await check(db) == []


async def test_days_are_earned_once_however_often_the_clerk_looks(db: AsyncConnection) -> None:
    await post(db, taken_in(MONTH, CASH, "psp", "demo:A-1"))
    for through in (2, 2, 1, 4, 4):
        await earn_days(db, MONTH, date(2026, 11, through), AT)
    assert (await available(db, INCOME), await available(db, MONTH.advance)) == (57_14, 42_86)
    assert await earn_days(db, MONTH, date(2027, 1, 1), AT) == Money(0)
    assert len([j for j in await journals_of(db, "A-1") if j.kind == "subscription_day"]) == 7


async def test_a_day_in_a_closed_period_is_recorded_today(db: AsyncConnection) -> None:
    closed = "INSERT INTO ledger_period (first_day, last_day, closed_us, closed_by, manifest)"
    await post(db, taken_in(MONTH, CASH, "psp", "demo:A-1"))
    await db.execute(text(f"{closed} VALUES ('2026-11-01', '2026-11-01', 0, 'eve', '')"))
    await earn_days(db, MONTH, date(2026, 11, 2), AT)
    first = await journal_by_id(db, "sub_day:A-1:1")
    second = await journal_by_id(db, "sub_day:A-1:2")
    assert first is not None
    assert second is not None
    assert (first.effective_on, first.memo) == (AT.date(), "2026-11-01")
    assert (second.effective_on, second.memo) == (date(2026, 11, 2), "2026-11-02")


async def test_a_subscription_ends_early_once(db: AsyncConnection) -> None:
    wallet = Account(AccountKind.PREPAID, "bob")
    await fund(db, wallet, 100_00)
    await post(db, taken_in(MONTH, wallet, "sub", "A-1"))
    for _ in range(2):
        back = await end_subscription(db, MONTH, date(2026, 11, 3), wallet, AT)
        assert back == Money(57_15)
    await earn_days(db, MONTH, date(2027, 1, 1), AT + timedelta(days=60))
    assert (await available(db, wallet), await available(db, INCOME)) == (57_15, 42_85)


async def test_a_firm_divides_what_it_has_and_the_session_does_not_know(
    db: AsyncConnection,
) -> None:
    await errand(db, "E-1", FIRM)
    seen = await journals_of(db, "E-1")
    for weights in ([("ann", 1), ("ben", 1)], [("ann", 1), ("ben", 1)], [("ben", 1)]):
        await divide_in_firm(db, FIRM, "E-1", weights, AT)
    members = [Account(AccountKind.MEMBER, f"acme/{name}") for name in ("ann", "ben")]
    assert [await available(db, one) for one in members] == [0, 60_00]
    assert await available(db, FIRM) == 60_00
    assert await journals_of(db, "E-1") == seen
    assert len(await journals_of(db, "firm:acme")) == 2


async def test_two_sessions_of_a_firm_are_divided_apart(db: AsyncConnection) -> None:
    for number in ("E-1", "E-11"):
        await errand(db, number, FIRM)
        await divide_in_firm(db, FIRM, number, [("ann", 1)], AT)
    assert await available(db, Account(AccountKind.MEMBER, "acme/ann")) == 120_00
