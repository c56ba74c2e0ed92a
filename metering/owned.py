"""A meter in its owner's memory: as stored, and what was witnessed since. Pure.

`meter` is the row, with its version. Seconds in `runs` are not in it yet; they are walked, and the
row written, when something is due, or the oldest of them waits too long (`Visit`). Moments follow
from the meter's anchor and its billing clock, never from the time of a look.
"""

from dataclasses import dataclass, field
from enum import Enum

from metering.ahead import absence_of, due_in, silence_ends
from metering.meter import Meter, MeterState, hold_waits
from metering.runs import Run, Runs, flat_of, joined, length, pairs, remember, without

NEVER = 1 << 62


class Visit(Enum):
    """What a meter wants of a turn: NOTHING yet, EVIDENCE to be written (a run that is longer now,
    and nothing else), a WALK that asks no money, or MONEY.
    """

    NOTHING = 0
    EVIDENCE = 1
    WALK = 2
    MONEY = 3


@dataclass(slots=True)
class Owned:
    """`trigger` is the witnessed second with which a look is worth while, `need_s` how many
    seconds beyond the row make the next charge, hold or warning due, `quiet` the unix second with
    which silence makes an open meter overdue, `patience_s` how long after a second that is.
    """

    meter: Meter
    shard: int
    runs: list[int] = field(default_factory=list)  # flat: from, to, from, to
    need_s: int = 1
    trigger: int = 0
    quiet: int = NEVER
    patience_s: int = 0
    joins: bool = False
    called: bool = False

    def adopt(self, meter: Meter) -> None:
        """The row as it is now."""
        self.meter = meter
        self.need_s = due_in(meter)
        self.joins = _joins(meter)
        self.aim()

    def aim(self) -> None:
        """Foresee the second that makes something due, if all seconds until then are witnessed."""
        meter, runs = self.meter, self.runs
        seen = self.seen
        self.trigger = max(seen, runs[-1] if runs else 0) + self.need_s - length(runs) - 1
        if meter.state is MeterState.PAUSED:
            self.trigger = 0
        self.quiet = silence_ends(meter, seen) if meter.is_open else NEVER
        self.patience_s = self.quiet - seen + 1 if meter.is_open else NEVER

    def witness(self, second: int) -> bool:
        """One more second; True when the loop should look at this meter."""
        runs = self.runs
        if runs and runs[-1] == second:
            runs[-1] = second + 1
            self.quiet = second + self.patience_s
        else:
            remember(runs, second)
            self.aim()
        return second >= self.trigger

    def visit(self, second: int, evidence_s: int) -> Visit:
        """What to do now."""
        meter, runs = self.meter, self.runs
        if meter.refused and meter.state in (MeterState.FINAL, MeterState.PAUSED):
            return Visit.MONEY
        if runs and length(runs) >= self.need_s:
            return Visit.MONEY
        if absence_of(meter, second, self.seen) is not None:
            return Visit.WALK
        if not runs:
            return Visit.NOTHING
        if meter.state is MeterState.PAUSED and meter.is_open:
            return Visit.WALK
        if second - runs[0] < evidence_s:
            return Visit.NOTHING
        return Visit.EVIDENCE if self.grown is not None else Visit.WALK

    @property
    def grown(self) -> Run | None:
        """The run that lengthens the one stored last, where nothing but that is to be written."""
        runs = self.runs
        if not self.joins or len(runs) != 2 or runs[0] != (self.meter.last_second or 0) + 1:
            return None
        return (runs[0], runs[1]) if runs[1] - runs[0] < self.need_s else None

    def kept(self, run: Run) -> None:
        """The row has this run by now."""
        begin, end = run
        meter = self.meter
        self.meter = meter._replace(
            clock_s=meter.clock_s + end - begin, last_second=end - 1, version=meter.version + 1
        )
        self.need_s -= end - begin
        self.forget((run,))

    def forget(self, taken: Runs, but: Runs = ()) -> None:
        """What was taken is in the row, all `but` some of it."""
        runs = self.runs
        if len(taken) == 1 and len(runs) == 2 and runs[0] == taken[0][0] and not but:
            self.runs = [taken[0][1], runs[1]] if runs[1] > taken[0][1] else []
            return
        left = without(self.taken, taken)
        self.runs = flat_of(joined((*left, *but)) if but else left)

    def next_look(self, second: int, evidence_s: int) -> int:
        """When to look again although no trigger was witnessed and nothing fell silent."""
        meter = self.meter
        if meter.refused:
            return second + 1
        if not meter.is_open:
            pause_ends = silence_ends(meter, meter.seen_second)
            return max(min(pause_ends, self._stored_by(evidence_s)), second + 1)
        return max(self._stored_by(evidence_s), second + 1)

    def _stored_by(self, evidence_s: int) -> int:
        """The next second may be witnessed right after the last."""
        return (self.runs[0] if self.runs else self.meter.seen_second) + evidence_s

    @property
    def seen(self) -> int:
        """The unix second up to which it is known to be alive."""
        seen = self.meter.seen_second
        return max(seen, self.runs[-1]) if self.runs and self.meter.is_open else seen

    @property
    def taken(self) -> Runs:
        return pairs(self.runs)


def _joins(meter: Meter) -> bool:
    """Whether a second after the last one can be written without a walk, until something is due.

    The one right after the last may have passed during a pause: then it must not count.
    """
    running = meter.state is MeterState.RUNNING and meter.is_open and not meter.refused
    if not running or meter.last_second is None or hold_waits(meter):
        return False
    return meter.last_second + 1 >= meter.windows[-1][0]


def stored(meter: Meter) -> Meter:
    """As it is after it was written."""
    return meter._replace(version=meter.version + 1)
