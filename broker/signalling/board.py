"""The marks of one session: which there are, in which order they came, and who draws too fast."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.signalling.errors import ForeignMark, MarksTooFast
from broker.signalling.messages_link import Seat
from broker.signalling.pointing import Mark, MarkCleared, MarkSeen

MARKS_MAX = 100
MARKS_PER_S = 10
SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Board:
    """Marks by id, the oldest first. A live thing: one a session, while it has marks."""

    _marks: dict[str, MarkSeen] = field(default_factory=dict)
    _drawn: dict[Seat, deque[datetime]] = field(default_factory=dict)

    def marks(self) -> tuple[MarkSeen, ...]:
        return tuple(self._marks.values())

    def draw(self, by: Seat, mark: Mark, at: datetime) -> list[MarkSeen | MarkCleared]:
        """Put a mark up; what everybody is to be told, the oldest that had to go first.

        Raises: ForeignMark (the id is the other side's), MarksTooFast.
        """
        known = self._marks.get(mark.id)
        if known is not None and known.from_ != by:
            raise ForeignMark(mark.id)
        self._pace(by, at)
        seen = MarkSeen(by, mark.id, mark.source, mark.shape, mark.points, mark.color)
        told: list[MarkSeen | MarkCleared] = []
        if known is None and len(self._marks) >= MARKS_MAX:
            oldest = next(iter(self._marks))
            del self._marks[oldest]
            told.append(MarkCleared(None, oldest))
        self._marks[mark.id] = seen
        return [*told, seen]

    def clear(self, by: Seat, id: str | None) -> list[MarkCleared]:
        """Take one mark away, or with None all; of what is not there nobody is told."""
        if id is None:
            there = bool(self._marks)
            self._marks.clear()
        else:
            there = self._marks.pop(id, None) is not None
        return [MarkCleared(by, id)] if there else []

    def screen_gone(self, source: str) -> list[MarkCleared]:
        """The screen is not shown any more, and nothing that was drawn on it."""
        gone = [mark.id for mark in self._marks.values() if mark.source == source]
        for id in gone:
            del self._marks[id]
        if gone and not self._marks:
            return [MarkCleared(None, None)]
        return [MarkCleared(None, id) for id in gone]

    def _pace(self, by: Seat, at: datetime) -> None:
        drawn = self._drawn.setdefault(by, deque(maxlen=MARKS_PER_S))
        if len(drawn) == MARKS_PER_S and timedelta() <= at - drawn[0] < SECOND:
            raise MarksTooFast(MARKS_PER_S)
        drawn.append(at)
