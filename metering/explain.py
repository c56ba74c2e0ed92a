"""Why an increment costs what it costs: witnessed seconds and the frozen tariff say it again. Pure.

The billing clock adds up witnessed runs; what increments are due, when each began and what each
costs follows from nothing else but the tariff and the seconds of allowances that were used.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from metering.allowances import Drawn, coverable_s, covered
from metering.pricing import Cursor, Unit, next_unit, window_at
from metering.runs import Run, Runs
from metering.schedule import Segment
from metering.tariffs import Tariff

DUE_MAX = 3_000_000  # increments of a second, and a session of 31 days is over


@dataclass(frozen=True, slots=True)
class Due:
    """An increment that witnessed seconds make due. `second`: the unix second that charged it;
    `segment`: what prices its time; `covered_s` of it are paid in seconds."""

    unit: Unit
    second: int
    segment: Segment
    covered_s: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an increment was billed. `evidence`: the unix runs in which both sides were witnessed;
    `promo_minor` and `money_minor` make up `amount_minor`; `drawn` was paid in seconds."""

    n: int
    from_s: int
    to_s: int
    second: int
    state: str
    cause: str
    amount_minor: int
    currency: str
    evidence: Runs
    segment: Segment
    drawn: tuple[Drawn, ...]
    promo_minor: int
    money_minor: int
    receipt_hash: str

    @property
    def evidence_s(self) -> int:
        return sum(end - begin for begin, end in self.evidence)

    @property
    def covered_s(self) -> int:
        return sum(one.covered_s for one in self.drawn)


def due(
    tariff: Tariff, runs: Sequence[Run], covers: Mapping[int, int], most: int = DUE_MAX
) -> list[Due]:
    """Every increment that the runs make due, or so many; `covers` are seconds used, by increment.

    More seconds than an increment may be paid with count as none: then the prices differ.
    """
    clock_s = sum(end - begin for begin, end in runs)
    if clock_s <= tariff.grace_seconds:
        return []
    begins = list(accumulate((end - begin for begin, end in runs), initial=0))
    start, cursor, found = runs[0][0], Cursor(), list[Due]()
    while cursor.to_s < clock_s and len(found) <= most:
        charged_s = max(cursor.to_s, tariff.grace_seconds)  # the grace charges at its end
        place = bisect_right(begins, charged_s) - 1
        second = runs[place][0] + charged_s - begins[place]
        begun = second - (charged_s - cursor.to_s)
        priced = next_unit(tariff, cursor, begun, start)
        if priced is None:
            break
        part_s = covers.get(cursor.n + 1, 0)
        if part_s > coverable_s(tariff, cursor, *priced, start):
            part_s = 0
        segment = _segment(tariff, cursor.to_s, begun)
        unit, cursor = covered(tariff, cursor, *priced, start, part_s)
        found.append(Due(unit, second, segment, part_s))
    return found


def evidence(runs: Sequence[Run], from_s: int, to_s: int) -> Runs:
    """The unix runs of [from_s, to_s) of the billing clock.

    >>> evidence([(100, 130), (200, 290)], 20, 60)
    ((120, 130), (200, 230))
    """
    found, clock = [], 0
    for begin, end in runs:
        first, last = max(from_s - clock, 0), min(to_s - clock, end - begin)
        if first < last:
            found.append((begin + first, begin + last))
        clock += end - begin
    return tuple(found)


def _segment(tariff: Tariff, from_s: int, second: int) -> Segment:
    segments = window_at(tariff, second).segments if tariff.windows else tariff.segments
    return next(one for one in reversed(segments) if one.from_second <= from_s)


def first_difference(wanted: Sequence[Due], charged: Sequence[tuple[int, ...]]) -> str:
    """The first increment that was charged otherwise than is due, in words; "" where none was.

    charged: n, from_s, to_s, minor units, second.
    """
    for one, row in zip(wanted, charged, strict=False):
        unit = one.unit
        said = (unit.n, unit.from_s, unit.to_s, unit.price_minor, one.second)
        if said != tuple(row):
            return f"minute {unit.n}: {said[1:]} is due, {tuple(row)[1:]} was charged"
    if len(wanted) == len(charged):
        return ""
    n = min(len(wanted), len(charged)) + 1
    what = "is due and was not charged" if len(wanted) > len(charged) else "was charged, not due"
    return f"minute {n} {what}"
