"""What a minute costs now, and when that changes: a price tag. Pure.

A tariff by the time of day has a price at each second of real time, the one of the window that the
wall clock of its zone is in. In a night in which clocks are set, a window may begin twice or not at
its own time at all: so the moments that are looked at are both meanings of each window's clock, and
the moment in which the clocks are set.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from ledger import Money
from metering.clock import MICROSECONDS, microseconds
from metering.pricing import window_at
from metering.schedule import DAY_S, Window
from metering.tariffs import Tariff

AHEAD_DAYS = 367  # every day of the year once


@dataclass(frozen=True, slots=True)
class PriceTag:
    """`minor` is what a minute costs at `at`; from `changes_at` on it costs `then_minor`, both None
    where no other price is in sight."""

    minor: int
    currency: str
    at: datetime
    changes_at: datetime | None = None
    then_minor: int | None = None

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)

    @property
    def then(self) -> Money | None:
        return None if self.then_minor is None else Money(self.then_minor, self.currency)


def price_tag(tariff: Tariff, at: datetime) -> PriceTag:
    """The price of a minute with which a session would begin at `at`."""
    if not tariff.windows:
        return PriceTag(tariff.minute_minor, tariff.currency, at)
    now = _minute(tariff, at)
    for moment in changes(tariff, at):
        if moment > at and (then := _minute(tariff, moment)) != now:
            return PriceTag(now, tariff.currency, at, moment, then)
    return PriceTag(now, tariff.currency, at)


def free_tag(tariff: Tariff, at: datetime) -> PriceTag:
    """The tag for whoever pays nothing."""
    return PriceTag(0, tariff.currency, at)


def changes(tariff: Tariff, after: datetime) -> Iterator[datetime]:
    """Moments at which another window can begin, from the day of `after` on and in order: each of
    a week, each of a day with a name, and each in which clocks are set; in UTC."""
    zone = ZoneInfo(tariff.timezone)
    midnight = after.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    clocks = {s % DAY_S for w in tariff.windows for s in (w.from_s, w.to_s)}
    named = {day for w in tariff.windows for day in w.month_days or ()}
    for n in range(AHEAD_DAYS):
        day, eve = midnight + timedelta(days=n), midnight + timedelta(days=n - 1)
        found = set(_clocks_set(day, day + timedelta(days=1)))
        if found or n <= 7 or f"{day:%m-%d}" in named or f"{eve:%m-%d}" in named:
            local = [day + timedelta(seconds=clock) for clock in clocks]
            found |= {one.replace(fold=fold).astimezone(UTC) for one in local for fold in (0, 1)}
        yield from sorted(found)


def _minute(tariff: Tariff, at: datetime) -> int:
    return minute_of(tariff, window_at(tariff, microseconds(at) // MICROSECONDS))


def minute_of(tariff: Tariff, window: Window) -> int:
    """What a minute costs at the beginning of a session in this window."""
    first = window.segments[0]
    return tariff.rounding.apply(Fraction(first.rate * 60, first.per_seconds))


def _clocks_set(begin: datetime, end: datetime) -> Iterator[datetime]:
    """The moment between two midnights in which the clocks are set, to the second."""
    if begin.utcoffset() == end.utcoffset():
        return
    zone, offset = begin.tzinfo, begin.utcoffset()
    low, high = (microseconds(one) // MICROSECONDS for one in (begin, end))
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle, zone).utcoffset() == offset
        low, high = (middle, high) if same else (low, middle)
    yield datetime.fromtimestamp(high, UTC)
