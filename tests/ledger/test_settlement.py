"""Outcomes divide the escrow, to the kopeck."""

import pytest
from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.credit import Drawn, purse_of
from ledger.errors import CostsTooHigh
from ledger.money import Money
from ledger.settlement import (
    Cost,
    Outcome,
    Terms,
    parts,
    settlement_draft,
    settlement_of,
    with_credit,
)
from ledger.split import Portion, Share
from tests.ledger.books import ANN, BOB, COMMISSION, ESCROW, SESSION
from tests.ledger.claims import Shelf, bps, often, prove, sums

BEN = Account(AccountKind.EARNINGS, "ben")
EVE = Account(AccountKind.EARNINGS, "eve")
RAIL = Account(AccountKind.SUPPLIER, "rail")
TERMS = Terms(ANN)
PURSES = [purse_of(f"{campaign}:bob", "RUB") for campaign in ("a", "b", "c")]
teams = st.lists(st.integers(0, 5000), min_size=3, max_size=3).filter(any)


@st.composite
def agreements(draw: st.DrawFn) -> Terms:
    """Every kind of terms that there is."""
    return Terms(
        ANN,
        draw(bps),
        draw(bps),
        draw(bps),
        fixed_minor=draw(st.none() | sums),
        cap_minor=draw(st.none() | sums),
        costs=tuple(Cost(RAIL, minor) for minor in draw(st.lists(st.integers(1, 50), max_size=3))),
        team=tuple(
            Portion(who, weight) for who, weight in zip((ANN, BEN, EVE), draw(teams), strict=True)
        )
        if draw(st.booleans())
        else (),
    )


@st.composite
def rulings(draw: st.DrawFn) -> list[Share]:
    low, high = sorted((draw(bps), draw(bps)))
    return [Share(COMMISSION, low), Share(ANN, high - low)]


