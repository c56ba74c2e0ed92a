"""Pointers on their way to one receiver: the latest of each person, at most 20 a second.

A pointer is worth nothing a moment later, so nothing queues: a newer place takes the seat of the
older one, none is sent while frames already wait for a receiver who reads slowly, and none is sent
again after a lost socket.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.signalling import pointing

PACE = timedelta(milliseconds=50)
WAITING_MAX = 8


@dataclass(slots=True)
class Pointers:
    """What one receiver is still to be told. `woken`: somebody will look again by themselves."""

    woken: bool = False
    _latest: dict[str, pointing.PointerSeen] = field(default_factory=dict)
    _told_at: datetime | None = None

    def put(self, seen: pointing.PointerSeen) -> None:
        """It replaces an older place of the same person, and keeps their turn."""
        self._latest[seen.from_] = seen

    def due(self, at: datetime, waiting: int) -> pointing.PointerSeen | None:
        """The one to be sent now, if it is time. waiting: frames not yet written to the socket."""
        if not self._latest or waiting > WAITING_MAX or self._too_soon(at):
            return None
        self._told_at = at
        return self._latest.pop(next(iter(self._latest)))

    def clear(self) -> None:
        self._latest.clear()

    def __bool__(self) -> bool:
        """Whether something waits."""
        return bool(self._latest)

    def _too_soon(self, at: datetime) -> bool:
        """A clock that was set back makes nobody wait."""
        return self._told_at is not None and timedelta() <= at - self._told_at < PACE
