"""Looks once a second whose link carries the picture, holds it back or lets it go on."""

from collections.abc import Callable, Iterable

from relay.embedded.forwarder import Sink
from relay.embedded.leg import Leg
from relay.events import PictureHeld, RelayEvent


class Pictures:
    """Of one room; told upwards when it changes for a viewer."""

    def __init__(self, room: str, emit: Callable[[RelayEvent], None]) -> None:
        self._room, self._emit = room, emit
        self._held: set[str] = set()

    def second(self, legs: Iterable[Leg], now: float, passed_s: int) -> None:
        """`now` in seconds of the monotonic clock; `passed_s` since the last time."""
        for leg in legs:
            held = False
            for sink in leg.sub.sinks if leg.sub is not None else ():
                held |= sink.kind == "video" and _decide(sink, now, passed_s)
            if held != (leg.name in self._held):
                self._held ^= {leg.name}
                self._emit(PictureHeld(self._room, leg.name, held))

    def forget(self, leg: str) -> None:
        """The leg is gone; one of the same name begins with its picture."""
        self._held.discard(leg)


def _decide(sink: Sink, now: float, passed_s: int) -> bool:
    """Whether the sink's picture is held."""
    bits, sink.weighed = 8 * (sink.bytes - sink.weighed) // passed_s, sink.bytes
    if sink.track is None:
        return False
    held = sink.narrow.second(now, bits)
    if held is not sink.held:
        (sink.hold if held else sink.go_on)()
    return held
