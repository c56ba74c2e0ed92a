"""Months as values."""

from datetime import date

import pytest

from reports.months import Month


def test_days_and_neighbours() -> None:
    one = Month.of(date(2026, 2, 17))
    assert (one.first, one.last, str(one)) == (date(2026, 2, 1), date(2026, 2, 28), "2026-02")
    assert Month(2026, 12).last == date(2026, 12, 31)
    assert Month(2026, 1).before == Month(2025, 12) < Month(2026, 1)
    assert Month.parse(str(one)) == one


@pytest.mark.parametrize(
    "text", ["", "2026-00", "2026-13", "26-01", "2026-1", "1999-01", "9999-12"]
)
def test_what_is_no_month(text: str) -> None:
    assert Month.parse(text) is None
