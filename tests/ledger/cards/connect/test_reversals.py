"""How much of which transfer comes back."""

from hypothesis import given
from hypothesis import strategies as st

from ledger import AccountKind, Money
from ledger.cards.connect.reversals import NEXT, Reversal, ReversalState, reversed_draft, spread
from tests.ledger.payouts.people import day


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), max_size=8))
def test_parts_sum_to_what_is_wanted_or_there(wanted: int, there: list[int]) -> None:
    left = [(f"p{n}", Money(minor)) for n, minor in enumerate(there)]
    parts = spread(Money(wanted), left)
    assert sum(part.minor for _, part in parts) == min(wanted, sum(there))
    assert all(0 < part.minor <= dict(left)[pay_out].minor for pay_out, part in parts)


def test_money_comes_back_to_the_earnings() -> None:
    one = Reversal(
        "dispute:d1:p1", "p1", "tr_1", "ann", "stripe", Money(500), ReversalState.DONE, "спор",
        day(0), day(0),
    )  # fmt: skip
    legs = {leg.account.kind: leg.minor for leg in reversed_draft(one).legs}
    assert legs == {AccountKind.CASH: -500, AccountKind.EARNINGS: 500}
    assert one.idempotency_key == "transfer_reversal:dispute:d1:p1:1"


def test_every_state_has_a_row() -> None:
    assert set(NEXT) == set(ReversalState)
