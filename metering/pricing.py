"""What increments cost. Pure: the same tariff and the same seconds give the same money.

A `Cursor` stands at the end of the last priced increment on the billing clock, which counts
only billable seconds. Everything exact is a fraction; the running total is rounded, and an
increment costs the difference of two rounded totals, so any cutting into increments, turns or
restarts gives one sum.
"""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from metering.clock import MICROSECONDS, microseconds, moment
from metering.schedule import DAY_S, AtCeiling, Segment, Window
from metering.tariffs import Tariff

UNITS_AHEAD_MAX = 2_000  # how far affordability looks where the price changes with the time
FOREVER_S = 366 * DAY_S
NOTHING = Fraction(0)


class UnitState(StrEnum):
    CHARGED = "charged"
    FREE = "free"


class Unit(NamedTuple):
    """Increment `n` (from 1): [from_s, to_s) of the billing clock costs `price_minor` more.

    `cause` says why it costs that: `rate`, `free_seconds`, `min_charge`, `max_charge`, `grace`.
    """

    n: int
    from_s: int
    to_s: int
    price_minor: int
    state: UnitState
    cause: str


class Cursor(NamedTuple):
    """`n` increments priced, through `to_s`; `exact` unrounded, `charged_minor` rounded."""

    n: int = 0
    to_s: int = 0
    exact: Fraction = NOTHING
    charged_minor: int = 0


def next_unit(
    tariff: Tariff, cursor: Cursor, second: int = 0, start: int | None = None
) -> tuple[Unit, Cursor] | None:
    """The increment after the cursor, and the cursor after it; None: the ceiling ends it.

    `second` is the unix second in which the increment begins, `start` that of the session's
    beginning; they matter only where the price depends on the time of day.
    """
    capped = tariff.max_charge is not None and (
        _clamped(tariff, cursor.exact) >= tariff.max_charge and cursor.n > 0
    )
    if capped and tariff.max_charge_strategy is AtCeiling.DISCONNECT:
        return None
    free = cursor.to_s < tariff.free_whole_s
    if free:
        length, gross = tariff.free_increment_seconds, NOTHING
    else:
        segment = _segment(tariff, cursor.to_s, second)
        length, gross = segment.increment_seconds, segment.price
    fee = connect_fee(tariff, second if start is None else start) if cursor.n == 0 else 0
    exact = _plus(cursor.exact, gross)
    exact = exact + fee if fee else exact
    total = charge_for(tariff, exact)
    state, cause = (UnitState.FREE, "free_seconds") if free else (UnitState.CHARGED, "rate")
    if capped and not free:
        state, cause = UnitState.FREE, "max_charge"
    elif exact and exact < tariff.min_charge:
        cause = cause if free else "min_charge"
    elif tariff.max_charge is not None and exact > tariff.max_charge:
        cause = cause if free else "max_charge"
    unit = Unit(
        n=cursor.n + 1,
        from_s=cursor.to_s,
        to_s=cursor.to_s + length,
        price_minor=total - cursor.charged_minor,
        state=state,
        cause=cause,
    )
    return unit, Cursor(unit.n, unit.to_s, exact, total)


def units(tariff: Tariff, start_utc: datetime | None = None) -> Iterator[Unit]:
    """The priced increments of a session without pauses that outlives its grace."""
    start = microseconds(start_utc) // MICROSECONDS if start_utc else 0
    cursor = Cursor()
    while priced := next_unit(tariff, cursor, start + cursor.to_s, start):
        unit, cursor = priced
        yield unit


def charge_for(tariff: Tariff, exact: Fraction) -> int:
    """The session's rounded total. The ceiling holds after rounding too."""
    if exact.denominator == 1 and _is_plain(tariff):
        return exact.numerator
    if not exact:
        return 0
    total = tariff.rounding.apply(_clamped(tariff, exact))
    return total if tariff.max_charge is None else min(total, tariff.max_charge)


def connect_fee(tariff: Tariff, start: int) -> int:
    """The fee of the window in force when the session begins, or the tariff's."""
    return window_at(tariff, start).connect_fee if tariff.windows else tariff.connect_fee


def window_at(tariff: Tariff, second: int) -> Window:
    """The heaviest window in force at a unix second, by the wall clock of the tariff's zone."""
    local = moment(second * MICROSECONDS).astimezone(_zone(tariff.timezone))
    clock = local.hour * 3600 + local.minute * 60 + local.second
    today, yesterday = _day(local), _day(local - timedelta(days=1))
    found = [w for w in tariff.windows if _in_force(w, clock, today, yesterday)]
    return max(found, key=lambda w: w.weight)


