"""Periods as people choose them: a month, a quarter, days of their own. Pure.

Days are the reader's and both inclusive. `period` in an address is "2026-10", "2026-Q4" or "own".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

YEARS = (2000, 2999)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_DAY = timedelta(days=1)
BACK_MONTHS = 14
BACK_QUARTERS = 5


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, None is open."""

    since: date | None = None
    until: date | None = None

    def moments(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """Its beginning, and the moment behind its end, in UTC."""
        behind = self.until + _DAY if self.until else None
        return _midnight(self.since, zone), _midnight(behind, zone)

    def days(self) -> tuple[date, ...]:
        """Each of them; of an open span none."""
        if not (self.since and self.until):
            return ()
        count = (self.until - self.since).days + 1
        return tuple(self.since + n * _DAY for n in range(count))


def span_of(query: Mapping[str, str]) -> tuple[str, Span]:
    """The period asked for, by its name or by days, and its name again: "" is all of time. Days
    count where no other period is named.

    >>> span_of({"period": "2026-Q1"})[1].until, span_of({"since": "2026-02-30"})
    (datetime.date(2026, 3, 31), ('', Span(since=None, until=None)))
    """
    name = query.get("period", "own")
    if named := named_span(name):
        return name, named
    if name != "own":
        return "", Span()
    span = Span(day_of(query.get("since")), day_of(query.get("until")))
    return (name if "period" in query or span != Span() else ""), span


def named_span(name: str) -> Span | None:
    """A month or a quarter; None for what is neither.

    >>> named_span("2026-02").until, named_span("2026-13"), named_span("own")
    (datetime.date(2026, 2, 28), None, None)
    """
    if found := _MONTH.fullmatch(name):
        year, month, months = int(found[1]), int(found[2]), 1
    elif found := _QUARTER.fullmatch(name):
        year, month, months = int(found[1]), int(found[2]) * 3 - 2, 3
    else:
        return None
    if not YEARS[0] <= year <= YEARS[1] or not 1 <= month <= 12:
        return None
    first = date(year, month, 1)
    return Span(first, later(first, months) - _DAY)


def later(first: date, months: int) -> date:
    """The first day of the month so many months on, or back.

    >>> later(date(2026, 11, 1), 3), later(date(2026, 1, 1), -1)
    (datetime.date(2027, 2, 1), datetime.date(2025, 12, 1))
    """
    n = first.year * 12 + first.month - 1 + months
    return date(n // 12, n % 12 + 1, 1)


def choices(today: date) -> tuple[tuple[str, date], ...]:
    """Names of the last months and quarters, each with its first day; months first."""
    month = today.replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    months = [later(month, -n) for n in range(BACK_MONTHS)]
    quarters = [later(quarter, -3 * n) for n in range(BACK_QUARTERS)]
    named = [(f"{day:%Y-%m}", day) for day in months]
    return (*named, *((f"{day:%Y}-Q{day.month // 3 + 1}", day) for day in quarters))


def day_of(text: str | None) -> date | None:
    """A day as `2026-10-31`; None for what is none, or lies out of sight."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found and YEARS[0] <= found.year <= YEARS[1] else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
