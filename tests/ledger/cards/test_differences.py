"""Their lines beside our journals: what agrees is silent, everything else has a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import Money
from ledger.acquirer import BalanceLine, Category
from ledger.cards.differences import compare, journals_of_line
from tests.ledger.books import AT, rub


def line(minor: int, fee: int = 0, category: Category = Category.CHARGE) -> BalanceLine:
    return BalanceLine("txn_1", category, rub(minor), rub(fee), "po_1", AT)


@pytest.mark.parametrize(
    ("category", "ours", "journals"),
    [
        (Category.CHARGE, "pi_1", ["psp:stripe:pi_1", "txn:txn_1"]),
        (Category.REFUND, "r1:1", ["refund:r1:1"]),
        (Category.REFUND_FAILURE, "r1:1", ["returned:r1:1"]),
        (Category.PAYOUT, "", ["psp:stripe:po_1"]),
        (Category.PAYOUT_REVERSAL, "", ["psp_back:stripe:po_1"]),
        (Category.DISPUTE, "", ["txn:txn_1"]),
        (Category.DISPUTE_REVERSAL, "", ["txn:txn_1"]),
        (Category.FEE, "", ["txn:txn_1"]),
        (Category.OTHER, "", ["txn:txn_1"]),
    ],
)
def test_which_journal_says_what_a_line_says(
    category: Category, ours: str, journals: list[str]
) -> None:
    assert journals_of_line("stripe", line(100, category=category), ours) == journals


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**6), st.integers(-5, 5))
def test_only_what_differs_is_told(minor: int, fee: int, off: int) -> None:
    """Our journals bring the sum and take the fee; `off` is somebody's mistake."""
    one = line(minor, fee)
    cash = {"psp:stripe:pi_1": rub(minor + off), "txn:txn_1": rub(-fee)}
    found = compare([one], {"txn_1": list(cash)}, cash)
    assert bool(found) is (off != 0 and minor != fee)
    assert all(
        (d.kind, d.theirs, d.ours) == ("line_differs", one.net, one.net + Money(off)) for d in found
    )


def test_what_we_do_not_know_at_all_is_missing() -> None:
    (found,) = compare([line(100)], {}, {})
    assert (found.kind, found.ours, found.note) == ("line_missing", rub(0), "charge po_1")
    assert compare([line(30, 30)], {}, {}) == [], "nothing has moved"
