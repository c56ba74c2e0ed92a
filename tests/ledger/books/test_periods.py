"""Periods: whole months, in order, never the running day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.books import BadPeriod, Period, month_of
from ledger.books.periods import closing_fault, next_to_close

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
OCTOBER = month_of(date(2026, 10, 5))


def reason(period: Period, last: date | None, oldest: date | None, at: datetime = AT) -> str:
    fault = closing_fault(period, last, oldest, at)
    return fault.reason if fault else ""


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(BadPeriod):
        Period(date(2026, 2, 2), date(2026, 2, 1))


@given(st.dates(date(1900, 1, 1), date(2999, 1, 1)), st.integers(0, 1000))
def test_months_cover_every_day_once(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days))
    months = list(period.months())
    assert (months[0].first, months[-1].last) == (period.first, period.last)
    for one, following in pairwise(months):
        assert following.first - one.last == timedelta(days=1)
        assert following.first.day == 1


@pytest.mark.parametrize(
    ("period", "last", "oldest", "said"),
    [
        (OCTOBER, date(2026, 9, 30), None, ""),
        (OCTOBER, None, date(2026, 10, 30), ""),
        (OCTOBER, None, None, ""),
        (Period(date(2026, 9, 1), date(2026, 10, 31)), date(2026, 8, 31), None, ""),
        (OCTOBER, date(2026, 8, 31), None, "out_of_order"),
        (OCTOBER, None, date(2026, 9, 30), "out_of_order"),
        (OCTOBER, date(2026, 10, 31), None, "closed_already"),
        (Period(date(2026, 10, 1), date(2026, 10, 30)), date(2026, 9, 30), None,
         "not_whole_months"),
        (month_of(date(2026, 11, 1)), date(2026, 10, 31), None, "not_over"),
    ],
)  # fmt: skip
def test_what_may_be_closed(
    period: Period, last: date | None, oldest: date | None, said: str
) -> None:
    assert reason(period, last, oldest) == said


def test_the_last_writers_are_waited_for() -> None:
    midnight = datetime(2026, 11, 1, tzinfo=UTC)
    assert reason(OCTOBER, None, None, midnight + timedelta(minutes=9)) == "not_over"
    assert reason(OCTOBER, None, None, midnight + timedelta(minutes=10)) == ""


def test_what_is_to_be_closed_next() -> None:
    assert next_to_close(None, None) is None
    assert next_to_close(None, date(2026, 9, 17)) == date(2026, 9, 1)
    assert next_to_close(date(2026, 9, 30), date(2026, 9, 17)) == date(2026, 10, 1)
