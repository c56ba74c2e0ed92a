"""What nodes send to be recorded: found by its number, opened, counted when it is lost."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from relay.embedded.sealed import KEY_BYTES, Opener, new_key
from relay.janus.process import free_port
from relay.janus.studio import Stream, Studio
from tests.relay.lane import Policy, Session

HEADER = b"\x80\x6f\x00\x01\x00\x00\x00\x00"


def packet(number: int, body: bytes = b"voice") -> bytes:
    return HEADER + number.to_bytes(4, "big") + body


class Listener:
    """Keeps what a stream is told."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.gaps: list[tuple[float, float]] = []

    def take(self, at: float, packet: bytes) -> None:
        self.packets.append(packet)

    def lost(self, since: float, until: float) -> None:
        self.gaps.append((since, until))


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    made = Studio()
    yield made
    made.close()


async def test_a_packet_goes_to_whose_number_it_bears(studio: Studio) -> None:
    one, other = Listener(), Listener()
    studio.streams = {7: Stream(one.take, one.lost), 8: Stream(other.take, other.lost)}
    studio.open("127.0.0.1", 0)
    with socket.socket(type=socket.SOCK_DGRAM) as node:
        for data in (b"", packet(7)[:11], packet(9), packet(7), packet(8), packet(7)):
            node.sendto(data, ("127.0.0.1", studio.port))
        await asyncio.sleep(0.05)
    assert (one.packets, other.packets) == ([packet(7)] * 2, [packet(8)])
    assert not one.gaps


def test_a_plain_packet_from_elsewhere_is_nobodys() -> None:
    listener, studio = Listener(), Studio()
    studio.streams[7] = Stream(listener.take, listener.lost)
    studio.arrived(packet(7), "10.0.0.9", 1.0)
    assert not listener.packets


def test_from_another_machine_only_what_bears_the_key() -> None:
    listener, studio, key = Listener(), Studio(), new_key()
    studio.streams[7] = Stream(listener.take, listener.lost, Opener(key))
    sealed = Session(Policy(key, Policy.SSRC_ANY_OUTBOUND)).protect(packet(7))
    strange = Session(Policy(bytes(KEY_BYTES), Policy.SSRC_ANY_OUTBOUND)).protect(packet(7))
    for data in (packet(7), strange, sealed, sealed):
        studio.arrived(data, "10.0.0.9", 1.0)
    assert listener.packets == [packet(7)]


async def test_what_found_no_room_is_told_to_every_recording(studio: Studio) -> None:
    listener = Listener()
    studio.streams = {n: Stream(listener.take, listener.lost) for n in (7, 8)}
    studio.open("127.0.0.1", 0)
    with socket.socket(type=socket.SOCK_DGRAM) as node:
        for _ in range(12_000):  # nobody reads meanwhile
            node.sendto(packet(7, bytes(1400)), ("127.0.0.1", studio.port))
        async with asyncio.timeout(5):
            while not listener.gaps:
                await asyncio.sleep(0.01)
                node.sendto(packet(7), ("127.0.0.1", studio.port))
    ((since, until),) = listener.gaps
    assert 0 < until - since < 5


async def test_a_port_that_is_taken_is_no_end_of_recording(studio: Studio) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        studio.open_near("127.0.0.1", port)
    assert studio.port not in (0, port)


def test_a_node_is_told_our_address() -> None:
    studio = Studio()
    assert studio.host_for("10.0.0.5") == "10.0.0.5"
    studio._host = "10.0.0.6"
    assert studio.host_for("10.0.0.5") == "10.0.0.6"
