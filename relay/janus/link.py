"""One WebSocket to one Janus, with one session on it; the only client of `websockets` here.

Requests carry a transaction and are answered by a message that repeats it, after an `ack` where
the answer takes longer. What Janus says by itself goes to `on_notice`.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from typing import Any

import websockets

from relay.errors import BadOffer, NodeLost, RelayError

ANSWER_WITHIN_S = 10.0
BEAT_S = 1.0
# A node whose heart does not answer in this time is taken for dead; a killed one is heard at once.
SILENT_S = 4.0
Message = dict[str, Any]


class Refused(RelayError):
    """Janus said no. `number`: its own error code, `why`: its words."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"Janus: {number} {why}")
        self.number, self.why = number, why


class Link:
    """`over` is set when the node is gone; calls under way raise `NodeLost` then."""

    def __init__(self, name: str, socket: Any, on_notice: Callable[[Message], None]) -> None:
        self._name, self._socket, self._on_notice = name, socket, on_notice
        self._pending: dict[str, asyncio.Future[Message]] = {}
        self._beats: set[str] = set()
        self._numbers = itertools.count(1)
        self.session = 0
        self.over = asyncio.Event()
        self._tasks = [asyncio.create_task(self._read())]

    @classmethod
    async def open(cls, name: str, url: str, on_notice: Callable[[Message], None]) -> "Link":
        """Connect and make a session. Raises: OSError, NodeLost, Refused."""
        protocols: Any = ["janus-protocol"]
        try:
            socket = await websockets.connect(
                url, subprotocols=protocols, compression=None, max_size=1 << 20, ping_interval=None
            )
        except websockets.WebSocketException as error:
            raise NodeLost(name) from error
        made = cls(name, socket, on_notice)
        try:
            made.session = (await made.call({"janus": "create"}))["data"]["id"]
        except BaseException:
            await made.close()
            raise
        made._tasks.append(asyncio.create_task(made._beat()))
        return made

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                self._take(json.loads(text))
        except (websockets.WebSocketException, OSError, ValueError):
            pass
        finally:
            self._lose()

    def _take(self, said: Message) -> None:
        answer = self._pending.get(said.get("transaction", ""))
        if answer is None or answer.done():
            self._on_notice(said)
        elif said["janus"] == "error":
            error = said.get("error", {})
            answer.set_exception(Refused(error.get("code", 0), error.get("reason", "")))
        elif said["janus"] != "ack" or said["transaction"] in self._beats:
            answer.set_result(said)

    def _lose(self) -> None:
        self.over.set()
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(NodeLost(self._name))

    async def _beat(self) -> None:
        """Keeps the session alive over there, and finds out whether there is a there."""
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self.call({"janus": "keepalive"}, SILENT_S, acknowledged=True)
            except RelayError:
                self._lose()
                with contextlib.suppress(Exception):
                    self._socket.transport.abort()
                return

    async def call(
        self, message: Message, within_s: float = ANSWER_WITHIN_S, *, acknowledged: bool = False
    ) -> Message:
        """Ask and wait for the answer. Raises: NodeLost, Refused."""
        if self.over.is_set():
            raise NodeLost(self._name)
        transaction = str(next(self._numbers))
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[transaction] = answer
        if acknowledged:
            self._beats.add(transaction)
        frame = message | {"transaction": transaction}
        if self.session:
            frame["session_id"] = self.session
        try:
            await self._socket.send(json.dumps(frame))
            return await asyncio.wait_for(answer, within_s)
        except websockets.WebSocketException as error:
            raise NodeLost(self._name) from error
        except TimeoutError:
            raise Refused(0, f"no answer in {within_s:.0f} s") from None
        finally:
            self._pending.pop(transaction, None)
            self._beats.discard(transaction)

    @property
    def here(self) -> str:
        """Our address on the way to the node."""
        return str((self._socket.local_address or ("",))[0])

    async def attach(self) -> int:
        """A handle of the video room plugin."""
        told = await self.call({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        return int(told["data"]["id"])

    async def detach(self, handle: int) -> None:
        with contextlib.suppress(RelayError):
            await self.call({"janus": "detach", "handle_id": handle})

    async def say(self, handle: int, body: Message, jsep: dict[str, str] | None = None) -> Message:
        """Ask the plugin; its whole answer. Raises as `call`; BadOffer for a bad description."""
        message = {"janus": "message", "handle_id": handle, "body": body}
        told = await self.call(message | ({"jsep": jsep} if jsep else {}))
        data = told.get("plugindata", {}).get("data", {})
        if "error" in data:
            refused = Refused(data.get("error_code", 0), data["error"])
            raise BadOffer(str(refused)) if jsep else refused
        return told

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self._socket.close()
