"""Prices of increments, and how long money lasts."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from metering import (
    AtCeiling,
    Rounding,
    Rule,
    Segment,
    Tariff,
    Window,
    affordable_s,
    client_pays_tariff,
    host_pays_tariff,
    units,
)
from metering.pricing import FOREVER_S, Cursor, next_unit
from tests.metering.books import at
from tests.metering.test_meter import tariffs


def test_units_of_the_sold_plans() -> None:
    assert [u.price_minor for u in islice(units(host_pays_tariff()), 3)] == [100, 100, 100]
    first = next(units(client_pays_tariff(25_00)))
    assert (first.n, first.from_s, first.to_s, first.price_minor) == (1, 0, 60, 25_00)


def test_units_end_where_the_ceiling_disconnects() -> None:
    tariff = replace(host_pays_tariff(), max_charge=250, max_charge_strategy=AtCeiling.DISCONNECT)
    assert [u.price_minor for u in units(tariff)] == [100, 100, 50]


def test_units_follow_the_time_of_day() -> None:
    night = Window(
        (1, 2, 3, 4, 5, 6, 7), 8 * 3600 + 120, 86_400, None, 1, 0, (Segment(0, 9, 1, 60),)
    )
    day = replace(night, from_s=0, weight=0, segments=(Segment(0, 1, 1, 60),))
    tariff = Tariff(windows=(day, night))
    start = at(0).replace(hour=8, minute=0, second=0)
    assert [u.price_minor for u in islice(units(tariff, start), 4)] == [60, 60, 540, 540]
    assert affordable_s(tariff, 700, second=int(start.timestamp())) == 180


@given(tariffs, st.integers(0, 2000), st.integers(0, 5))
def test_affordable_is_what_the_increments_add_up_to(
    tariff: Tariff, budget: int, done: int
) -> None:
    """The closed form agrees with walking, from any place in a session."""
    cursor = Cursor()
    for _ in range(done):
        priced = next_unit(tariff, cursor)
        if priced is None:
            return
        cursor = priced[1]
    begun = at_cursor = cursor
    while at_cursor.to_s - begun.to_s < 2000:
        priced = next_unit(tariff, at_cursor)
        if priced is None or priced[1].charged_minor - begun.charged_minor > budget:
            assert affordable_s(tariff, budget, cursor) == at_cursor.to_s - begun.to_s
            return
        at_cursor = priced[1]
    assert affordable_s(tariff, budget, cursor) >= 2000


def test_a_gift_lasts_for_ever() -> None:
    assert affordable_s(Tariff(segments=(Segment(0, 0, 60, 60),)), 0) >= FOREVER_S


def test_rounding_rules() -> None:
    total = Fraction(2501, 10)
    answers = {rule: Rounding(rule, 1).apply(total) for rule in Rule}
    assert answers == {Rule.EXACT: 250, Rule.UP: 251, Rule.DOWN: 250, Rule.HALF_UP: 250}
    assert Rounding(Rule.HALF_UP, 100).apply(Fraction(250)) == 300
