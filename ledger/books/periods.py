"""Periods: whole days from one to another, both included; days are days of UTC.

Closing goes month by month, in order and without gaps, and never as far as the running day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from ledger.books.errors import (
    CLOSED_ALREADY,
    NOT_OVER,
    NOT_WHOLE_MONTHS,
    OUT_OF_ORDER,
    BadPeriod,
    ClosingRefused,
)

DAY = timedelta(days=1)
LAST_WRITERS = timedelta(minutes=10)  # what began before midnight has been recorded by then


class Axis(Enum):
    """By which of its two days a journal belongs to a period."""

    EFFECTIVE = "effective"  # when it counts: what an accountant's reports go by
    RECORDED = "recorded"  # when it was written down: what was known at the time


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included. Raises: BadPeriod."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise BadPeriod(self.first, self.last)

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + DAY).day == 1

    def months(self) -> Iterator["Period"]:
        """The calendar months in it; the first and the last may be cut."""
        first = self.first
        while first <= self.last:
            last = min(month_of(first).last, self.last)
            yield Period(first, last)
            first = last + DAY

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def month_of(day: date) -> Period:
    """The calendar month around a day.

    >>> str(month_of(date(2026, 2, 17)))
    '2026-02-01 to 2026-02-28'
    """
    first = day.replace(day=1)
    return Period(first, (first + 31 * DAY).replace(day=1) - DAY)


def next_to_close(last_closed: date | None, oldest: date | None) -> date | None:
    """The first day of the next period to close: after the last closed one, else the month of the
    oldest journal; None when nothing was ever recorded."""
    if last_closed is not None:
        return last_closed + DAY
    return oldest.replace(day=1) if oldest is not None else None


def closing_fault(
    period: Period, last_closed: date | None, oldest: date | None, at: datetime
) -> ClosingRefused | None:
    """Why a period cannot be closed at that moment; None when it can."""

    def refused(reason: str) -> ClosingRefused:
        return ClosingRefused(period.first, period.last, reason, expected)

    expected = next_to_close(last_closed, oldest)
    if not period.is_whole_months:
        return refused(NOT_WHOLE_MONTHS)
    if last_closed is not None and period.first <= last_closed:
        return refused(CLOSED_ALREADY)
    if at < datetime.combine(period.last + DAY, time(), UTC) + LAST_WRITERS:
        return refused(NOT_OVER)
    late = last_closed is None and expected is not None and period.first > expected
    if late or (last_closed is not None and period.first != expected):
        return refused(OUT_OF_ORDER)
    return None
