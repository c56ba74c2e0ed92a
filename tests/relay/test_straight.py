"""The second socket of a port, which is connected to the peer: who hears what, and when it ends."""

import asyncio
import errno
import random
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from relay.embedded.packets import Packets
from relay.embedded.udp import UdpTransport
from relay.embedded.wires import Tally
from tests.relay.lane import Lane, some_rtp


class Hears(Packets):
    """A wire that keeps who sent it something."""

    def __init__(self) -> None:
        super().__init__(self, Tally())  # type: ignore[arg-type]
        self.wire = self
        self.senders: list[tuple[Any, ...]] = []
        self.transport = UdpTransport(self, "127.0.0.1", 0)

    def connection_made(self, transport: Any) -> None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...

    def arrived(self, length: int, sender: tuple[Any, ...]) -> None:
        self.senders.append(sender)


@pytest.fixture
async def wire() -> AsyncIterator[Hears]:
    made = Hears()
    yield made
    made.transport.close()
    await asyncio.sleep(0)


@pytest.fixture
def peers() -> Any:
    both = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
    for one in both:
        one.bind(("127.0.0.1", 0))
    yield both
    for one in both:
        one.close()


async def until(true: Callable[[], bool]) -> None:
    for _ in range(5000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not come to pass")


def by_socket(wire: Hears) -> list[str]:
    """Let both sockets say which of them each datagram comes to."""
    told: list[str] = []
    assert wire.straight is not None
    wire.transport.took = lambda length, sender: told.append("first")
    wire.straight.took = lambda length, sender: told.append("straight")
    return told


async def test_a_peer_that_moves_is_heard_before_ice_follows(wire: Hears, peers: Any) -> None:
    here, there = peers
    wire.follow(wire.transport, here.getsockname())
    told = by_socket(wire)
    for peer in (here, there):
        peer.sendto(b"?", wire.transport.address)
        heard = len(told)
        await until(lambda heard=heard: len(told) > heard)  # type: ignore[misc]
    wire.follow(wire.transport, there.getsockname())
    there.sendto(b"?", wire.transport.address)
    await until(lambda: len(told) == 3)
    assert told == ["straight", "first", "straight"]


async def test_both_tell_the_sender(wire: Hears, peers: Any) -> None:
    wire.follow(wire.transport, peers[0].getsockname())
    for peer in peers:
        peer.sendto(b"?", wire.transport.address)
    await until(lambda: len(wire.senders) == 2)
    assert set(wire.senders) == {peer.getsockname() for peer in peers}


async def test_the_port_looks_taken_to_who_searches_one(wire: Hears, peers: Any) -> None:
    wire.follow(wire.transport, peers[0].getsockname())
    with pytest.raises(OSError, match="in use") as refused:
        UdpTransport(Hears(), "127.0.0.1", wire.transport.address[1])
    assert refused.value.errno == errno.EADDRINUSE


async def test_it_ends_with_its_transport(wire: Hears, peers: Any) -> None:
    wire.follow(wire.transport, peers[0].getsockname())
    straight = wire.straight
    assert straight is not None
    wire.transport.close()
    assert straight.socket.fileno() == -1
    assert wire.transport.straight_to(peers[0].getsockname()) is None


async def test_an_address_without_a_way_leaves_the_first_socket(wire: Hears, peers: Any) -> None:
    wire.follow(wire.transport, peers[0].getsockname())
    wire.follow(wire.transport, ("255.255.255.255", 9))
    assert wire.straight is None
    peers[0].sendto(b"?", wire.transport.address)
    await until(lambda: len(wire.senders) == 1)


async def test_no_packet_is_lost_to_the_news_that_an_earlier_one_met_nobody() -> None:
    """A connected socket reports the ICMP error of a packet at the next one, which is not sent."""
    lane, dice = Lane(by_hand=False), random.Random(1)
    viewer = lane.viewers[0]
    lane.give(lane.encrypted(some_rtp(dice, "video", 1)))
    assert len(viewer.got()) == 1
    address = viewer.socket.getsockname()
    viewer.socket.close()
    lane.give(lane.encrypted(some_rtp(dice, "video", 2)))
    viewer.socket = socket.socket(type=socket.SOCK_DGRAM)
    viewer.socket.bind(address)
    viewer.socket.setblocking(False)
    lane.give(lane.encrypted(some_rtp(dice, "video", 3)))
    assert len(viewer.got()) == 1
    lane.close()
