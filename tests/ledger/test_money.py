"""Money and its named divisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import CurrencyMismatch, Money, divide_down, divide_half_up, divide_up

minors = st.integers(-(10**15), 10**15)
divisors = st.integers(1, 10**9)


@given(minors, minors)
def test_sums_are_exact(a: int, b: int) -> None:
    assert Money(a) + Money(b) - Money(b) == Money(a)
    assert -Money(a) == Money(-a)
    assert Money(a) * 3 == Money(a) + Money(a) + Money(a)
    assert (Money(a) < Money(b)) == (a < b)
    assert (Money(a) >= Money(b)) == (a >= b)


def test_currencies_do_not_mix() -> None:
    for sum_up in (
        lambda: Money(1) + Money(1, "EUR"),
        lambda: Money(1) - Money(1, "EUR"),
        lambda: Money(1) < Money(1, "EUR"),
        lambda: Money(1) > Money(1, "EUR"),
        lambda: Money(1) <= Money(1, "EUR"),
    ):
        with pytest.raises(CurrencyMismatch) as caught:
            sum_up()
        assert (caught.value.left, caught.value.right) == ("RUB", "EUR")
    assert Money(1) != Money(1, "EUR")


@given(minors, divisors)
def test_divisions_say_where_the_remainder_goes(n: int, d: int) -> None:
    down, up, near = divide_down(n, d), divide_up(n, d), divide_half_up(n, d)
    assert down * d <= n < (down + 1) * d
    assert (up - 1) * d < n <= up * d
    assert near in (down, up)
    assert 2 * abs(n - near * d) <= d


@given(st.integers(0, 10**12), st.integers(0, 10000))
def test_a_part_is_never_more_than_its_share(minor: int, bp: int) -> None:
    part = Money(minor).part(bp).minor
    assert 0 <= minor * bp - part * 10000 < 10000
