"""Disputes as values: which money bought what, who is collected from, which states climb."""

from hypothesis import given
from hypothesis import strategies as st

from ledger import Account, AccountKind, Money
from ledger.acquirer import DisputeStatus
from ledger.cards import Dispute
from ledger.cards.dispute_plan import bought, climbs, collection_draft
from ledger.journals import StatementLine
from tests.ledger.books import AT, rub

COST = Account(AccountKind.DISPUTE_COST)


def line(version: int, minor: int, after: int, ref: str = "", id: str = "") -> StatementLine:
    journal = id or f"j{version}"
    return StatementLine(version, journal, "k", ref, "", AT, rub(minor), rub(after))


def test_money_leaves_in_the_order_in_which_it_came() -> None:
    """50 were there; 100 came; sessions of 70, 60 and 40: of ours 20, 60 and 20."""
    lines = [
        line(4, 100, 150, id="psp:demo:p1"),
        line(5, -70, 80, "S-1"),
        line(6, 30, 110, "S-1"),
        line(7, -60, 50, "S-2"),
        line(8, -40, 10, "S-3"),
    ]
    assert bought(lines, "psp:demo:p1") == {"S-1": 20, "S-2": 60, "S-3": 20}
    assert bought(lines, "psp:demo:p9") == {}


@given(st.integers(0, 1000), st.integers(1, 1000), st.lists(st.integers(1, 300), max_size=12))
def test_what_was_bought_is_never_more_than_was_paid(
    before: int, paid: int, costs: list[int]
) -> None:
    lines, left = [line(1, paid, before + paid, id="psp")], before + paid
    for n, cost in enumerate(costs, 2):
        if cost > left:
            break
        left -= cost
        lines.append(line(n, -cost, left, f"S-{n}"))
    spent = bought(lines, "psp")
    assert sum(spent.values()) == max(0, min(paid, paid - left))
    assert all(minor > 0 for minor in spent.values())


@given(st.integers(1, 10**6), st.lists(st.integers(0, 10**6), max_size=6))
def test_a_lost_dispute_is_collected_whole(owed: int, there: list[int]) -> None:
    purses = [(Account(AccountKind.RESERVE, f"c{n}"), rub(m)) for n, m in enumerate(there)]
    lost = DisputeStatus.LOST
    found = Dispute("demo", "dp1", "p1", "t1", "bob", rub(1), lost, "", AT, Money(0))
    draft = collection_draft(found, rub(owed), purses)
    assert sum(leg.minor for leg in draft.legs) == 0
    taken = {leg.account: -leg.minor for leg in draft.legs[1:]}
    assert all(0 < taken.get(account, 1) <= max(m.minor, 1) for account, m in purses)
    assert taken.get(COST, 0) == max(0, owed - sum(there))


def test_ends_are_final_and_states_only_climb() -> None:
    order = [DisputeStatus.INQUIRY, DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW]
    for n, lower in enumerate(order):
        assert [climbs(lower, other) for other in order] == [False] * (n + 1) + [True] * (2 - n)
        assert not any(climbs(end, lower) for end in (DisputeStatus.WON, DisputeStatus.LOST))
    assert not climbs(DisputeStatus.WON, DisputeStatus.LOST)
