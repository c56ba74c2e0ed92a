"""Outcomes divide the escrow, to the kopeck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.journals import fault_in
from ledger.money import Money
from ledger.settlement import Outcome, Terms, parts, settlement_draft, settlement_of
from ledger.split import Share
from tests.ledger.books import ANN, BOB, COMMISSION, SESSION

totals = st.integers(0, 10**12)
bps = st.integers(0, 10000)
TERMS = Terms(ANN)


@given(totals)
def test_resolved(total: int) -> None:
    platform, provider = parts(Money(total), BOB, TERMS, Outcome.RESOLVED)
    assert platform == (COMMISSION, Money(total // 10))
    assert provider == (ANN, Money(total - total // 10))


@given(totals)
def test_unresolved(total: int) -> None:
    platform, provider, payer = parts(Money(total), BOB, TERMS, Outcome.UNRESOLVED)
    assert platform == (COMMISSION, Money(total // 10))
    assert provider == (ANN, Money(total // 5 - total // 10))
    assert payer == (BOB, Money(total - total // 5))


@given(totals, bps, bps, bps, st.sampled_from(Outcome), bps, bps)
def test_every_outcome_gives_away_the_whole(
    total: int, provider: int, kept: int, kept_provider: int, outcome: Outcome, a: int, b: int
) -> None:
    terms = Terms(ANN, provider, kept, kept_provider)
    low, high = sorted((a, b))
    shares = (Share(COMMISSION, low), Share(ANN, high - low))
    divided = parts(Money(total), BOB, terms, outcome, shares)
    assert sum(part.minor for _, part in divided) == total
    assert all(part.minor >= 0 for _, part in divided)
    draft = settlement_draft(SESSION, Money(total), divided, outcome)
    if total:
        assert fault_in(draft) is None
    settled = settlement_of(draft.legs, BOB, terms)
    assert settled.total == Money(total)
    assert (
        settled.platform.minor + settled.provider.minor + settled.refunded.minor
        + settled.others.minor
    ) == total  # fmt: skip


@pytest.mark.parametrize("bp", [-1, 10001])
def test_terms_are_shares(bp: int) -> None:
    with pytest.raises(ValueError, match="basis points"):
        Terms(ANN, provider_bp=bp)


def test_a_ruling_cannot_give_more_than_there_is() -> None:
    with pytest.raises(ValueError, match="no split"):
        parts(Money(5), BOB, TERMS, Outcome.RULED, [Share(ANN, 10001)])
