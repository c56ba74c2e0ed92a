"""Reading the parts of a tariff, and refusing what cannot be charged by.

A tariff must say for every moment exactly one price: no gap, no two windows of equal weight
at one moment, and under `exact` no increment that is not whole money. Each refusal names the
field.
"""

import re
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from metering.fields import Fields, whole
from metering.schedule import DAY_S, MONEY_MAX, Rounding, Rule, Segment, Window

SEGMENTS_MAX = 100
WINDOWS_MAX = 200

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def read_rounding(fields: Fields, name: str = "rounding") -> Rounding:
    """The rounding rule; absent means exact."""
    if not fields.has(name):
        return Rounding()
    inner = Fields(fields.raw(name), fields.at(name), fields.error)
    rounding = Rounding(
        rule=Rule(inner.choice("rule", Rule)),
        to_multiple_of=inner.integer("to_multiple_of", 1, least=1),
    )
    inner.finish()
    return rounding


def read_zone(fields: Fields) -> str:
    """The name of a time zone that this machine knows."""
    name = fields.text("timezone", "UTC")
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise fields.bad("timezone", "is not a time zone we know") from error
    return name


def read_schedule(
    fields: Fields, connect_fee: int
) -> tuple[tuple[Segment, ...], tuple[Window, ...]]:
    """Either segments or windows; one of them must be there, not both."""
    segments = _segments(fields)
    windows = fields.items("windows", lambda v, p: _window(Fields(v, p, fields.error), connect_fee))
    if segments and windows:
        raise fields.bad("windows", "stands instead of segments: give one of them")
    if not segments and not windows:
        raise fields.bad("segments", "is missing: a tariff needs segments or windows")
    if len(windows) > WINDOWS_MAX:
        raise fields.bad("windows", f"are more than {WINDOWS_MAX}")
    _refuse_ties(fields, windows)
    _refuse_gaps(fields, windows)
    return segments, windows


def check_divides(
    fields: Fields, segments: tuple[Segment, ...], windows: tuple[Window, ...], rounding: Rounding
) -> None:
    """Under `exact` every increment must be whole money: nothing would divide the rest."""
    if rounding.rule is not Rule.EXACT:
        return
    groups = [(fields.at("segments"), segments)]
    groups += [(f"{fields.at('windows')}[{i}].segments", w.segments) for i, w in enumerate(windows)]
    for path, group in groups:
        for i, segment in enumerate(group):
            if (segment.price / rounding.to_multiple_of).denominator != 1:
                raise fields.error(
                    f"{path}[{i}].rate", f"an increment costs {segment.price}: cannot be exact"
                )


def _segments(fields: Fields) -> tuple[Segment, ...]:
    def read(value: object, path: str) -> Segment:
        inner = Fields(value, path, fields.error)
        segment = Segment(
            from_second=inner.integer("from_second"),
            rate=inner.integer("rate"),
            per_seconds=inner.integer("per_seconds", least=1),
            increment_seconds=inner.integer("increment_seconds", least=1),
        )
        inner.finish()
        if segment.price > MONEY_MAX:
            raise inner.bad("rate", "an increment's price would not fit into 63 bits")
        return segment

    found = fields.items("segments", read)
    if len(found) > SEGMENTS_MAX:
        raise fields.bad("segments", f"are more than {SEGMENTS_MAX}")
    for i, segment in enumerate(found):
        path = f"{fields.at('segments')}[{i}].from_second"
        if i == 0 and segment.from_second != 0:
            raise fields.error(path, "the first segment must start at 0: there is a gap before it")
        if i and segment.from_second <= found[i - 1].from_second:
            raise fields.error(path, "must be later than the segment before it")
    return found


def _window(fields: Fields, connect_fee: int) -> Window:
    segments = _segments(fields)
    if not segments:
        raise fields.bad("segments", "is missing")
    begin, end = _clock(fields, "from"), _clock(fields, "to")
    if begin == DAY_S:
        raise fields.bad("from", "must be before 24:00")
    end = end or DAY_S
    if begin == end:
        raise fields.bad("to", "equals from: the window is empty")
    window = Window(
        weekdays=_weekdays(fields),
        from_s=begin,
        to_s=end,
        month_days=_month_days(fields),
        weight=fields.integer("weight", 0),
        connect_fee=fields.integer("connect_fee", connect_fee),
        segments=segments,
    )
    fields.finish()
    return window


