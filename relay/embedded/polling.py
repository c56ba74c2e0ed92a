"""All UDP sockets of a loop behind one: a wake-up serves every socket that has something.

The event loop calls the compiled one itself, which reads them, forwards what is ordinary and calls
back for the rest, one datagram at a time, in the order of arrival.
"""

import asyncio
import select
from collections.abc import MutableMapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakValueDictionary

from relay.embedded.datapath import address, module


class Polled(Protocol):
    """A socket that is read for its owner. `took`: so many bytes lie in the incoming buffer."""

    _c: Any
    number: int

    def took(self, length: int, sender: tuple[Any, ...]) -> None: ...


class Poller:
    """The sockets of one loop; it exists as long as there are any."""

    def __init__(self, loop: asyncio.AbstractEventLoop, incoming: Any) -> None:
        self._loop, self._epoll = loop, select.epoll()
        self._c = module.ffi.new("poller_t *")
        self._c.epoll = self._epoll.fileno()
        self._c.up = module.ffi.cast("uint8_t *", address(incoming))
        self._open: dict[int, Polled] = {}
        self._closed: list[Polled] = []
        self._numbered = 0
        _BY_STRUCT[_place(self._c)] = self
        loop.add_reader(self._epoll.fileno(), module.lib.datapath_serve, self._c)

    def add(self, one: Polled, fd: int, wire: Any) -> None:
        """Read the socket from now on; its media belong to the wire. Raises: OSError."""
        self._numbered = one.number = (self._numbered + 1) & 0xFFFFFFFF
        one._c = module.ffi.new("port_t *", {"fd": fd, "number": one.number, "wire": wire._c})
        if module.lib.datapath_watch(self._c, one._c, True) != 0:
            self._end()
            raise OSError("the system watches no more sockets for us")
        self._open[one.number] = one

    def remove(self, one: Polled) -> None:
        """Read it no more; what was read of it already is dropped."""
        module.lib.datapath_watch(self._c, one._c, False)
        one._c.fd = -1
        del self._open[one.number]
        self._closed.append(one)
        self._end()

    def given(self, one: Polled, data: bytes, sender: tuple[str, int]) -> None:
        """As if the datagram had come from the kernel: for tests, which forge senders."""
        c, lib = self._c, module.lib
        c.of_event[0], c.events, c.event, c.datagrams, c.datagram = one._c, 1, 0, 1, 0
        c.length[0] = min(len(data), lib.BUFFER)
        module.ffi.memmove(c.bytes[0], data, c.length[0])
        where = module.ffi.new("wire_t *")
        lib.datapath_address(where, sender[0].encode(), sender[1], 0)
        module.ffi.memmove(c.sender[0], where.to, where.to_length)
        c.looks = lib.LOOKS_MAX
        lib.datapath_serve(c)

    def take(self) -> None:
        """The compiled loop hands up a datagram."""
        c, ffi = self._c, module.ffi
        one = self._open.get(c.up_number)
        if one is not None:
            host = ffi.string(c.up_host).decode()
            if ":" in host:
                one.took(c.up_length, (host, c.up_port, c.up_flow, c.up_scope))
            else:
                one.took(c.up_length, (host, c.up_port))

    def _end(self) -> None:
        """A socket that closes may still be in the batch in hand, so its struct stays till then."""
        if self._c.serving:
            self._loop.call_soon(self._end)
            return
        self._closed.clear()
        if not self._open and not self._epoll.closed:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            _POLLERS.pop(self._loop, None)


_POLLERS: MutableMapping[asyncio.AbstractEventLoop, Poller] = WeakKeyDictionary()
_BY_STRUCT: MutableMapping[int, Poller] = WeakValueDictionary()


def _place(struct: Any) -> int:
    return int(module.ffi.cast("uintptr_t", struct))


if module is not None:

    @module.ffi.def_extern()  # type: ignore[untyped-decorator]
    def datapath_up(struct: Any) -> None:
        _BY_STRUCT[_place(struct)].take()


def poller_of(loop: asyncio.AbstractEventLoop, incoming: Any) -> Poller | None:
    """The loop's poller; None when the inner loop is not compiled."""
    if module is None:
        return None
    if loop not in _POLLERS:
        _POLLERS[loop] = Poller(loop, incoming)
    return _POLLERS[loop]
