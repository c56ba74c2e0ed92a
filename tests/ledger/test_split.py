"""The parts sum to the whole, whatever the shares."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import Money
from ledger.split import split

cuts = st.lists(st.integers(0, 10000), max_size=8).map(lambda c: [0, *sorted(c), 10000])
shares = cuts.map(lambda c: [b - a for a, b in pairwise(c)])


@given(st.integers(0, 10**15), shares)
def test_parts_sum_to_the_whole(minor: int, bps: list[int]) -> None:
    parts = [part.minor for part in split(Money(minor), bps)]
    assert sum(parts) == minor
    assert all(part >= 0 for part in parts)
    for part, bp in zip(parts, bps, strict=True):
        assert abs(part * 10000 - minor * bp) < 10000 * len(bps)


@given(st.integers(0, 10**12), st.integers(0, 10**12), shares)
def test_more_money_never_gives_anyone_less(a: int, b: int, bps: list[int]) -> None:
    less, more = sorted((a, b))
    small, large = split(Money(less), bps), split(Money(more), bps)
    assert all(s <= m for s, m in zip(small[:-1], large[:-1], strict=True))


@pytest.mark.parametrize(
    ("minor", "bps"), [(-1, [10000]), (5, [9999]), (5, [10001]), (5, []), (5, [-1, 10001])]
)
def test_what_is_no_split(minor: int, bps: list[int]) -> None:
    with pytest.raises(ValueError, match="no split"):
        split(Money(minor), bps)
