"""A UDP socket on the running loop, in the shape that aioice expects of a transport.

The loops' own datagram transports make a new object of every datagram, format its sender's
address into text and ask the socket once more after each; that is half the price of forwarding
a packet. Here datagrams are read into one buffer that all sockets of a thread share.
"""

import asyncio
import contextlib
import socket
import threading
from typing import Any, Protocol

from pylibsrtp._binding import ffi

from relay.embedded.polling import Poller, poller_of

DATAGRAM_BYTES_MAX = 2048
KERNEL_BUFFER_BYTES = 2 << 20


class Buffers(threading.local):
    """Where a datagram lies while it is decrypted or encrypted; valid until the next one."""

    def __init__(self) -> None:
        self.incoming, self.outgoing = (
            ffi.new("unsigned char[]", DATAGRAM_BYTES_MAX) for _ in range(2)
        )
        self.incoming_view, self.outgoing_view = (
            ffi.buffer(self.incoming),
            ffi.buffer(self.outgoing),
        )
        self.incoming_length, self.outgoing_length = ffi.new("int *"), ffi.new("int *")


BUFFERS = Buffers()


class Reader(Protocol):
    """Who is told of datagrams. `arrived`: so many bytes lie in the incoming buffer. `wire` is
    whose media come here.
    """

    wire: Any

    def connection_made(self, transport: Any) -> None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...
    def arrived(self, length: int, sender: tuple[Any, ...]) -> None: ...


class Straight:
    """A second socket of a transport's port, connected to one peer, for the compiled loop.

    The kernel hands it what comes from that peer, all else goes to the transport as before, so a
    peer that moves is still heard. What is sent by it needs no look for a route.
    """

    __slots__ = ("_c", "_poller", "number", "socket", "took")

    _c: Any
    number: int

    def __init__(self, transport: "UdpTransport", poller: Poller, wire: Any) -> None:
        """Bind and listen. Raises: OSError."""
        first = transport.socket
        self.took, self._poller = transport.took, poller
        self.socket = socket.socket(first.family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)
            share_port(first, self.socket)
            set_buffers(self.socket)
            poller.add(self, self.socket.fileno(), wire)
        except OSError:
            self.socket.close()
            raise

    def close(self) -> None:
        self._poller.remove(self)
        self.socket.close()


def set_buffers(of: socket.socket) -> None:
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        of.setsockopt(socket.SOL_SOCKET, option, KERNEL_BUFFER_BYTES)


def share_port(first: socket.socket, second: socket.socket) -> None:
    """Bind the second where the first is. The port is open to others for no longer than that: one
    that is searched for must look taken. Raises: OSError.
    """
    both = (first, second)
    try:
        for one in both:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        second.bind(first.getsockname())
    finally:
        for one in both:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


class UdpTransport:
    """See `asyncio.DatagramTransport`, whose part for aioice this is."""

    __slots__ = (
        "_c", "_closing", "_loop", "_poller", "_reader", "_receive", "_straight", "_view",
        "address", "number", "socket", "took",
    )  # fmt: skip

    _c: Any
    number: int

    def __init__(self, reader: Reader, address: str, port: int) -> None:
        """Bind and listen. Raises: OSError."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)
            self.socket.bind((address, port))
            set_buffers(self.socket)
            self.address = self.socket.getsockname()
            self._reader, self.took = reader, reader.arrived
            self._receive, self._view = self.socket.recvfrom_into, BUFFERS.incoming_view
            self._closing = False
            self._straight: Straight | None = None
            self._loop = asyncio.get_running_loop()
            self._listen()
        except OSError:
            self.socket.close()
            raise
        reader.connection_made(self)

    def _listen(self) -> None:
        self._poller = poller_of(self._loop, BUFFERS.incoming)
        if self._poller is None:
            self._loop.add_reader(self.socket.fileno(), self._readable)
        else:
            self._poller.add(self, self.socket.fileno(), self._reader.wire)

    def straight_to(self, address: Any) -> Straight | None:
        """The second socket, connected there from now on; None when there can be none, which
        costs nothing but time.
        """
        if self._poller is None or self._closing:
            return None
        try:
            if self._straight is None:
                self._straight = Straight(self, self._poller, self._reader.wire)
            self._straight.socket.connect(address)
        except OSError:
            self._part()
        return self._straight

    def _part(self) -> None:
        if self._straight is not None:
            self._straight.close()
            self._straight = None

    def _readable(self) -> None:
        """One datagram a call: the loop is fair to all sockets and asks again."""
        try:
            length, sender = self._receive(self._view)
        except OSError:
            return
        self.took(length, sender)

    def sendto(self, data: bytes, address: Any) -> None:
        """Send or drop: what the kernel's buffer cannot take is lost, as on any other hop."""
        with contextlib.suppress(OSError):
            self.socket.sendto(data, address)

    def is_closing(self) -> bool:
        return self._closing

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"sockname": self.address, "socket": self.socket}.get(name, default)

    def close(self) -> None:
        """Free the socket now; the reader hears of it on the loop's next turn."""
        if self._closing:
            return
        self._closing = True
        self._part()
        if self._poller is not None:
            self._poller.remove(self)
        else:
            self._loop.remove_reader(self.socket.fileno())
        self.socket.close()
        self._loop.call_soon(self._reader.connection_lost, None)

    abort = close
