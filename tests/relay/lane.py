"""One publisher and two viewers with keys of ours: real sockets and SRTP, no ICE, no DTLS.

`Lane(by_hand=True)` gives each datagram to the Python path, `Lane(by_hand=False)` to the compiled
loop. Two lanes that are told the same story must come to the same end.
"""

import contextlib
import random
import socket
from typing import Any

from pylibsrtp import Error, Policy, Session

from relay.embedded.codecs import Codec
from relay.embedded.confirmations import Confirmations
from relay.embedded.descriptions import Description, Section, Transport
from relay.embedded.forwarder import HEADER, Feed, Sink, Totals, Track
from relay.embedded.leg import Publisher
from relay.embedded.numbering import HISTORY_PACKETS
from relay.embedded.packets import Packets
from relay.embedded.udp import UdpTransport
from relay.embedded.wires import Tally

CODECS = {"audio": Codec(111, "opus", 48_000, 2), "video": Codec(96, "vp8", 90_000)}
SSRCS = {"audio": 71, "video": 72}
PEER = ("127.0.0.1", 9)
KEY_BYTES, PROFILE = 44, Policy.SRTP_PROFILE_AEAD_AES_256_GCM


def srtp(key: int, kind: int) -> Session:
    return Session(Policy(bytes([key]) * KEY_BYTES, kind, 0, PROFILE))


class BareWire(Packets):
    """A wire without ICE, and the socket that its packets leave by and come to."""

    def __init__(self, listener: Any, key: int) -> None:
        super().__init__(listener, Tally())
        self.sessions = (
            srtp(key, Policy.SSRC_ANY_INBOUND), srtp(key + 1, Policy.SSRC_ANY_OUTBOUND),
        )  # fmt: skip
        self.receiving, self.sending = (session._srtp[0] for session in self.sessions)
        self.wire, self.gone = self, False
        self.transport = UdpTransport(self, "127.0.0.1", 0)
        self.ready = True

    def connection_made(self, transport: Any) -> None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...

    def arrived(self, length: int, sender: tuple[Any, ...]) -> None:
        """As the seam does: no exception leaves."""
        try:
            if 127 < self.incoming[0] < 192:
                self.received(length)
        except Exception:
            self.tally.faults += 1

    def let_go(self) -> None:
        self.gone = True


class Viewer:
    """A wire with one section a kind, and the other end of it."""

    def __init__(self, key: int, tracks: dict[str, Track]) -> None:
        self.wire = BareWire(self, key)
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.wire.follow(self.wire.transport, self.socket.getsockname())
        self._opened = srtp(key + 1, Policy.SSRC_ANY_INBOUND)
        confirmations = Confirmations()
        self.sinks = {
            kind: Sink(self.wire, "host", kind, kind, 4000 + key + n, (codec,), 3, confirmations)
            for n, (kind, codec) in enumerate(CODECS.items())
        }
        for kind, sink in self.sinks.items():
            sink.attach(tracks[kind], 100 + len(kind) + key)

    def rtp(self, packet: bytes) -> None: ...
    def rtcp(self, packet: bytes) -> None: ...

    def got(self) -> list[bytes]:
        """Plain packets that arrived, in order, without the time in a picture's extension."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                data = self.socket.recv(2048)
                with contextlib.suppress(Error):
                    plain = self._opened.unprotect(data)
                    timed = plain[0] & 0x10 and HEADER.unpack_from(plain)[4] % 2
                    found.append(plain[:17] + plain[20:] if timed else plain)
        return found


class Lane:
    """A room's media without a room."""

    def __init__(self, *, by_hand: bool) -> None:
        self.by_hand = by_hand
        self.totals = Totals()
        self.tracks = {
            kind: Track(f"client-{kind}-0", "client", kind, self.totals, lambda wait, call: None)
            for kind in CODECS
        }
        sections = tuple(
            Section(kind, kind, "sendonly", (codec,), (), (SSRCS[kind],), "s")
            for kind, codec in CODECS.items()
        )
        offer = Description(Transport("u", "p", (), "actpass", ()), sections)
        self.publisher = Publisher("client", offer, "", 0, lambda c: None, self._first)
        self.publisher.wire = self.wire = BareWire(self.publisher, 10)  # type: ignore[assignment]
        for kind, track in self.tracks.items():
            self.publisher.feed(kind, Feed(track, self.wire, CODECS[kind]))
            track.feed = self.publisher.feeds[kind]
        self.viewers = [Viewer(key, self.tracks) for key in (20, 30)]
        self.wire.follow(self.wire.transport, PEER)
        self._theirs = srtp(10, Policy.SSRC_ANY_OUTBOUND)

    def _first(self, publisher: Publisher, feed: Feed) -> None:
        feed.track.feed = feed

    def encrypted(self, packet: bytes) -> bytes:
        """As the publisher would send it. Raises: Error when libsrtp does not take it."""
        return self._theirs.protect(packet)

    def give(self, datagram: bytes) -> None:
        """A datagram comes to the publisher's socket."""
        if self.by_hand:
            self.wire.incoming_view[0 : len(datagram)] = datagram
            self.wire.arrived(len(datagram), PEER)
        else:
            self.wire.transport._poller.given(self.wire.transport, datagram, PEER)  # type: ignore[union-attr]

    def close(self) -> None:
        for wire in (self.wire, *(v.wire for v in self.viewers)):
            wire.transport.close()
        for viewer in self.viewers:
            viewer.socket.close()

    def state(self) -> dict[str, Any]:
        """All that both paths keep."""
        sinks = [sink for viewer in self.viewers for sink in viewer.sinks.values()]
        tally = self.wire.tally
        return {
            "tally": (tally.rtp, tally.rtcp, tally.faults, self.wire.gone),
            "tracks": [(t.packets, t.bytes, t.moved) for t in self.tracks.values()],
            "feeds": [
                (f.ssrc, f.reception.highest, f.reception.received, f.reception.report(1, 0.0))
                for f in self.publisher.feeds.values()
            ],
            "sinks": [
                (s.packets, s.bytes, s.fresh, s.numbering.last_seq, s.numbering.last_timestamp,
                 s.numbering.seq_offset, s.retransmitted, s._confirmations.number)
                for s in sinks
            ],
            "kept": [[_kept(s, n) for n in range(HISTORY_PACKETS)] for s in sinks if s._is_video],
            "got": [viewer.got() for viewer in self.viewers],
        }  # fmt: skip


def _kept(sink: Sink, place: int) -> bytes | None:
    """The newest packet at a place of the history, without its time."""
    last = sink.numbering.last_seq
    packet = sink.history.find((last - (last - place) % HISTORY_PACKETS) & 0xFFFF)
    return packet and packet[:17] + packet[20:]


def some_rtp(dice: random.Random, kind: str, seq: int) -> bytes:
    """A packet of the kind with extensions, sources or padding, now and then."""
    sources, extended = dice.choice((0, 0, 0, 2)), dice.random() < 0.3
    body = dice.randbytes(dice.choice((0, 1, 40, 900, 1200)))
    first = 0x80 | sources | (0x10 if extended else 0)
    if dice.random() < 0.1:
        first, body = first | 0x20, body + dice.choice((b"\0\0\x03", b"\x01", b"\xff", b"\0"))
    head = HEADER.pack(
        first, CODECS[kind].payload_type | dice.choice((0, 128)), seq & 0xFFFF,
        (seq * 3000) & 0xFFFFFFFF, SSRCS[kind],
    )  # fmt: skip
    extension = b"\xbe\xde\0\x01\x10\xff\0\0" if extended else b""
    return head + bytes(4 * sources) + extension + body
