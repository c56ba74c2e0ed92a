"""A meter in its owner's memory: as stored, and what was witnessed since. Pure.

`meter` is the row, with its version. Seconds in `runs` are not in it yet; they are walked, and the
row written, when `ready` says so: something is due, or the oldest of them waits too long. Moments
follow from the meter's anchor and its billing clock, never from the time of a look.
"""

from dataclasses import dataclass, field

from metering.ahead import absence_of, due_in, silence_ends
from metering.meter import Meter, MeterState
from metering.runs import Runs, length, pairs, remember

NEVER = 1 << 62


@dataclass(slots=True)
class Owned:
    """`trigger` is the witnessed second with which a look is worth while, `need_s` how many
    seconds beyond the row make the next charge, hold or warning due.
    """

    meter: Meter
    shard: int
    runs: list[int] = field(default_factory=list)  # flat: from, to, from, to
    need_s: int = 1
    trigger: int = 0
    called: bool = False

    def adopt(self, meter: Meter) -> None:
        """The row as it is now."""
        self.meter = meter
        self.need_s = due_in(meter)
        self.aim()

    def aim(self) -> None:
        """Foresee the second that makes something due, if all seconds until then are witnessed."""
        last = max(self.meter.seen_second, self.runs[-1] if self.runs else 0)
        self.trigger = last + max(self.need_s - length(self.runs), 1) - 1
        if self.meter.state is MeterState.PAUSED or not self.runs:
            self.trigger = 0

    def witness(self, second: int) -> bool:
        """One more second; True when the loop should look at this meter."""
        remember(self.runs, second)
        return second >= self.trigger

    def ready(self, second: int, evidence_s: int) -> bool:
        """Whether to walk and write now."""
        meter, runs = self.meter, self.runs
        if meter.refused and meter.state in (MeterState.FINAL, MeterState.PAUSED):
            return True
        if runs and (
            second - runs[0] >= evidence_s
            or length(runs) >= self.need_s
            or (meter.state is MeterState.PAUSED and meter.is_open)
        ):
            return True
        return absence_of(meter, second, self.seen) is not None

    def next_look(self, second: int, evidence_s: int) -> int:
        """When to look again although no trigger was witnessed."""
        if self.meter.refused:
            return second + 1
        stored_by = self.runs[0] + evidence_s if self.runs else NEVER
        return max(min(stored_by, silence_ends(self.meter, self.seen)), second + 1)

    @property
    def pays(self) -> bool:
        """Whether money is due, not only evidence."""
        return self.meter.refused or length(self.runs) >= self.need_s

    @property
    def seen(self) -> int:
        """The unix second up to which it is known to be alive."""
        seen = self.meter.seen_second
        return max(seen, self.runs[-1]) if self.runs and self.meter.is_open else seen

    @property
    def taken(self) -> Runs:
        return pairs(self.runs)


def stored(meter: Meter) -> Meter:
    """As it is after it was written."""
    return meter._replace(version=meter.version + 1)
