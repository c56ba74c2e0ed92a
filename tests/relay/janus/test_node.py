"""A node that dies leaves nothing untold."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from relay import RecordingGap, RelayEvent
from relay.fleet import Fleet
from relay.janus.news import Newsroom
from relay.janus.node import JanusNode
from tests.relay.janus.test_link import served


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
