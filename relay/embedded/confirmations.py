"""Which voice packets a listener has: Chromium confirms each by its transport-wide number."""

from typing import Protocol

from relay.embedded.datapath import shared

# Numbers whose owner is remembered; a confirmation comes within some tenths of a second.
CONFIRMED_MAX = 256


class Seated(Protocol):
    """The part of a sink that a confirmation is for."""

    place: int
    delivered: bool


@shared("confirmations_t")
class Confirmations:
    """Numbers of one connection's voice packets, which the listener confirms as they arrive.

    A sink's place is from 1 on; 0 owns the numbers that were never given.
    """

    __slots__ = ("_c", "_owners", "_sinks", "number")

    def __init__(self) -> None:
        self.number = 0
        self._owners = [0] * CONFIRMED_MAX
        self._sinks: list[Seated] = []

    def seat(self, sink: Seated) -> int:
        """The place of a sink of the connection."""
        self._sinks.append(sink)
        return len(self._sinks)

    def next(self, sink: Seated) -> int:
        """The number for the sink's next packet."""
        self.number = (self.number + 1) & 0xFFFF
        self._owners[self.number % CONFIRMED_MAX] = sink.place
        return self.number

    def arrived(self, number: int) -> None:
        """The listener has the packet, unless the number is not one of the latest."""
        if (self.number - number) & 0xFFFF < CONFIRMED_MAX:
            place = self._owners[number % CONFIRMED_MAX]
            if place:
                self._sinks[place - 1].delivered = True
