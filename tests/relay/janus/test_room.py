"""A room at a node that answers what it is told to, or refuses."""

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any

from relay import OfferWanted, RelayEvent
from relay.embedded.codecs import Codec
from relay.embedded.descriptions import Description, Section, Transport, write
from relay.janus.link import Refused
from relay.janus.room import JanusRoom

AT = datetime(2026, 11, 22, tzinfo=UTC)
OPUS = Codec(111, "opus", 48_000, 2)
Message = dict[str, Any]


class FakeLink:
    """`said`: each request with its handle; a handle of `refuses` is refused."""

    def __init__(self) -> None:
        self.said: list[tuple[int, Message]] = []
        self.refuses: set[int] = set()
        self.detached: list[int] = []
        self._numbers = itertools.count(1)

    async def attach(self) -> int:
        return next(self._numbers)

    async def detach(self, handle: int) -> None:
        self.detached.append(handle)

    async def say(self, handle: int, body: Message, jsep: Any = None) -> Message:
        if handle in self.refuses:
            raise Refused(425, "Not a subscriber")
        self.said.append((handle, body))
        streams = [
            {"mid": str(n), "feed_id": one["feed"], "feed_mid": one["mid"]}
            for n, one in enumerate(body.get("streams", ()))
            if body["request"] == "join"
        ]
        return {"jsep": {"sdp": "v=0"}, "plugindata": {"data": {"id": handle, "streams": streams}}}


def offer(direction: str) -> str:
    transport = Transport("abcd", "p" * 22, (("sha-256", "AB:CD"),), "actpass")
    return write(Description(transport, (Section("audio", "0", direction, (OPUS,)),)), 1)


async def test_a_viewer_that_cannot_be_switched_holds_up_nobody_and_offers_anew() -> None:
    told, link = list[RelayEvent](), FakeLink()
    room = JanusRoom("S", 8, link, {}, told.append, lambda: AT)  # type: ignore[arg-type]
    await room.open()
    await room.publish("client", offer("sendonly"), 0)
    first = link.said[-1][0]
    room.noticed(first, {"janus": "webrtcup"})
    viewers = []
    for name in ("host", "expert"):
        await room.subscribe(name, offer("recvonly"), 0)
        viewers.append(link.said[-1][0])
    await room.publish("client", offer("sendonly"), 1)
    link.refuses, second = {viewers[0]}, link.said[-1][0]
    room.noticed(second, {"janus": "webrtcup"})
    for _ in range(5):
        await asyncio.sleep(0)
    stream = {"feed": second, "mid": "0", "sub_mid": "0"}
    assert link.said[-1] == (viewers[1], {"request": "switch", "streams": [stream]})
    assert OfferWanted("S", "host", "sub") in told
    assert OfferWanted("S", "expert", "sub") not in told
    assert link.detached == [first]
