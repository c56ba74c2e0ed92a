"""Bonus and penalty move the performer's pay and the platform's budget, nothing of the client's."""

import pytest
from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.appraisals import Appraisal, appraisal_drafts, budget, budget_draft
from ledger.errors import PenaltyTooHigh
from ledger.money import Money
from tests.ledger.books import ANN, BOB, COMMISSION
from tests.ledger.claims import Shelf, often, prove, sums

BUDGET = budget("RUB")


@often
def test_the_client_s_price_never_moves(count: int) -> None:
    def claim(pay: int, change: int, earned: int, set_aside: int) -> None:
        shelf = Shelf()
        shelf.put(ANN, earned)
        shelf.put(BUDGET, set_aside)
        if -change > pay:
            with pytest.raises(PenaltyTooHigh):
                appraisal_drafts(Appraisal("E-1", ANN, Money(change)), Money(pay), shelf.free())
            return
        drafts = appraisal_drafts(Appraisal("E-1", ANN, Money(change)), Money(pay), shelf.free())
        touched = {leg.account.kind for draft in drafts for leg in draft.legs}
        assert not touched & {AccountKind.PREPAID, AccountKind.ESCROW, AccountKind.COMMISSION}
        if change > set_aside:
            with pytest.raises(AssertionError):  # the floor of the budget
                shelf.post(*drafts)
            return
        shelf.post(*drafts)
        assert shelf.of(BUDGET) == set_aside - change
        owed = shelf.of(Account(AccountKind.RECOURSE, "ann"))
        assert shelf.of(ANN) + owed == earned + change

    change = st.integers(-(10**6), 10**6).filter(bool)
    prove(count, claim, pay=sums, change=change, earned=sums, set_aside=sums)


def test_a_budget_is_set_aside_from_income_and_returns() -> None:
    shelf = Shelf()
    shelf.put(COMMISSION, 1000)
    shelf.post(budget_draft("2026-11", Money(300)), budget_draft("2026-11-back", Money(-100)))
    assert (shelf.of(COMMISSION), shelf.of(BUDGET)) == (800, 200)


def test_an_errand_has_one_appraisal() -> None:
    pair = [appraisal_drafts(Appraisal("E-1", ANN, Money(m)), Money(9), {ANN: 9}) for m in (5, -5)]
    assert [drafts[-1].journal_id for drafts in pair] == ["grade:E-1", "grade:E-1"]
    assert [drafts[-1].kind for drafts in pair] == ["bonus", "penalty"]


def test_a_penalty_tells_what_it_exceeds() -> None:
    with pytest.raises(PenaltyTooHigh) as caught:
        appraisal_drafts(Appraisal("E-1", ANN, Money(-10)), Money(9), {})
    assert (caught.value.errand, caught.value.penalty, caught.value.pay) == (
        "E-1",
        Money(10),
        Money(9),
    )


def test_an_appraisal_says_something() -> None:
    with pytest.raises(ValueError, match="changes the pay"):
        Appraisal("E-1", BOB, Money(0))
