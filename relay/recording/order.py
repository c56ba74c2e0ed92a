"""Packets of a tape in the order they were sent; what came too late or twice is left out."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relay.recording.rtp import Rtp, parse

# A repair that takes longer than this was of no use to the viewers either.
WAIT_US = 2_000_000
HELD_MAX = 4096
# After such a silence numbers may have come round: what follows stands for itself.
SILENCE_US = 5_000_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A packet in its place. `part` counts the runs of a tape, `index` is the number without
    wrapping, `ticks` the timestamp without wrapping; a hole in `index` is a packet that is lost."""

    part: int
    index: int
    ticks: int
    at_us: int
    rtp: Rtp


def unwrapped(last: int, value: int, bits: int) -> int:
    """The number nearest to `last` that is `value` in its lowest bits.

    >>> unwrapped(65535, 2, 16), unwrapped(65538, 65535, 16)
    (65538, 65535)
    """
    half, circle = 1 << (bits - 1), 1 << bits
    return last + ((value - last + half) % circle) - half


def in_order(records: Iterable[tuple[int, bytes]]) -> Iterator[Placed]:
    """Every packet once, by number within a part; another SSRC or a silence begins another."""
    part, ssrc, before_us = -1, -1, 0
    queue = _Queue(part)
    for at_us, packet in records:
        rtp = parse(packet)
        if rtp is None:
            continue
        if rtp.ssrc != ssrc or at_us - before_us > SILENCE_US:
            yield from queue.rest()
            part, ssrc = part + 1, rtp.ssrc
            queue = _Queue(part)
        before_us = at_us
        queue.add(at_us, rtp)
        yield from queue.ready(at_us)
    yield from queue.rest()


class _Queue:
    """Packets of one SSRC that wait for those before them."""

    def __init__(self, part: int) -> None:
        self._part = part
        self._held: dict[int, Placed] = {}
        self._order: list[int] = []
        self._next: int | None = None
        self._newest = self._ticks = 0

    def add(self, at_us: int, rtp: Rtp) -> None:
        if self._next is None:
            self._next = self._newest = rtp.seq
            self._ticks = rtp.timestamp
        index = unwrapped(self._newest, rtp.seq, 16)
        if index < self._next or index in self._held:
            return
        self._newest = max(self._newest, index)
        self._ticks = unwrapped(self._ticks, rtp.timestamp, 32)
        self._held[index] = Placed(self._part, index, self._ticks, at_us, rtp)
        heapq.heappush(self._order, index)

    def ready(self, now_us: int) -> Iterator[Placed]:
        """Those whose turn it is, and those that have waited for too long."""
        order, held = self._order, self._held
        while order and (
            order[0] == self._next
            or now_us - held[order[0]].at_us > WAIT_US
            or len(order) > HELD_MAX
        ):
            yield self._first()

    def rest(self) -> Iterator[Placed]:
        while self._order:
            yield self._first()

    def _first(self) -> Placed:
        index = heapq.heappop(self._order)
        self._next = index + 1
        return self._held.pop(index)