def _clock(fields: Fields, name: str) -> int:
    match = _CLOCK.fullmatch(fields.text(name))
    second = (
        sum(int(g or 0) * u for g, u in zip(match.groups(), (3600, 60, 1), strict=True))
        if match
        else DAY_S + 1
    )
    if second > DAY_S:
        raise fields.bad(name, "must be a wall clock such as 08:30")
    return second


def _weekdays(fields: Fields) -> tuple[int, ...]:
    if not fields.has("weekdays"):
        return (1, 2, 3, 4, 5, 6, 7)
    found = fields.items("weekdays", lambda v, p: whole(v, p, fields.error, least=1))
    if not found or max(found) > 7 or len(set(found)) != len(found):
        raise fields.bad("weekdays", "must be different numbers from 1 (Monday) to 7")
    return tuple(sorted(found))


def _month_days(fields: Fields) -> tuple[str, ...] | None:
    def read(value: object, path: str) -> str:
        match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
        if not match or int(match[2]) > _LONGEST[int(match[1]) - 1]:
            raise fields.error(path, "must be a day of the year such as 12-31")
        return match[0]

    if not fields.has("month_days"):
        return None
    found = fields.items("month_days", read)
    if not found:
        raise fields.bad("month_days", "is empty: say null for every day")
    return tuple(sorted(set(found)))


Day = tuple[int, str]  # weekday and month-day; "" stands for a day that no window names
Span = tuple[int, int]


def _spans(window: Window, day: Day) -> list[Span]:
    """What of one day the window covers, its part after midnight counted as of hour 24+."""
    weekday, month_day = day
    if weekday not in window.weekdays:
        return []
    if window.month_days is not None and month_day not in window.month_days:
        return []
    end = window.to_s if window.to_s > window.from_s else window.to_s + DAY_S
    return [(window.from_s, end)]


def _within(window: Window, day: Day, before: Day) -> list[Span]:
    """Seconds [0, 24 h) of a day covered, by its own window and by last night's."""
    own = [(a, min(b, DAY_S)) for a, b in _spans(window, day)]
    night = [(0, b - DAY_S) for _, b in _spans(window, before) if b > DAY_S]
    return own + night


def _neighbours(windows: tuple[Window, ...]) -> list[tuple[Day, Day]]:
    """Every kind of day with every kind of day that can precede it, leap years too."""
    named = {d for w in windows for d in w.month_days or ()}
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(731 if named else 2)]
    kinds = [d if (d := f"{day:%m-%d}") in named else "" for day in days]
    pairs = sorted(set(pairwise(kinds)))
    return [
        ((weekday, kind), ((weekday - 2) % 7 + 1, earlier))
        for weekday in range(1, 8)
        for earlier, kind in pairs
    ]


def _refuse_gaps(fields: Fields, windows: tuple[Window, ...]) -> None:
    for day, before in _neighbours(windows) if windows else []:
        reached = 0
        for begin, end in sorted(s for w in windows for s in _within(w, day, before)):
            if begin > reached:
                break
            reached = max(reached, end)
        if reached < DAY_S:
            clock = f"{reached // 3600:02}:{reached % 3600 // 60:02}"
            when = f"weekday {day[0]}" + (f", {day[1]}" if day[1] else "")
            raise fields.bad("windows", f"there is a gap: no price on {when} at {clock}")


def _refuse_ties(fields: Fields, windows: tuple[Window, ...]) -> None:
    for day, before in _neighbours(windows) if windows else []:
        spans = sorted(
            (w.weight, *span, i) for i, w in enumerate(windows) for span in _within(w, day, before)
        )
        for (weight, _, end, i), (other, begin, _, j) in pairwise(spans):
            if weight == other and begin < end and i != j:
                raise fields.error(
                    f"{fields.at('windows')}[{max(i, j)}].weight",
                    f"equals that of windows[{min(i, j)}] at the same time",
                )
