"""Browsers reduced to their sockets: open, greet, lie idle, vanish, come back with the key."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

AT_ONCE = 200
ANSWER_WITHIN_S = 60
ACK_AFTER_S = 0.5
TICKS = os.sysconf("SC_CLK_TCK")
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nX-Forwarded-For: {address}\r\n"
    "Cookie: minuta=0123456789abcdef0123456789abcdef; language=ru\r\n\r\n"
)


def cpu_s(pid: int) -> float:
    """Seconds of processor that the process has used, in user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_kib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def frame(text: str) -> bytes:
    """A masked text frame; the mask is zero, which costs the server the same."""
    data = text.encode()
    if len(data) < 126:
        return bytes([0x81, 0x80 | len(data)]) + bytes(4) + data
    return bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big") + bytes(4) + data


@dataclass(slots=True)
class Socket:
    """One connection; what it needs to come back is in `resume` and `seq`."""

    path: str
    address: str
    ticket: str = ""
    participant: str = ""
    resume: dict[str, Any] | None = None
    seq: int = 0
    unsaid: bool = True
    answers: list[str] = field(default_factory=list)
    writer: asyncio.StreamWriter | None = None
    reader: asyncio.StreamReader | None = None

    async def open(self, port: int) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        head = UPGRADE.format(path=self.path, port=port, address=self.address)
        self.writer.write(head.encode())
        answer = await self.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n", 1)[0]:
            raise ConnectionError(answer[:200].decode())

    async def next(self) -> dict[str, Any]:
        """The next text frame; a ping is answered, as a browser does."""
        assert self.reader is not None
        assert self.writer is not None
        while True:
            head = await self.reader.readexactly(2)
            length = head[1] & 0x7F
            if length == 126:
                length = int.from_bytes(await self.reader.readexactly(2), "big")
            elif length == 127:
                length = int.from_bytes(await self.reader.readexactly(8), "big")
            data = await self.reader.readexactly(length)
            if head[0] & 15 == 9:
                self.writer.write(bytes([0x8A, 0x80 | len(data)]) + bytes(4) + data)
            if head[0] & 15 == 1:
                found: dict[str, Any] = json.loads(data)
                return found

    async def greet(self) -> None:
        """Say hello with the key, or with the ticket the first time; until the welcome."""
        hello: dict[str, Any] = {"type": "hello", "v": [1], "ua": "bench"}
        if self.resume:
            hello |= {"resume": self.resume | {"seq": self.seq}, "brief": True}
        else:
            hello["ticket"] = self.ticket
        await self.say(hello)
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while True:
                told = await self.next()
                self.seq = max(self.seq, told["seq"])
                if told["type"] in ("welcome", "resumed"):
                    self.answers.append(told["type"])
                    self.resume = told["resume"]
                    return
                if told["type"] == "bye":
                    raise ConnectionError(told["code"])

    async def echo(self) -> None:
        """The same for a server that gives back what it gets."""
        text = {"type": "hello", "v": [1], "ua": "x" * 150}
        await self.say(text)
        assert await self.next() == text

    async def say(self, message: dict[str, Any]) -> None:
        assert self.writer is not None
        self.writer.write(frame(json.dumps(message)))

    async def drain(self) -> None:
        """Read what comes and, once it is quiet, say that it was read, as a browser does."""
        try:
            while True:
                try:
                    async with asyncio.timeout(ACK_AFTER_S if self.unsaid else None):
                        told = await self.next()
                        self.seq = max(self.seq, told.get("seq", 0))
                        self.unsaid |= told["type"] != "pong"
                except TimeoutError:
                    self.unsaid = False
                    if self.writer.is_closing():  # cut before it was quiet
                        return
                    await self.say({"type": "ping", "t": 1, "ack": self.seq})
        except (ConnectionError, asyncio.IncompleteReadError):
            return

    def vanish(self) -> None:
        if self.writer is not None:
            self.writer.transport.abort()


async def part(every: list[Socket]) -> None:
    """All vanish, and their ends of the lines are closed."""
    for socket in every:
        socket.vanish()
    await asyncio.sleep(0.1)


async def seats(port: int, count: int) -> list[Socket]:
    """Sockets for every seat of our server, without tickets yet."""
    return [Socket("", f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(count)]


async def with_tickets(port: int, some: list[Socket], first: int) -> None:
    url = f"http://127.0.0.1:{port}/bench/tickets?from={first}&to={first + len(some)}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        for socket, (number, role, ticket) in zip(some, await answer.json(), strict=True):
            socket.path, socket.ticket = f"/sessions/{number}/socket", ticket
            socket.participant = role


async def each(some: list[Socket], do: Callable[[Socket], Awaitable[None]]) -> None:
    """For all, AT_ONCE at a time."""
    for start in range(0, len(some), AT_ONCE):
        await asyncio.gather(*(do(one) for one in some[start : start + AT_ONCE]))
