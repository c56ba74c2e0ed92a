"""Caps: what the payer lets a session cost, and a firm a member spend in a calendar period. Pure.

A cap stops holds, never what is paid: an increment that would pass it cannot be set aside, and
the session ends with the last paid second, as when money runs out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ledger import Account
from metering.clock import second_begun

PERIODS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Cap:
    """`member` may spend `amount_minor` of the payer's money in each period of the zone."""

    payer: Account
    member: str
    period: str
    amount_minor: int
    zone: str = "UTC"


def bounds(period: str, zone: str, at: datetime) -> tuple[int, int]:
    """The period that `at` lies in, as half-open unix seconds; weeks begin on Monday.

    >>> from datetime import UTC
    >>> begin, end = bounds("day", "Europe/Berlin", datetime(2026, 10, 25, 12, tzinfo=UTC))
    >>> (end - begin) // 3600  # the clocks go back
    25
    """
    place = ZoneInfo(zone)
    first = at.astimezone(place).date()
    if period == "month":
        first = first.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        days = 7 if period == "week" else 1
        first -= timedelta(days=first.weekday() if period == "week" else 0)
        after = first + timedelta(days=days)
    return _midnight(first, place), _midnight(after, place)


def _midnight(day: date, place: ZoneInfo) -> int:
    return second_begun(datetime.combine(day, time(), place))


def room_in(rooms: Iterable[int | None]) -> int | None:
    """The least room of several caps; None where there is none.

    >>> room_in([None, 300, 200])
    200
    """
    return min((room for room in rooms if room is not None), default=None)
