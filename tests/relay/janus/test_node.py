"""A node that dies leaves nothing untold, and a room that is closed nothing behind."""

import asyncio
from datetime import UTC, datetime

from relay.fleet import Fleet
from relay.janus.news import Newsroom
from relay.janus.node import JanusNode
from relay.janus.studio import Studio
from tests.relay.janus.test_room import FakeLink


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
    node = JanusNode("janus-1", "ws://127.0.0.1:9", fleet, Newsroom(), clock, Studio())
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
