"""Taking what is there, in order, and owing the rest."""

from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.collection import claim_collected, collect, cover_draft, recourse_of
from tests.ledger.books import ANN
from tests.ledger.claims import Shelf, often, prove, sums

RESERVE, CLAIM = recourse_of(ANN)
SOURCES = [Account(AccountKind.PREPAID, name) for name in ("a", "b", "c")]


@often
def test_nobody_is_brought_below_zero(count: int) -> None:
    def claim(minor: int, there: list[int]) -> None:
        free = dict(zip(SOURCES, there, strict=False))
        legs = collect(minor, SOURCES, free)
        taken = -sum(leg.minor for leg in legs)
        assert taken == min(minor, sum(max(sum_, 0) for sum_ in there))
        assert all(0 < -leg.minor <= free[leg.account] for leg in legs)

    there = st.lists(sums | st.integers(-50, 0), max_size=3)
    prove(count, claim, minor=sums, there=there)


def test_the_first_is_emptied_before_the_second_is_touched() -> None:
    legs = collect(100, SOURCES, dict(zip(SOURCES, (70, 50, 9), strict=True)))
    assert [(leg.account.owner, leg.minor) for leg in legs] == [("a", -70), ("b", -30)]


@often
def test_cover_fills_earnings_up_from_the_reserve_and_then_by_a_claim(count: int) -> None:
    def claim(needed: int, has: int, kept: int) -> None:
        shelf = Shelf()
        shelf.put(ANN, has)
        shelf.put(RESERVE, kept)
        draft = cover_draft("k", ANN, needed, shelf.free())
        assert (draft is None) == (has >= needed)
        shelf.post(draft)
        assert shelf.of(ANN) == max(has, needed)
        missing = max(needed - has, 0)
        assert shelf.of(RESERVE) == max(kept - missing, 0)
        assert shelf.of(CLAIM) == -max(missing - kept, 0)

    prove(count, claim, needed=sums, has=sums, kept=sums)


@often
def test_a_claim_is_paid_by_later_earnings_as_far_as_they_go(count: int) -> None:
    def claim(owed: int, has: int) -> None:
        shelf = Shelf()
        shelf.put(ANN, has)
        shelf.put(CLAIM, -owed)
        draft = claim_collected("k", ANN, shelf.free())
        assert (draft is None) == (not owed or not has)
        shelf.post(draft)
        assert (shelf.of(CLAIM), shelf.of(ANN)) == (min(has - owed, 0), max(has - owed, 0))

    prove(count, claim, owed=sums, has=sums)


def test_cover_is_about_the_party_and_not_about_a_session() -> None:
    draft = cover_draft("S-1:A-1:ann", ANN, 5, {})
    assert draft is not None
    assert (draft.journal_id, draft.ref) == ("cover:S-1:A-1:ann", "ann")
