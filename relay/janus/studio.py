"""The socket that nodes send packets to that are to be recorded (`rtp_forward` of a video room).

Each stream is sent here under a number (SSRC) that we drew for it: what carries no such number is
nobody's, and nobody else knows them. From a node on this machine packets come as they are, over the
loopback; from another one as SRTP with a key of the stream's own.
"""

import asyncio
import contextlib
import logging
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from relay.embedded.sealed import Opener
from relay.recording import TapeWriter

# linux/socket.h: how many datagrams found no room in the socket comes with the next one.
SO_RXQ_OVFL = 40
# Of one busy second of a dozen screens; the system may give less.
BUFFER_BYTES = 4 << 20
DATAGRAM_BYTES_MAX = 2048
AT_ONCE = 128
HEADER_BYTES = 12
_COUNT, _SSRC = struct.Struct("@I"), struct.Struct("!8xI")

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Stream:
    """What one number stands for. `take(unix time, packet)`; `lost(since, until)` is told of a span
    in which the socket was too full, unix seconds; `opener`: None for plain packets."""

    take: Callable[[float, bytes], None]
    lost: Callable[[float, float], None]
    opener: Opener | None = None


class Studio:
    """One socket for every recording of every node, and the thread that writes them."""

    def __init__(self, writer: TapeWriter | None = None) -> None:
        self.writer = writer or TapeWriter()
        self.streams: dict[int, Stream] = {}
        self.port = 0
        self._host = ""
        self._socket: socket.socket | None = None
        self._dropped, self._read_at = 0, 0.0

    def open(self, host: str, port: int) -> None:
        """Raises: OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            with contextlib.suppress(OSError):  # of Linux only
                made.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            made.bind((host, port))
        except OSError:
            made.close()
            raise
        self._host, self.port = host, made.getsockname()[1]
        self._socket, self._read_at = made, time.time()
        asyncio.get_running_loop().add_reader(made, self._readable, made)

    def open_near(self, host: str, port: int) -> None:
        """At this port, so that whoever lets reports through knows what else to let through; at
        any, when it is taken. Never raises: without a socket every recording is told as a gap."""
        for one in (port, 0):
            try:
                self.open(host, one)
            except OSError:
                logger.exception("recordings of Janus cannot be received on %s:%d", host, one)
            else:
                return

    def host_for(self, here: str) -> str:
        """Where a node is to send. `here`: our address on the way to it, if ours is any."""
        return here if self._host in ("", "0.0.0.0", "::") else self._host

    def _readable(self, made: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                packet, told, _, sender = made.recvmsg(DATAGRAM_BYTES_MAX, socket.CMSG_SPACE(4))
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                logger.exception("recordings of Janus cannot be received")
                return
            now = time.time()
            for level, kind, data in told:
                if (level, kind) == (socket.SOL_SOCKET, SO_RXQ_OVFL):
                    self._count(_COUNT.unpack(data)[0], now)
            self._read_at = now
            try:
                self.arrived(packet, sender[0], now)
            except Exception:
                logger.exception("a packet could not be recorded")

    def arrived(self, packet: bytes, sender: str, now: float) -> None:
        """One datagram from an address."""
        if len(packet) < HEADER_BYTES:
            return
        stream = self.streams.get(_SSRC.unpack_from(packet)[0])
        if stream is None:
            return
        if stream.opener is None:
            if is_here(sender):
                stream.take(now, packet)
        elif (plain := stream.opener.opened(packet)) is not None:
            stream.take(now, plain)

    def _count(self, dropped: int, now: float) -> None:
        """What was dropped was nobody's in particular: every recording is told."""
        if dropped == self._dropped:
            return
        self._dropped = dropped
        for lost in {stream.lost for stream in self.streams.values()}:
            lost(self._read_at, now)

    def close(self) -> None:
        """No more packets; what waits for the disk is written."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        self.writer.close()


def is_here(address: str) -> bool:
    """Whether an address is one of the loopback.

    >>> is_here("127.0.0.1"), is_here("::1"), is_here("10.0.0.5")
    (True, True, False)
    """
    return address.startswith("127.") or address in ("::1", "::ffff:127.0.0.1")
