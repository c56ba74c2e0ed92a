"""The socket that the event handlers of all nodes report to: `ws://…` with the name janus-events.

Each event names the session of the node that it belongs to, and sessions have random names of 53
bits: so one socket serves every node, and what nobody knows is dropped.
"""

import json
from collections.abc import Callable
from typing import Any

import websockets

MEDIA, STATISTICS = 32, 3


class Newsroom:
    """`readers` by session of Janus: told each statistic of media, one medium of one handle."""

    def __init__(self) -> None:
        self.readers: dict[int, Callable[[dict[str, Any]], None]] = {}
        self._server: Any = None

    async def open(self, host: str, port: int) -> None:
        """Raises: OSError."""
        protocols: Any = ["janus-events"]
        self._server = await websockets.serve(
            self._read, host, port, subprotocols=protocols, compression=None, max_size=1 << 22
        )

    async def _read(self, socket: Any) -> None:
        try:
            async for text in socket:
                self._take(text)
        except websockets.WebSocketException:
            return

    def _take(self, text: str | bytes) -> None:
        """One event or a list of them; what is none of ours is nothing to us."""
        try:
            said = json.loads(text)
        except ValueError:
            return
        for event in said if isinstance(said, list) else [said]:
            if not isinstance(event, dict):
                continue
            if event.get("type") == MEDIA and event.get("subtype") == STATISTICS:
                reader = self.readers.get(event.get("session_id", 0))
                if reader is not None:
                    reader(event)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
