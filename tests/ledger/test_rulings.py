"""From one division of a session's money to another, without anybody below zero."""

from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.collection import recourse_of
from ledger.credit import issuer_of, promo_cost, purse_of
from ledger.money import Money
from ledger.rulings import legs_between, ruling_drafts, wanted_by, words_of
from ledger.settlement import Outcome, Terms, parts
from ledger.split import Share
from tests.ledger.books import ANN, BOB, COMMISSION
from tests.ledger.claims import Shelf, bps, often, prove, sums

TERMS = Terms(ANN)
PURSE = purse_of("welcome:bob", "RUB")
WHO = [COMMISSION, ANN, BOB, PURSE]
findings = st.sampled_from([Outcome.RESOLVED, Outcome.UNRESOLVED])


@st.composite
def divisions(draw: st.DrawFn) -> tuple[dict[Account, int], dict[Account, int]]:
    """Two divisions of one sum among the same four."""
    total, both = draw(sums), []
    for _ in range(2):
        cuts = sorted(draw(st.integers(0, total)) for _ in WHO[1:])
        edges = [0, *cuts, total]
        both.append({who: edges[n + 1] - edges[n] for n, who in enumerate(WHO)})
    return both[0], both[1]


@often
def test_a_ruling_moves_what_is_there_and_tells_what_is_not(count: int) -> None:
    def claim(
        both: tuple[dict[Account, int], dict[Account, int]], left: int, purse: int, earned: int
    ) -> None:
        now, wanted = both
        shelf = Shelf()
        for account, minor in ((BOB, left), (PURSE, purse), (ANN, earned)):
            shelf.put(account, minor)
        before = shelf.free()
        legs, short = legs_between(now, wanted, before)
        taken = {leg.account: -leg.minor for leg in legs if leg.minor < 0}
        assert short >= 0
        assert sum(leg.minor for leg in legs) == 0
        for who in WHO:
            change = wanted[who] - now[who]
            moved = sum(leg.minor for leg in legs if leg.account == who)
            assert moved == change or (0 <= moved < change) or (change < moved <= 0)
        if legs:
            shelf.post(*ruling_drafts("S-1", "A-1", legs, "resolved", before))
        for account in (BOB, PURSE):
            assert taken.get(account, 0) <= before[account]
        got = sum(leg.minor for leg in legs if leg.minor > 0)
        wished = sum(max(wanted[who] - now[who], 0) for who in WHO)
        assert got + short == wished

    prove(count, claim, both=divisions(), left=sums, purse=sums, earned=sums)


@often
def test_with_money_everywhere_a_ruling_is_exact_and_comes_back(count: int) -> None:
    """Solved, found unsolved, found solved again: everybody has what the first said."""

    def claim(total: int, first: Outcome, shares: list[int]) -> None:
        low, high = sorted(shares)
        ruled = [Share(COMMISSION, low), Share(ANN, high - low)]
        shelf = Shelf()
        start = wanted_by(parts(Money(total), BOB, TERMS, first))
        other = wanted_by(parts(Money(total), BOB, TERMS, Outcome.RULED, ruled))
        for account, minor in start.items():
            shelf.put(account, minor)
        for number, (now, wanted) in enumerate([(start, other), (other, start)]):
            legs, short = legs_between(now, wanted, shelf.free())
            assert short == 0
            if legs:
                shelf.post(*ruling_drafts("S-1", str(number), legs, "", shelf.free()))
        assert {a: m for a, m in shelf.sums.items() if m} == {a: m for a, m in start.items() if m}

    prove(count, claim, total=sums, first=findings, shares=st.lists(bps, min_size=2, max_size=2))


def test_what_is_missing_is_missing_from_the_platform_first() -> None:
    now = {COMMISSION: 0, ANN: 0, BOB: 100}
    wanted = {COMMISSION: 40, ANN: 60, BOB: 0}
    legs, short = legs_between(now, wanted, {BOB: 70})
    assert {leg.account: leg.minor for leg in legs} == {BOB: -70, ANN: 60, COMMISSION: 10}
    assert short == 30


def test_earnings_that_are_gone_are_covered_before_they_are_debited() -> None:
    reserve, owed = recourse_of(ANN)
    legs, _ = legs_between({ANN: 90, BOB: 0}, {ANN: 10, BOB: 80}, {ANN: 30})
    cover, ruling = ruling_drafts("S-1", "A-1", legs, "unresolved", {ANN: 30, reserve: 20})
    assert {leg.account: leg.minor for leg in cover.legs} == {reserve: -20, owed: -30, ANN: 50}
    assert {leg.account: leg.minor for leg in ruling.legs} == {ANN: -80, BOB: 80}
    assert (cover.ref, ruling.ref, ruling.memo) == ("ann", "S-1", "unresolved")


def test_credit_that_returns_is_a_cost_less() -> None:
    legs, _ = legs_between({ANN: 90, PURSE: 0}, {ANN: 10, PURSE: 80}, {ANN: 90})
    (ruling,) = ruling_drafts("S-1", "A-1", legs, "", {ANN: 90})
    moved = {leg.account: leg.minor for leg in ruling.legs}
    assert moved == {ANN: -80, PURSE: 80, promo_cost("RUB"): 80, issuer_of(PURSE): -80}


def test_nothing_to_change_is_nothing() -> None:
    assert legs_between({ANN: 90}, {ANN: 90}, {}) == ([], 0)


def test_a_third_account_of_a_ruling_is_served_with_the_client() -> None:
    expert = Account(AccountKind.SUPPLIER, "expert")
    legs, _ = legs_between({BOB: 100}, {expert: 30, ANN: 30, COMMISSION: 40}, {BOB: 50})
    assert [(leg.account, leg.minor) for leg in legs[1:]] == [(ANN, 30), (expert, 20)]


def test_the_words_of_a_ruling() -> None:
    assert words_of(Outcome.UNRESOLVED, []) == "unresolved"
