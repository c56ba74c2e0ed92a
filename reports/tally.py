"""Sessions of a party added up: by day, by client, by consultant, by pair, by outcome. Pure.

Every cut of the same sessions ends in the same sums. Money is minor units of one currency; only
sessions that are over count, and a client whom the consultant invited free of charge sees none of
the consultant's money.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo

TOP = 50
OVER = ("ended", "settled")
CLIENT_PAYS = "client-pays"
#: How a session can be found by what became of it.
OUTCOMES = ("resolved", "unresolved", "ruled", "done", "undecided", "open", "cancelled")


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as one of its sides, or the office, may see it. `host` and `client`: id and name.

    charged = platform + consultant + refunded, or nothing is divided yet and all of it waits.
    """

    number: str
    began_at: datetime
    ended_at: datetime | None
    topic: str
    plan: str
    state: str
    outcome: str
    host: tuple[str, str]
    client: tuple[str, str]
    clock_s: int
    charged: int
    platform: int
    consultant: int
    refunded: int
    currency: str

    @property
    def waits(self) -> int:
        return self.charged - self.platform - self.consultant - self.refunded

    @property
    def became(self) -> str:
        """What became of it, one of OUTCOMES."""
        if self.outcome:
            return self.outcome
        named = {"settled": "done", "ended": "undecided", "cancelled": "cancelled"}
        return named.get(self.state, "open")


@dataclass(frozen=True, slots=True)
class Sums:
    """paid + connection = consultant + platform + refunded + waits: what clients paid, and what
    consultants paid for the connection."""

    sessions: int = 0
    clock_s: int = 0
    paid: int = 0
    connection: int = 0
    consultant: int = 0
    platform: int = 0
    refunded: int = 0
    waits: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Sums)))

    @property
    def kept(self) -> int:
        """What clients paid and did not get back."""
        return self.paid - self.refunded


@dataclass(frozen=True, slots=True)
class Cut:
    """A row of a cut. `names`: what it is called; `merged`: so many smaller rows are in it."""

    names: tuple[str, ...]
    sums: Sums
    merged: int = 0


def sums_of(lines: Iterable[SessionLine]) -> Sums:
    """
    >>> sums_of(())
    Sums(sessions=0, clock_s=0, paid=0, connection=0, consultant=0, platform=0, refunded=0, waits=0)
    """
    counted = [0] * len(fields(Sums))
    for one in lines:
        clients = one.plan == CLIENT_PAYS
        row = (
            *(1, one.clock_s, one.charged if clients else 0, 0 if clients else one.charged),
            *(one.consultant, one.platform, one.refunded, one.waits),
        )
        for n, part in enumerate(row):
            counted[n] += part
    return Sums(*counted)


def by_client(lines: Sequence[SessionLine]) -> tuple[Cut, ...]:
    return _most(lines, lambda one: one.client, lambda one: (one.client[1],))


def by_consultant(lines: Sequence[SessionLine]) -> tuple[Cut, ...]:
    return _most(lines, lambda one: one.host, lambda one: (one.host[1],))


def by_pair(lines: Sequence[SessionLine]) -> tuple[Cut, ...]:
    both = (lambda one: (one.host, one.client)), (lambda one: (one.host[1], one.client[1]))
    return _most(lines, *both)


def by_outcome(lines: Sequence[SessionLine]) -> tuple[Cut, ...]:
    """In the order of OUTCOMES; those that did not happen are left out."""
    groups = _grouped(lines, lambda one: one.became)
    return tuple(Cut((one,), sums_of(groups[one])) for one in OUTCOMES if one in groups)


def by_day(lines: Sequence[SessionLine], days: Sequence[date], zone: tzinfo) -> tuple[Cut, ...]:
    """Every one of `days`, by the day on which a session ended in the reader's zone."""
    groups = _grouped(lines, lambda one: _day(one, zone))
    return tuple(Cut((day.isoformat(),), sums_of(groups.get(day, ()))) for day in days)


def _day(one: SessionLine, zone: tzinfo) -> date:
    assert one.ended_at is not None, "only what is over is added up"
    return one.ended_at.astimezone(zone).date()


def _grouped(
    lines: Iterable[SessionLine], key: Callable[[SessionLine], Hashable]
) -> dict[Hashable, list[SessionLine]]:
    groups: dict[Hashable, list[SessionLine]] = {}
    for one in lines:
        groups.setdefault(key(one), []).append(one)
    return groups


def _most(
    lines: Sequence[SessionLine],
    key: Callable[[SessionLine], Hashable],
    names: Callable[[SessionLine], tuple[str, ...]],
) -> tuple[Cut, ...]:
    """The longest first; beyond TOP they are one row."""
    cuts = [Cut(names(group[0]), sums_of(group)) for group in _grouped(lines, key).values()]
    cuts.sort(key=lambda one: (-one.sums.clock_s, -one.sums.sessions, one.names))
    head, rest = cuts[:TOP], cuts[TOP:]
    if rest:
        head.append(Cut((), sum((one.sums for one in rest), Sums()), len(rest)))
    return tuple(head)
