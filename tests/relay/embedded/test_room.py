"""A room of our own relay, told the time and given packets by hand."""

import asyncio

from relay import SecondWitnessed
from relay.embedded.forwarder import HEADER
from relay.embedded.leg import Publisher
from relay.embedded.narrow import Narrow
from relay.embedded.room import Room
from relay.endpoint import Endpoint
from tests.relay.conftest import Stage

STALL_S = 5


def room_of(stage: Stage) -> Room:
    room: Room = stage.engine._rooms["S"]  # type: ignore[attr-defined]
    return room


def publisher_of(room: Room) -> Publisher:
    found = room._legs["client"].pub
    assert found is not None
    return found


def pictures(publisher: Publisher, seqs: range) -> int:
    """Packets of the picture come, each of 1012 octets; so many octets."""
    for section, codec in publisher.carried():
        if section.kind == "video":
            for seq in seqs:
                head = HEADER.pack(0x80, codec.payload_type, seq, 3000 * seq, section.ssrcs[0])
                publisher.rtp(head + bytes(1000))
    return 1012 * len(seqs)


class Told(Narrow):
    """What a viewer's link is told."""

    def __init__(self) -> None:
        super().__init__()
        self.bits: list[int] = []

    def second(self, now: float, bits: int) -> bool:
        self.bits.append(bits)
        return False


async def test_after_a_stall_rates_are_still_those_of_a_second(stage: Stage) -> None:
    client, host = Endpoint(stage.addresses), Endpoint(stage.addresses)
    stage.endpoints += [client, host]
    await stage.engine.publish("S", "client", await client.publish_offer(), 0)
    room = room_of(stage)
    publisher = publisher_of(room)
    start = room._next_sampled
    octets = pictures(publisher, range(0, 500, 2))  # every other one was lost
    await stage.engine.subscribe("S", "host", await host.subscribe_offer(), 0)
    viewer = room._legs["host"].sub
    assert viewer is not None
    sink = next(one for one in viewer.sinks if one.kind == "video")
    sink.narrow = told = Told()
    sink.bytes = 500_000
    room.turn(start + STALL_S + 0.5)
    (track,) = (one for one in room._tracks.values() if one.kind == "video")
    assert track.uplink.cap == int(8 * octets // STALL_S * 0.85)
    assert told.bits == [8 * 500_000 // STALL_S]
    assert [e.second - start for e in stage.of(SecondWitnessed)] == [*range(STALL_S - 1)]


async def test_a_candidate_right_behind_its_offer_is_taken(stage: Stage) -> None:
    """Nothing may be awaited between an offer and its connection, or it would be lost."""
    client = Endpoint(stage.addresses, video=False)
    stage.endpoints.append(client)
    lines = (await client.publish_offer()).splitlines(keepends=True)
    trickled = [line.strip() for line in lines if line.startswith("a=candidate")]
    bare = "".join(line for line in lines if not line.startswith("a=candidate"))
    publishing = stage.engine.publish("S", "client", bare, 0)
    candidate = stage.engine.candidate("S", "client", "pub", 0, trickled[0][2:], "0")
    await asyncio.gather(publishing, candidate)
    assert len(publisher_of(room_of(stage)).wire._ice.remote_candidates) == 1
