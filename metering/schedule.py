"""The parts of a tariff: segments, windows, rounding, and how they look in JSON.

Money is in minor units, time in whole seconds. A rate is `rate` minor units each
`per_seconds`; it is never divided before the session's total is rounded once.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

DAY_S = 86_400
CONNECTED_MAX_S = 31 * DAY_S  # no session is longer
MONEY_MAX = 2**63 - 1  # what a database keeps of minor units


class Rule(StrEnum):
    """How the session's total becomes whole money."""

    EXACT = "exact"
    UP = "up"
    DOWN = "down"
    HALF_UP = "half_up"


class AtCeiling(StrEnum):
    """What follows when the session has cost `max_charge`."""

    FREE = "free"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Rounding:
    """The rule and the step, in minor units."""

    rule: Rule = Rule.EXACT
    to_multiple_of: int = 1

    def to_dict(self) -> dict[str, object]:
        return {"rule": self.rule.value, "to_multiple_of": self.to_multiple_of}

    def apply(self, total: Fraction) -> int:
        """The rounded total. `exact` answers the whole part: its remainder is the caller's.

        >>> Rounding(Rule.HALF_UP, 10).apply(Fraction(145))
        150
        """
        steps = total / self.to_multiple_of
        if self.rule is Rule.UP:
            return -(-steps.numerator // steps.denominator) * self.to_multiple_of
        if self.rule is Rule.HALF_UP:
            steps += Fraction(1, 2)
        elif self.rule is Rule.EXACT:
            return total.numerator // total.denominator
        return steps.numerator // steps.denominator * self.to_multiple_of


@lru_cache(maxsize=1024)
def _ratio(minor: int, parts: int) -> Fraction:
    """Asked for with every minute; there are few prices."""
    return Fraction(minor, parts)


@dataclass(frozen=True, slots=True)
class Segment:
    """From `from_second` of the billing clock on: `rate` each `per_seconds`, in increments."""

    from_second: int
    rate: int
    per_seconds: int
    increment_seconds: int

    @property
    def price(self) -> Fraction:
        """One whole increment, exact."""
        return _ratio(self.rate * self.increment_seconds, self.per_seconds)

    def to_dict(self) -> dict[str, object]:
        return {
            "from_second": self.from_second,
            "rate": self.rate,
            "per_seconds": self.per_seconds,
            "increment_seconds": self.increment_seconds,
        }


@dataclass(frozen=True, slots=True)
class Window:
    """A time of the local day with its own segments; `to_s` is exclusive.

    `from_s`, `to_s` are seconds of the wall clock's day; `to_s` at or before `from_s` means
    the next morning, and the night belongs to the day on which it began.
    """

    weekdays: tuple[int, ...]
    from_s: int
    to_s: int
    month_days: tuple[str, ...] | None
    weight: int
    connect_fee: int
    segments: tuple[Segment, ...]

    def to_dict(self) -> dict[str, object]:
        return {
            "weekdays": list(self.weekdays),
            "from": _wall_clock(self.from_s),
            "to": _wall_clock(self.to_s),
            "month_days": None if self.month_days is None else list(self.month_days),
            "weight": self.weight,
            "connect_fee": self.connect_fee,
            "segments": [s.to_dict() for s in self.segments],
        }


def _wall_clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}:{second % 60:02}"
