"""Events of all nodes come by one socket; each goes to whose session it names."""

import asyncio
import json
from typing import Any

import websockets

from relay.janus.news import Newsroom
from relay.janus.process import free_port


def event(session: int, handle: int, **more: Any) -> dict[str, Any]:
    return {"type": 32, "subtype": 3, "session_id": session, "handle_id": handle} | more


async def test_statistics_go_to_whose_session_it_is_and_the_rest_nowhere() -> None:
    newsroom, heard = Newsroom(), asyncio.Queue[int]()
    newsroom.readers[7] = lambda told: heard.put_nowait(told["handle_id"])
    port, protocols = free_port(), ["janus-events"]
    await newsroom.open("127.0.0.1", port)
    url: Any = f"ws://127.0.0.1:{port}"
    async with websockets.connect(url, subprotocols=protocols) as socket:  # type: ignore[arg-type]
        for text in (
            "not json", "7", json.dumps([1, None]), json.dumps(event(8, 1)),
            json.dumps(event(7, 2, subtype=1)), json.dumps([event(7, 3), event(7, 4)]),
            json.dumps(event(7, 5)),
        ):  # fmt: skip
            await socket.send(text)
        async with asyncio.timeout(5):
            assert [await heard.get() for _ in range(3)] == [3, 4, 5]
    await newsroom.close()
