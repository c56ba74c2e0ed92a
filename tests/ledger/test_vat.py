"""Tax inside prices, by the rate of the day, rounded once; advances set off to the kopeck."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from ledger.errors import NoVatRate
from ledger.money import Money
from ledger.vat import (
    Advance,
    on_advances,
    payable,
    rate_on,
    take,
    vat_on_advance,
    vat_on_income,
    vat_set_off,
    vat_within,
)
from tests.ledger.books import COMMISSION
from tests.ledger.claims import Shelf, often, prove, sums

rates = st.sampled_from([500, 700, 1000, 1800, 2000, 2200]) | st.integers(1, 10_000)
VAT = payable("RUB")


@pytest.mark.parametrize(
    ("day", "bp"),
    [
        (date(2004, 1, 1), 1800),
        (date(2018, 12, 31), 1800),
        (date(2019, 1, 1), 2000),
        (date(2025, 12, 31), 2000),
        (date(2026, 1, 1), 2200),
        (date(2030, 6, 1), 2200),
    ],
)
def test_the_basic_rate_of_russia(day: date, bp: int) -> None:
    assert rate_on(day).bp == bp


def test_other_rates_have_names() -> None:
    assert rate_on(date(2026, 5, 1), name="reduced").bp == 1000
    assert rate_on(date(2026, 5, 1), name="simplified-7").bp == 700


@pytest.mark.parametrize(
    "asked", [(date(2003, 12, 31), "RU", "basic"), (date(2026, 1, 1), "XX", "basic")]
)
def test_a_day_without_a_rate_is_an_error(asked: tuple[date, str, str]) -> None:
    with pytest.raises(NoVatRate) as caught:
        rate_on(*asked)
    assert (caught.value.day, caught.value.country, caught.value.name) == asked


@often
def test_the_tax_is_the_nearest_kopeck(count: int) -> None:
    def claim(gross: int, bp: int) -> None:
        exact = Fraction(gross * bp, 10_000 + bp)
        tax = vat_within(gross, bp)
        assert abs(tax - exact) <= Fraction(1, 2)
        assert 0 <= tax <= gross

    prove(count, claim, gross=sums, bp=rates)


@often
def test_after_a_ruling_only_the_difference_is_booked(count: int) -> None:
    def claim(first: int, then: int, bp: int) -> None:
        shelf = Shelf()
        shelf.put(COMMISSION, first)
        shelf.post(vat_on_income("1", COMMISSION, Money(first), bp))
        booked = shelf.of(VAT)
        shelf.put(COMMISSION, then - first)
        shelf.post(vat_on_income("2", COMMISSION, Money(then), bp, booked))
        assert shelf.of(VAT) == vat_within(then, bp)
        assert shelf.of(COMMISSION) + shelf.of(VAT) == then

    prove(count, claim, first=sums, then=sums, bp=rates)


@often
def test_an_advance_used_in_any_pieces_sets_off_what_it_was_taxed_with(count: int) -> None:
    def claim(came: list[tuple[int, int]], pieces: list[int]) -> None:
        advances = [Advance(f"T-{n}", gross, bp) for n, (gross, bp) in enumerate(came)]
        known = {one.key: one for one in advances}
        shelf = Shelf()
        for one in advances:
            shelf.post(vat_on_advance(one.key, "bob", Money(one.gross_minor), one.bp))
        paid = shelf.of(VAT)
        for number, piece in enumerate([*pieces, 10**15]):
            there = [one for one in known.values() if one.taken_minor < one.gross_minor]
            before = sum(one.gross_minor - one.taken_minor for one in there)
            changed, tax = take(there, piece)
            known |= {one.key: one for one in changed}
            after = sum(one.gross_minor - one.taken_minor for one in known.values())
            assert before - after == min(piece, before)
            assert [one.key for one in changed] == [one.key for one in there][: len(changed)]
            shelf.post(vat_set_off(f"{number}", "bob", Money(tax)))
        assert paid == sum(vat_within(gross, bp) for gross, bp in came)
        assert (shelf.of(VAT), shelf.of(on_advances("bob", "RUB"))) == (0, 0)

    came = st.lists(st.tuples(st.integers(1, 10**9) | st.integers(1, 50), rates), max_size=4)
    prove(count, claim, came=came, pieces=st.lists(sums, max_size=6))


def test_nothing_is_no_journal() -> None:
    assert vat_on_income("1", COMMISSION, Money(2), 2200) is None
    assert vat_on_advance("1", "bob", Money(2), 2200) is None
    assert vat_set_off("1", "bob", Money(0)) is None
