"""When were both there: seconds that the relay witnessed, folded in any order, any number of times.

A `Presence` is a set of unix seconds kept as disjoint, sorted, half-open spans, for the seconds
heard of and for the mutual ones among them. Folding is union, so order and repeats do not matter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open stretch of unix seconds [from_s, to_s)."""

    from_s: int
    to_s: int


class Change(NamedTuple):
    """Mutual presence since `from_s`, ended before `to_s`, or still going on (None)."""

    from_s: int
    to_s: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """`horizon` is the end of the last second heard of, mutual or not."""

    mutual: tuple[Span, ...] = ()
    horizon: int = 0

    @property
    def mutual_s(self) -> int:
        return sum(span.to_s - span.from_s for span in self.mutual)

    def mutual_between(self, from_s: int, to_s: int) -> int:
        """Mutual seconds of [from_s, to_s).

        >>> Presence((Span(5, 8), Span(10, 20))).mutual_between(6, 12)
        4
        """
        cut = ((max(one.from_s, from_s), min(one.to_s, to_s)) for one in self.mutual)
        return sum(max(0, end - begin) for begin, end in cut)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, disjoint, not touching.

    >>> union([Span(5, 7), Span(1, 3), Span(3, 4)])
    (Span(from_s=1, to_s=4), Span(from_s=5, to_s=7))
    """
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.from_s <= found[-1].to_s:
            found[-1] = Span(found[-1].from_s, max(found[-1].to_s, span.to_s))
        elif span.to_s > span.from_s:
            found.append(span)
    return tuple(found)


def fold(presence: Presence, sightings: Iterable[tuple[int, bool]]) -> Presence:
    """Add seconds with whether they were mutual; a second once mutual stays so."""
    seconds = list(sightings)
    if not seconds:
        return presence
    fresh = [Span(second, second + 1) for second, mutual in seconds if mutual]
    horizon = max(second + 1 for second, _ in seconds)
    return Presence(union([*presence.mutual, *fresh]), max(presence.horizon, horizon))


def changes(before: Presence, after: Presence) -> Sequence[Change]:
    """What the journal must learn: spans begun, ended, or filled in afterwards."""
    known = set(_as_changes(before))
    return [change for change in _as_changes(after) if change not in known]


def _as_changes(presence: Presence) -> list[Change]:
    return [
        Change(span.from_s, None if span.to_s >= presence.horizon else span.to_s)
        for span in presence.mutual
    ]
