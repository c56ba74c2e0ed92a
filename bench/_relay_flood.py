"""A load light enough for one core to fill another: encrypted ahead, counted without Python."""

import socket
import struct
from typing import Any

from bench._relay_load import VP8, Counter, Sender
from relay.embedded.datapath import tell
from relay.embedded.forwarder import HEADER, Feed, Totals, Track

UDP_SEGMENT, BURST_MAX = 103, 32


class FloodSender(Sender):
    """Sends what it has encrypted before the clock runs; packets that are due together go to the
    kernel together, so that the load costs less than the relay.
    """

    def __init__(self, address: str, size: int) -> None:
        super().__init__(address, size)
        self._ready: list[bytes] = []

    def prepare(self, count: int) -> None:
        self._at, kept, wire = 0, list[bytes](), self.wire
        send, wire._send_to = wire._send_to, lambda data, _to: kept.append(bytes(data))
        for n in range(count):
            wire.send_rtp(self._filling.packet(n * 20, marker=n % 8 == 7))
        wire._send_to = send
        self._ready = kept[::-1]

    def send(self, count: int, timestamp: int) -> None:
        if not self._ready:
            super().send(count, timestamp)
            return
        wire = self.wire
        assert wire.port is not None
        for first in range(0, count, BURST_MAX):
            due = min(BURST_MAX, count - first, len(self._ready))
            burst = [self._ready.pop() for _ in range(due)]
            if burst:
                self._leave(wire.port.socket, burst, wire._address)

    def _leave(self, by: socket.socket, burst: list[bytes], to: Any) -> None:
        """All of one length, so the kernel can cut them apart."""
        size = struct.pack("H", len(burst[0]))
        try:
            by.sendmsg(burst, [(socket.IPPROTO_UDP, UDP_SEGMENT, size)], 0, to)
            self.sent += len(burst)
        except BlockingIOError:
            return


class FloodCounter(Counter):
    """Decrypts and counts in the compiled loop: a track without viewers."""

    def __init__(self, address: str, *, controlling: bool = True) -> None:
        super().__init__(address, controlling=controlling)
        self.wire.received = self._verify  # type: ignore[method-assign]
        self._track = Track("", "", "video", Totals(), lambda wait, call: None)
        self._feed: Feed | None = None
        self._before = 0

    def rtp(self, packet: bytes) -> None:
        """Comes here until the compiled loop knows the source."""
        _, second, _, _, ssrc = HEADER.unpack_from(packet)
        feed = self._feed = Feed(self._track, self.wire, VP8)
        feed.payload_type, feed.ssrc = second & 0x7F, ssrc
        self._track.feed = feed
        self._track.packets += 1
        tell(self.wire, "feeds", [feed], 1)

    @property
    def got(self) -> int:
        return self._track.packets - self._before

    @got.setter
    def got(self, value: int) -> None:
        if hasattr(self, "_track"):
            self._before = self._track.packets - value


def sender_of(session: int) -> type[Sender]:
    """The first session is timed packet by packet, the others are sent from store."""
    return FloodSender if session else Sender


def counter_of(session: int) -> type[Counter]:
    """The first session is timed, the others are counted."""
    return FloodCounter if session else Counter
