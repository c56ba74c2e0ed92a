"""A node that dies leaves nothing untold, and a room that is closed nothing behind."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from relay import RecordingGap, RelayEvent
from relay.fleet import Fleet
from relay.janus.news import Newsroom
from relay.janus.node import JanusNode
from tests.relay.janus.test_link import served
from tests.relay.janus.test_room import FakeLink


async def test_what_a_dead_node_did_not_record_is_told_to_its_end() -> None:
    told, lost = list[RelayEvent](), asyncio.Event()

    def hear(event: RelayEvent) -> None:
        told.append(event)
        if isinstance(event, RecordingGap) and event.reason == "relay_lost":
            lost.set()

    fleet = Fleet(hear, lambda: datetime.now(UTC))
    async with served() as janus, asyncio.timeout(5):
        node = JanusNode("janus-1", janus.url, fleet, Newsroom(), lambda: datetime.now(UTC))
        fleet.enlist([node])
        await fleet.open_room("S")
        await fleet.record_start("S", Path("tapes"))
        janus.refused = {"create"}  # and it does not come again
        janus.sockets[0].transport.abort()
        await lost.wait()
        gaps = [event for event in told if isinstance(event, RecordingGap)]
        assert [(gap.reason, gap.until is None) for gap in gaps] == [
            ("not_here", True), ("not_here", False), ("relay_lost", True),
        ]  # fmt: skip
        await fleet.close()


class SlowLink(FakeLink):
    """Attaches when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()

    async def attach(self) -> int:
        await self.may.wait()
        return await super().attach()


async def test_a_room_closed_before_it_is_open_is_destroyed_there() -> None:
    clock, link = lambda: datetime.now(UTC), SlowLink()
    fleet = Fleet(lambda event: None, clock)
    node = JanusNode("janus-1", "ws://127.0.0.1:9", fleet, Newsroom(), clock)
    node._link = link  # type: ignore[assignment]
    opening = asyncio.create_task(node.open_room("S"))
    await asyncio.sleep(0)
    await node.close_room("S")
    link.may.set()
    await opening
    asked = [body["request"] for handle, body in link.said if handle]
    assert asked == ["create", "destroy"]
    assert node.report().rooms == 0
    await node.close()
