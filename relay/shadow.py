"""What a room last was, by its events: so that its end can be told when it cannot itself. Pure.

A node that is killed says nothing. Whoever listened knows which legs were there and what they
published, and hears that they are gone, in the words in which the node itself would have said it.
"""

from datetime import datetime

from relay.engine import Source
from relay.events import LegConnected, LegLost, RelayEvent, SourceAdded, SourceRemoved


class Shadow:
    """Of one room; takes its events in order."""

    def __init__(self) -> None:
        self._legs: dict[str, None] = {}
        self._sources: dict[str, Source] = {}

    def saw(self, event: RelayEvent) -> None:
        match event:
            case LegConnected(leg=leg):
                self._legs[leg] = None
            case LegLost(leg=leg):
                self._legs.pop(leg, None)
            case SourceAdded(source=source):
                self._sources[source.id] = source
            case SourceRemoved(source=source):
                self._sources.pop(source.id, None)

    def end(self, room: str, at: datetime) -> tuple[RelayEvent, ...]:
        """What is over with the node, sources first; then the shadow is empty."""
        gone = [SourceRemoved(room, source) for source in self._sources.values()]
        lost = [LegLost(room, leg, at) for leg in self._legs]
        self._legs, self._sources = {}, {}
        return (*gone, *lost)