def affordable_s(
    tariff: Tariff,
    budget_minor: int,
    cursor: Cursor | None = None,
    second: int = 0,
    start: int | None = None,
) -> int:
    """Billing seconds after the cursor that `budget_minor` pays for; whole increments only.

    `FOREVER_S` stands for no end in sight.
    """
    cursor = begun = cursor or Cursor()
    start = second if start is None else start
    for _ in range(UNITS_AHEAD_MAX):
        if is_settled(tariff, cursor):
            return min(_tail_s(tariff, cursor, budget_minor + begun.charged_minor), FOREVER_S) + (
                cursor.to_s - begun.to_s
            )
        priced = next_unit(tariff, cursor, second + cursor.to_s - begun.to_s, start)
        if priced is None or priced[1].charged_minor - begun.charged_minor > budget_minor:
            break
        cursor = priced[1]
    return cursor.to_s - begun.to_s


def is_settled(tariff: Tariff, cursor: Cursor) -> bool:
    """Whether every later increment has the length and exact price of the next one."""
    return bool(
        not tariff.windows
        and cursor.n
        and cursor.to_s >= max(tariff.free_whole_s, tariff.segments[-1].from_second)
    )


def _tail_s(tariff: Tariff, cursor: Cursor, total_max: int) -> int:
    """How long equal increments can go on until the total would pass `total_max`."""
    last = tariff.segments[-1]
    price = last.price
    low, high = 0, FOREVER_S // last.increment_seconds + 1
    if tariff.max_charge is not None and tariff.max_charge_strategy is AtCeiling.DISCONNECT:
        high = min(high, _to_ceiling(tariff, cursor, price, tariff.max_charge))
    if cursor.exact.denominator == price.denominator == 1 and price and _is_plain(tariff):
        rest = (total_max - cursor.exact.numerator) // price.numerator
        return max(min(rest, high), 0) * last.increment_seconds
    guess = max(min((total_max - cursor.exact) // price, high), 0) if price else high
    if charge_for(tariff, cursor.exact + price * guess) <= total_max:
        low = guess  # totals never fall: where the next one is too dear, this is the answer
        if guess == high or charge_for(tariff, cursor.exact + price * (guess + 1)) > total_max:
            return guess * last.increment_seconds
    while low < high:
        middle = (low + high + 1) // 2
        if charge_for(tariff, cursor.exact + price * middle) <= total_max:
            low = middle
        else:
            high = middle - 1
    return low * last.increment_seconds


def _to_ceiling(tariff: Tariff, cursor: Cursor, price: Fraction, ceiling: int) -> int:
    """How many equal increments may begin before the ceiling is reached."""
    if _clamped(tariff, cursor.exact) >= ceiling:
        return 0
    if not price:
        return FOREVER_S
    if tariff.min_charge >= ceiling:
        return 1
    return math.ceil((ceiling - cursor.exact) / price)


def _is_plain(tariff: Tariff) -> bool:
    """Whether a total of whole minor units is what is charged: no floor, ceiling or coarse step."""
    return (
        tariff.max_charge is None and not tariff.min_charge and tariff.rounding.to_multiple_of == 1
    )


def _plus(total: Fraction, more: Fraction) -> Fraction:
    """Their sum; most totals are whole, and whole numbers need no common denominator."""
    if total.denominator == more.denominator == 1:
        return Fraction(total.numerator + more.numerator)
    return total + more


def _clamped(tariff: Tariff, exact: Fraction) -> Fraction:
    total = max(exact, Fraction(tariff.min_charge)) if exact else exact
    return total if tariff.max_charge is None else min(total, Fraction(tariff.max_charge))


def _segment(tariff: Tariff, position: int, second: int) -> Segment:
    """The last segment that has started; a later start was moved to here by an overrun."""
    segments = window_at(tariff, second).segments if tariff.windows else tariff.segments
    return next(s for s in reversed(segments) if s.from_second <= position)


def _day(local: datetime) -> tuple[int, str]:
    return local.isoweekday(), f"{local:%m-%d}"


def _in_force(
    window: Window, clock: int, today: tuple[int, str], yesterday: tuple[int, str]
) -> bool:
    if window.from_s < window.to_s:
        return window.from_s <= clock < window.to_s and _on(window, today)
    return (clock >= window.from_s and _on(window, today)) or (
        clock < window.to_s and _on(window, yesterday)
    )


def _on(window: Window, day: tuple[int, str]) -> bool:
    weekday, month_day = day
    return weekday in window.weekdays and (
        window.month_days is None or month_day in window.month_days
    )


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
