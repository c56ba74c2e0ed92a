"""What a tariff comes to: the dry run that is looked at before it is published."""

from dataclasses import dataclass
from datetime import datetime

from metering.clock import MICROSECONDS, microseconds
from metering.price_tags import changes
from metering.pricing import Unit, UnitState, units, window_at
from metering.schedule import Window
from metering.tariffs import BASIS, Tariff

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Line:
    """A session of `connected_s` seconds: paid and free seconds, and minor units.

    `cause` says why its last increment costs what it does, as in `Unit`; `end` where the ceiling
    has ended the session before, empty where nothing has begun.
    """

    connected_s: int
    paid_s: int
    free_s: int
    charge: int
    provider: int
    platform: int
    cause: str


def dry_run(
    tariff: Tariff, start_utc: datetime | None = None, until_s: int = HOUR_S
) -> tuple[Line, ...]:
    """Sessions without pauses of 0 to `until_s` seconds: each minute, and where rules change."""
    ahead = units(tariff, start_utc)
    found, lines = list[Unit](), list[Line]()
    next_one = next(ahead, None)
    for second in _seconds(tariff, until_s):
        while next_one is not None and next_one.from_s < second:
            found.append(next_one)
            next_one = next(ahead, None)
        lines.append(_line(tariff, second, found, over=next_one is None))
    return tuple(lines)


def first_moments(tariff: Tariff, after: datetime) -> tuple[datetime | None, ...]:
    """For each window the first moment from the day of `after` on at which it gives the price.

    None: in the coming year it never does, heavier windows always cover it.
    """
    found: dict[Window, datetime] = {}
    for moment in changes(tariff, after):
        if len(found) == len(set(tariff.windows)):
            break
        found.setdefault(window_at(tariff, microseconds(moment) // MICROSECONDS), moment)
    return tuple(found.get(window) for window in tariff.windows)


def _seconds(tariff: Tariff, until_s: int) -> list[int]:
    starts = [s.from_second for s in tariff.segments]
    starts += [s.from_second for w in tariff.windows for s in w.segments]
    edges = {*starts, tariff.grace_seconds, tariff.free_whole_s}
    wanted = {0, *range(60, until_s + 1, 60), *edges, *(edge + 1 for edge in edges)}
    return sorted(second for second in wanted if second <= until_s)


def _line(tariff: Tariff, second: int, found: list[Unit], over: bool) -> Line:
    if second <= tariff.grace_seconds:
        return Line(second, 0, 0, 0, 0, 0, "grace" if second else "")
    charge = sum(unit.price_minor for unit in found)
    provider = charge * tariff.provider_bp // BASIS
    paid = sum(u.to_s - u.from_s for u in found if u.state is UnitState.CHARGED)
    free = sum(u.to_s - u.from_s for u in found if u.cause == "free_seconds")
    cause = found[-1].cause if found else ""
    ended = over and found and second > found[-1].to_s
    return Line(second, paid, free, charge, provider, charge - provider, "end" if ended else cause)