@often
def test_resolved(count: int) -> None:
    def claim(total: int) -> None:
        platform, provider = parts(Money(total), BOB, TERMS, Outcome.RESOLVED)
        assert platform == (COMMISSION, Money(total // 10))
        assert provider == (ANN, Money(total - total // 10))

    prove(count, claim, total=sums)


@often
def test_unresolved(count: int) -> None:
    def claim(total: int) -> None:
        platform, provider, payer = parts(Money(total), BOB, TERMS, Outcome.UNRESOLVED)
        assert platform == (COMMISSION, Money(total // 10))
        assert provider == (ANN, Money(total // 5 - total // 10))
        assert payer == (BOB, Money(total - total // 5))

    prove(count, claim, total=sums)


@often
def test_every_outcome_gives_away_the_whole(count: int) -> None:
    def claim(total: int, terms: Terms, outcome: Outcome, shares: list[Share]) -> None:
        total += sum(cost.minor for cost in terms.costs)
        divided = parts(Money(total), BOB, terms, outcome, shares)
        assert sum(part.minor for _, part in divided) == total
        assert all(part.minor >= 0 for _, part in divided)
        draft = settlement_draft(SESSION, Money(total), divided, outcome)
        settled = settlement_of(draft.legs, BOB, terms)
        sides = (settled.platform, settled.provider, settled.refunded, settled.others)
        assert settled.total == Money(total)
        assert sum(side.minor for side in sides) == total
        if total:
            shelf = Shelf()
            shelf.put(ESCROW, total)
            shelf.post(draft)
            assert shelf.of(ESCROW) == 0

    prove(
        count,
        claim,
        total=sums,
        terms=agreements(),
        outcome=st.sampled_from(Outcome),
        shares=rulings(),
    )


@often
def test_suppliers_get_their_cost_and_the_payer_never_pays_beyond_the_cap(count: int) -> None:
    def claim(total: int, terms: Terms, outcome: Outcome, shares: list[Share]) -> None:
        costs = sum(cost.minor for cost in terms.costs)
        divided = parts(Money(total + costs), BOB, terms, outcome, shares)
        assert sum(part.minor for account, part in divided if account == RAIL) == costs
        back = sum(part.minor for account, part in divided if account == BOB)
        if terms.cap_minor is not None:
            assert total - back <= terms.cap_minor

    prove(
        count,
        claim,
        total=sums,
        terms=agreements(),
        outcome=st.sampled_from(Outcome),
        shares=rulings(),
    )


@often
def test_credit_is_used_first_and_money_comes_back_first(count: int) -> None:
    """What the client paid in money and what campaigns paid is what the others got."""

    def claim(
        cash: int, credit: list[int], terms: Terms, outcome: Outcome, shares: list[Share]
    ) -> None:
        cash += sum(cost.minor for cost in terms.costs)
        drawn = [Drawn(p, m) for p, m in zip(PURSES, credit, strict=False) if m]
        total = cash + sum(one.minor for one in drawn)
        divided = parts(Money(total), BOB, terms, outcome, shares)
        back = sum(part.minor for account, part in divided if account == BOB)
        divided, costs = with_credit(divided, BOB, drawn)
        draft = settlement_draft(SESSION, Money(total), divided, outcome, costs)
        settled = settlement_of(draft.legs, BOB, terms)
        promo_back, promo_used = settled.promo_back_minor, settled.promo_used_minor
        assert promo_back + promo_used == total - cash
        assert settled.refunded.minor == back
        money_back = back - promo_back
        assert money_back == min(cash, back)  # money first, and never more than was paid
        got = settled.platform + settled.provider + settled.others
        assert cash - money_back + promo_used == got.minor
        if total:
            shelf = Shelf()
            shelf.put(ESCROW, total)
            shelf.post(draft)
            assert shelf.of(ESCROW) == 0
            pair = shelf.total(AccountKind.PROMO, AccountKind.PROMO_ISSUED)
            assert pair == total - cash  # what left the purses is back or kept as a promise

    prove(
        count,
        claim,
        cash=sums,
        credit=st.lists(sums, max_size=3),
        terms=agreements(),
        outcome=st.sampled_from(Outcome),
        shares=rulings(),
    )


def test_the_fixed_pay_of_an_errand_is_never_more_than_its_price() -> None:
    terms = Terms(ANN, fixed_minor=25_000)
    assert parts(Money(39_000), BOB, terms, Outcome.RESOLVED) == [
        (COMMISSION, Money(14_000)),
        (ANN, Money(25_000)),
    ]
    assert parts(Money(20_000), BOB, terms, Outcome.RESOLVED)[1] == (ANN, Money(20_000))


def test_above_the_cap_everything_comes_back_with_what_the_outcome_gives_back() -> None:
    divided = parts(Money(10_000), BOB, Terms(ANN, cap_minor=5_000), Outcome.UNRESOLVED)
    assert divided == [(COMMISSION, Money(500)), (ANN, Money(500)), (BOB, Money(9_000))]


def test_a_payer_named_in_a_ruling_has_one_part() -> None:
    divided = parts(Money(100), BOB, TERMS, Outcome.RULED, [Share(BOB, 1000), Share(ANN, 4000)])
    assert divided == [(ANN, Money(40)), (BOB, Money(60))]


def test_costs_beyond_what_was_charged_are_an_error() -> None:
    with pytest.raises(CostsTooHigh) as caught:
        parts(Money(5), BOB, Terms(ANN, costs=(Cost(RAIL, 6),)), Outcome.RESOLVED)
    assert (caught.value.costs, caught.value.total) == (Money(6), Money(5))


@pytest.mark.parametrize("bp", [-1, 10001])
def test_terms_are_shares(bp: int) -> None:
    with pytest.raises(ValueError, match="basis points"):
        Terms(ANN, provider_bp=bp)


@pytest.mark.parametrize(
    "terms", [{"cap_minor": -1}, {"fixed_minor": -1}, {"costs": (Cost(RAIL, -1),)}]
)
def test_terms_are_sums(terms: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="below zero"):
        Terms(ANN, **terms)  # type: ignore[arg-type]


def test_a_ruling_cannot_give_more_than_there_is() -> None:
    with pytest.raises(ValueError, match="no split"):
        parts(Money(5), BOB, TERMS, Outcome.RULED, [Share(ANN, 10001)])
