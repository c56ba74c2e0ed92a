"""A participant without a browser: pages as JSON, the signalling socket, a light media endpoint.

For `minuta demo`, `minuta load` and the crash tests. It uses nothing but the server's public face.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

import aiohttp
from yarl import URL

from web.pen import Pen

BACK_AFTER_S = 0.3

Socket = aiohttp.ClientWebSocketResponse[bool]
Test = Callable[[dict[str, Any]], bool]


async def come_true(test: Callable[[], bool], within_s: float, pace_s: float = 0.05) -> None:
    """Wait until the test holds. Raises: TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            if test():
                return
            await asyncio.sleep(pace_s)


class Refused(Exception):
    """The server said no. status: of HTTP; code: the stable one of the answer."""

    def __init__(self, what: str, status: int, code: str) -> None:
        super().__init__(f"{what}: {status} {code}")
        self.what, self.status, self.code = what, status, code


class Robot:
    """One person's way through the pages; a bearer token stands for the cookie."""

    def __init__(self, base: str, name: str) -> None:
        self.base, self.name = URL(base), name
        self.token = ""
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let its connections go; again: nothing."""
        await self._http.close()

    async def get(self, path: str) -> Any:
        """The value of a page."""
        async with self._http.get(self.base.join(URL(path)), headers=self._headers()) as answer:
            return await self._value(path, answer)

    async def fetch(self, path: str) -> bytes:
        """A file; the path may have a query."""
        async with self._http.get(self.base.join(URL(path)), headers=self._headers()) as answer:
            if answer.status != 200:
                raise Refused(path, answer.status, "")
            return await answer.read()

    async def post(self, path: str, **fields: str) -> Any:
        """What the server answers to a form; its `location` when it sends us on."""
        url = self.base.join(URL(path))
        async with self._http.post(
            url, data=fields, headers=self._headers(), allow_redirects=False
        ) as answer:
            value = await self._value(path, answer)
            return value if isinstance(value, Mapping) else {"location": ""}

    async def enter(self, role: str) -> None:
        """As one of the demo accounts."""
        self.token = (await self.post("/demo-login", role=role))["token"]

    def socket(self, number: str) -> AbstractAsyncContextManager[Socket]:
        return self._http.ws_connect(
            self.base.join(URL(f"/sessions/{number}/socket")), max_msg_size=1024 * 1024
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    async def _value(self, what: str, answer: aiohttp.ClientResponse) -> Any:
        body = await answer.text()
        value = json.loads(body) if body and "json" in answer.content_type else {}
        if answer.status >= 400:
            raise Refused(what, answer.status, str(value.get("code", "")))
        return value


class Line:
    """A robot's socket at a session: says hello, comes back when it is lost, remembers."""

    def __init__(
        self, robot: Robot, number: str, on_message: Callable[[dict[str, Any]], None]
    ) -> None:
        self.robot, self.number = robot, number
        self.role = ""
        self.heard: dict[str, dict[str, Any]] = {}  # type -> the last message of it
        self.errors: list[dict[str, Any]] = []
        self.over = asyncio.Event()
        self.opened = 0
        self.signs = True  # what it is asked to sign; a test may have it stop
        self.pen = Pen(number)
        self._on_message = on_message
        self._socket: Socket | None = None
        self._waiting: list[tuple[Test, asyncio.Future[Any]]] = []
        self._task = asyncio.create_task(self._live())

    async def say(self, kind: str, **fields: object) -> None:
        """Send now; without a socket it is lost, as in a browser that is offline."""
        if self._socket is not None and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_json({"type": kind} | fields)

    def next(self, test: Test) -> asyncio.Future[Any]:
        """The next message that passes the test, to be awaited."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((test, future))
        return future

    async def leave(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _live(self) -> None:
        """Keep a socket open until the session says goodbye for good, or we leave."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError, Refused):
                ticket = await self.robot.post(f"/sessions/{self.number}/tickets")
                async with self.robot.socket(self.number) as socket:
                    self._socket = socket
                    await self.say("hello", v=[1], ticket=ticket["ticket"], ua="robot")
                    await self._listen(socket)
            if self.over.is_set():
                return
            await asyncio.sleep(BACK_AFTER_S)

    async def _listen(self, socket: Socket) -> None:
        introduced = False
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            self._take(message)
            if message["type"] == "cosigners" and not introduced:
                introduced = True
                await self.say("cosign_key", **self.pen.introduction(self.role))
            if message["type"] == "receipts" and self.signs:
                await self._sign(message["receipts"])

    async def _sign(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            signed = self.pen.sign(body)
            if signed is not None:
                await self.say("cosign", **signed)

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        self.heard[kind] = message
        if kind == "welcome":
            self.role = message["participant"]
            self.opened += 1
        if kind == "error":
            self.errors.append(message)
        if kind == "bye" and message["code"] in ("ended", "replaced"):
            self.over.set()
        for test, future in list(self._waiting):
            if not future.done() and test(message):
                future.set_result(message)
        self._waiting = [one for one in self._waiting if not one[1].done()]
        self._on_message(message)
