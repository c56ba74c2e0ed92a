"""The parts sum to the whole, whatever the shares, and however the whole grew."""

from itertools import pairwise

import pytest
from hypothesis import strategies as st

from ledger.money import Money
from ledger.split import apportion, split
from tests.ledger.claims import often, prove, sums, weights

cuts = st.lists(st.integers(0, 10000), max_size=8).map(lambda c: [0, *sorted(c), 10000])
shares = cuts.map(lambda c: [b - a for a, b in pairwise(c)])


@often
def test_parts_sum_to_the_whole(count: int) -> None:
    def claim(minor: int, bps: list[int]) -> None:
        parts = [part.minor for part in split(Money(minor), bps)]
        assert sum(parts) == minor
        assert all(part >= 0 for part in parts)
        for part, bp in zip(parts, bps, strict=True):
            assert abs(part * 10000 - minor * bp) < 10000 * len(bps)

    prove(count, claim, minor=sums, bps=shares)


@often
def test_more_money_never_gives_anyone_less(count: int) -> None:
    """Not even the last, who takes the remainders."""

    def claim(a: int, more: int, by: list[int]) -> None:
        small, large = apportion(Money(a), by), apportion(Money(a + more), by)
        assert all(s <= m for s, m in zip(small, large, strict=True))

    prove(count, claim, a=sums, more=sums | st.integers(0, 3), by=weights)


@often
def test_any_cutting_of_a_growing_whole_comes_to_the_same(count: int) -> None:
    """Minute by minute, each party gets what the whole says less what it has: never below zero."""

    def claim(steps: list[int], by: list[int]) -> None:
        given, whole = [0] * len(by), 0
        for step in steps:
            whole += step
            parts = [part.minor for part in apportion(Money(whole), by)]
            grown = [now - before for now, before in zip(parts, given, strict=True)]
            assert sum(grown) == step
            assert all(minor >= 0 for minor in grown)
            given = parts
        assert given == [part.minor for part in apportion(Money(sum(steps)), by)]

    prove(count, claim, steps=st.lists(st.integers(0, 5000), max_size=20), by=weights)


@often
def test_who_has_no_share_gets_nothing(count: int) -> None:
    def claim(minor: int, by: list[int]) -> None:
        for part, weight in zip(apportion(Money(minor), by), by, strict=True):
            assert weight or not part.minor

    prove(count, claim, minor=sums, by=weights)


def test_two_parties_are_floor_and_rest() -> None:
    for minor in range(2000):
        assert split(Money(minor), [1000, 9000]) == [
            Money(minor // 10),
            Money(minor - minor // 10),
        ]


@pytest.mark.parametrize(
    ("minor", "bps"), [(-1, [10000]), (5, [9999]), (5, [10001]), (5, []), (5, [-1, 10001])]
)
def test_what_is_no_split(minor: int, bps: list[int]) -> None:
    with pytest.raises(ValueError, match="no split"):
        split(Money(minor), bps)


@pytest.mark.parametrize(("minor", "by"), [(-1, [1]), (5, []), (5, [0, 0]), (5, [2, -1])])
def test_what_divides_nothing(minor: int, by: list[int]) -> None:
    with pytest.raises(ValueError, match="do not divide"):
        apportion(Money(minor), by)


def test_the_currency_stays() -> None:
    assert split(Money(3, "JPY"), [5000, 5000]) == [Money(1, "JPY"), Money(2, "JPY")]
