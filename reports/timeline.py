"""The session minute by minute: evidence and charges laid on one line. Pure.

Billed cells follow the billing clock, one a minute, so their number is the number of billed minutes
whatever was paused in between; gaps stand where the clock stood still.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.facts import SessionFacts
from reports.witness import lost

PAID, FREE, PAUSE, LOST = "paid", "free", "pause", "lost"
#: A shorter gap is a flaw of the network: summed up in words, not drawn.
GAP_DRAWN_S = 15
GAP_CELLS_MAX = 60


@dataclass(frozen=True, slots=True)
class Gap:
    """Unbilled seconds between two segments: unix [begin, end), clock_s when the meter stopped."""

    begin: int
    end: int
    clock_s: int
    state: str
    side: str
    cause: str

    @property
    def seconds(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of the billing clock: wall second of its start, seconds witnessed in it, money."""

    n: int
    second: int
    seconds: int
    minor: int
    receipt: str
    state: str


def gaps(facts: SessionFacts) -> tuple[Gap, ...]:
    """Where the billing clock stood between its first and last second."""
    if len(facts.segments) < 2:
        return ()
    found, clock, unseen = [], 0, lost(facts.record, facts.segments[0][0])
    for (begin, end), (following, _) in zip(facts.segments, facts.segments[1:], strict=False):
        clock += end - begin
        found.append(_gap(facts, unseen, end, following, clock))
    return tuple(found)


def _gap(
    facts: SessionFacts, unseen: list[tuple[int, int]], begin: int, end: int, clock: int
) -> Gap:
    """`unseen`: seconds without a witness, whose loss is the platform's and nobody's network."""
    for pause in facts.pauses:
        if pause.from_second < end and pause.to_second > begin and pause.cause != "no_media":
            return Gap(begin, end, clock, PAUSE, pause.side, pause.cause)
    side = next((p.side for p in facts.pauses if p.from_second < end and p.to_second > begin), "")
    missing = sum(max(0, min(end, b) - max(begin, a)) for a, b in unseen)
    if 2 * missing >= end - begin:
        return Gap(begin, end, clock, LOST, "platform", "witness_lost")
    return Gap(begin, end, clock, LOST, side, "no_media")


def minutes(facts: SessionFacts) -> tuple[Minute, ...]:
    """The billed minutes; a begun minute counts as its tariff charged it."""
    billed_s = max((c.to_s for c in facts.charges), default=0)
    out = []
    for n in range(-(-billed_s // 60)):
        begin, end = n * 60, n * 60 + 60
        inside = [c for c in facts.charges if begin <= c.from_s < end]
        minor = sum(c.minor for c in inside)
        seen = max(0, min(facts.witnessed_s, end) - begin)
        receipt = inside[-1].receipt if inside else ""
        second = wall_second(facts, begin)
        out.append(Minute(n + 1, second, seen, minor, receipt, PAID if minor else FREE))
    return tuple(out)


def wall_second(facts: SessionFacts, clock_s: int) -> int:
    """The unix second at which the billing clock showed `clock_s`."""
    for begin, end in facts.segments:
        if clock_s < end - begin:
            return begin + clock_s
        clock_s -= end - begin
    return facts.segments[-1][1] if facts.segments else 0


def line(facts: SessionFacts) -> Iterator[Minute | Gap]:
    """Minutes and the gaps worth drawing, in order; a gap inside a minute follows it."""
    left = [gap for gap in gaps(facts) if gap.seconds >= GAP_DRAWN_S]
    for minute in minutes(facts):
        while left and left[0].clock_s <= (minute.n - 1) * 60:
            yield left.pop(0)
        yield minute
    yield from left


def short_gaps(facts: SessionFacts) -> tuple[int, int]:
    """How many gaps were too short to draw, and their seconds together."""
    short = [gap.seconds for gap in gaps(facts) if gap.seconds < GAP_DRAWN_S]
    return len(short), sum(short)


def cells_of(gap: Gap) -> int:
    """Cells a gap takes in the strip: its minutes, rounded, one at least."""
    return min(GAP_CELLS_MAX, max(1, (gap.seconds + 30) // 60))
