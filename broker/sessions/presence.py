"""When were both there: seconds that the relay witnessed, folded in any order, any number of times.

A `Presence` is a set of unix seconds kept as disjoint, sorted, half-open spans, for the seconds
heard of and for the mutual ones among them. Folding is union, so order and repeats do not matter.
In a session of more than two the same is kept of each pair; of two, it would say the same twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open stretch of unix seconds [from_s, to_s)."""

    from_s: int
    to_s: int


class Pair(NamedTuple):
    """Two seats, sorted."""

    one: str
    other: str


SIDES = Pair("client", "host")


class Change(NamedTuple):
    """Mutual presence since `from_s`, ended before `to_s`, or still going on (None)."""

    from_s: int
    to_s: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """`horizon` is the end of the last second heard of, mutual or not; `pairs` are sorted, and
    empty while nobody was there beside the two sides."""

    mutual: tuple[Span, ...] = ()
    horizon: int = 0
    pairs: tuple[tuple[Pair, tuple[Span, ...]], ...] = ()

    @property
    def mutual_s(self) -> int:
        return sum(span.to_s - span.from_s for span in self.mutual)

    def pair_s(self, one: str, other: str) -> int:
        """Seconds that two seats were mutual, where pairs are kept."""
        spans = dict(self.pairs).get(Pair(*sorted((one, other))), ())
        return sum(span.to_s - span.from_s for span in spans)

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
    spans = union([*presence.mutual, *fresh])
    return replace(presence, mutual=spans, horizon=max(presence.horizon, horizon))


def fold_pairs(
    before: Presence, now: Presence, sightings: Iterable[tuple[int, Iterable[tuple[str, str]]]]
) -> Presence:
    """`now`, which `before` became, with the mutual pairs of the same seconds.

    Up to the first second with a third seat all mutual seconds were those of the two sides.
    """
    seen: dict[Pair, list[Span]] = {}
    for second, pairs in sightings:
        for pair in pairs:
            seen.setdefault(Pair(*pair), []).append(Span(second, second + 1))
    if not before.pairs and not any(pair != SIDES for pair in seen):
        return now
    known = dict(before.pairs) or ({SIDES: before.mutual} if before.mutual else {})
    for pair, spans in seen.items():
        known[pair] = union([*known.get(pair, ()), *spans])
    return replace(now, pairs=tuple(sorted(known.items())))


def changes(before: Presence, after: Presence) -> Sequence[Change]:
    """What the journal must learn: spans begun, ended, or filled in afterwards."""
    known = set(_as_changes(before))
    return [change for change in _as_changes(after) if change not in known]


def pair_changes(before: Presence, after: Presence) -> Sequence[tuple[Pair, Change]]:
    """The same of each pair."""
    earlier, found = dict(before.pairs), list[tuple[Pair, Change]]()
    for pair, spans in after.pairs:
        known = set(_changes_of(earlier.get(pair, ()), before.horizon))
        new = _changes_of(spans, after.horizon)
        found += [(pair, change) for change in new if change not in known]
    return found


def _as_changes(presence: Presence) -> list[Change]:
    return _changes_of(presence.mutual, presence.horizon)


def _changes_of(spans: Iterable[Span], horizon: int) -> list[Change]:
    return [Change(span.from_s, None if span.to_s >= horizon else span.to_s) for span in spans]
