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

from relay.embedded.polling import poller_of

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


class UdpTransport:
    """See `asyncio.DatagramTransport`, whose part for aioice this is."""

    __slots__ = (
        "_c", "_closing", "_loop", "_poller", "_reader", "_receive", "_view", "address", "number",
        "socket", "took",
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
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                self.socket.setsockopt(socket.SOL_SOCKET, option, KERNEL_BUFFER_BYTES)
            self.address = self.socket.getsockname()
            self._reader, self.took = reader, reader.arrived
            self._receive, self._view = self.socket.recvfrom_into, BUFFERS.incoming_view
            self._closing = False
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
        if self._poller is not None:
            self._poller.remove(self)
        else:
            self._loop.remove_reader(self.socket.fileno())
        self.socket.close()
        self._loop.call_soon(self._reader.connection_lost, None)

    abort = close
