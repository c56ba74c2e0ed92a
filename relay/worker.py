"""One relay process: an engine of its own, told what to do over a socket that it was born with.

    python -m relay.worker 5        the number of the inherited socket

It lives as long as that socket: when the other end is gone, so is the reason for its rooms. SIGUSR1
makes it take no new rooms; when the last one is closed it ends, and a new process takes its place.
SIGINT and SIGTERM mean the whole server, whose word comes over the socket.
"""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

from relay import framing
from relay.embedded.service import EmbeddedEngine
from relay.engine import RelaySettings, RoomStats
from relay.errors import NoRoom, RelayError

BEAT_S = 1.0
VERBS = (
    "open_room", "close_room", "close_leg", "publish", "subscribe", "accept", "candidate",
    "keyframe", "record_start", "record_stop",
)  # fmt: skip


class _Log(logging.Handler):
    """Our log is written by the process that started us, with our name."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        super().__init__(logging.WARNING)
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            self._send(framing.frame({"log": [record.levelname.lower(), self.format(record)]}))


class Worker:
    """Serves one connection until it ends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._rooms: set[str] = set()
        self._draining = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._engine: EmbeddedEngine
        self._forwarded = 0
        self._measured = time.monotonic(), time.process_time()

    def send(self, data: bytes) -> None:
        """Whoever does not read for so long has forgotten us: the heartbeat will find out."""
        if not self._writer.is_closing():
            self._writer.write(data)

    def drain(self) -> None:
        self._draining = True

    async def serve(self) -> None:
        hello = await self._read()
        if hello is None or hello.get("hello") != framing.VERSION:
            return
        settings = framing.typed(RelaySettings, hello["settings"])
        self._engine = EmbeddedEngine(
            settings,
            lambda event: self.send(framing.event_frame(event)),
            clock_of(datetime.fromisoformat(hello["now"]), hello["monotonic"]),
        )
        beating = asyncio.create_task(self._beat())
        with contextlib.suppress(ConnectionError):
            while (message := await self._read()) is not None:
                self._begin(message)
        beating.cancel()
        await self._engine.close()

    async def _read(self) -> dict[str, Any] | None:
        """The next message; None when the other end is gone or says something else."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, framing.BadFrame):
            head = await self._reader.readexactly(framing.LENGTH.size)
            return framing.message_of(await self._reader.readexactly(framing.length_of(head)))
        return None

    def _begin(self, message: dict[str, Any]) -> None:
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: dict[str, Any]) -> None:
        """Calls run side by side, as they would in one process; events stay before the reply."""
        number, verb, arguments = message["call"], message["verb"], message["args"]
        try:
            value = await self._verb(verb)(*arguments)
            self._count(verb, arguments[0])
            told = {"reply": number, "value": framing.plain(value)}
        except RelayError as error:
            told = {"reply": number, "error": type(error).__name__, "facts": vars(error)}
        except Exception:
            logging.getLogger(__name__).exception("%s failed", verb)
            told = {"reply": number, "error": "RelayError", "facts": {}}
        self.send(framing.frame(told))

    def _verb(self, verb: str) -> Callable[..., Awaitable[Any]]:
        if verb not in VERBS:
            raise RelayError(f"no verb {verb!r}")
        if verb == "record_start":
            return lambda room, folder: self._engine.record_start(room, Path(folder))
        found: Callable[..., Awaitable[Any]] = getattr(self._engine, verb)
        return found

    def _count(self, verb: str, room: str) -> None:
        if verb == "open_room":
            self._rooms.add(room)
        elif verb == "close_room":
            self._rooms.discard(room)

    # -- each second -----------------------------------------------------------------

    async def _beat(self) -> None:
        """How we are, with every room's counters; drained and empty we go."""
        while True:
            stats = self._stats()
            self.send(framing.frame({"beat": self._health(stats), "stats": framing.plain(stats)}))
            if self._draining and not self._rooms:
                await self._writer.drain()
                self._writer.close()
                return
            await asyncio.sleep(BEAT_S)

    def _stats(self) -> list[RoomStats]:
        found = []
        for room in self._rooms:
            with contextlib.suppress(NoRoom):
                found.append(self._engine.stats(room))
        return found

    def _health(self, stats: list[RoomStats]) -> dict[str, Any]:
        forwarded = sum(s.audio_packets_forwarded + s.video_packets_forwarded for s in stats)
        (then, spent), now = self._measured, (time.monotonic(), time.process_time())
        passed = max(now[0] - then, 0.001)
        rate = max(0, forwarded - self._forwarded) / passed
        self._measured, self._forwarded = now, forwarded
        return {
            "draining": self._draining,
            "rooms": len(self._rooms),
            "packets_per_s": round(rate),
            "cpu": round((now[1] - spent) / passed, 3),
        }


def clock_of(then: datetime, monotonic: float) -> Callable[[], datetime]:
    """The clock of who started us: on one machine all processes share the monotonic one."""
    return lambda: then + timedelta(seconds=time.monotonic() - monotonic)


async def run(number: int) -> None:
    ours = socket.socket(fileno=number)
    reader, writer = await asyncio.open_connection(sock=ours)
    worker = Worker(reader, writer)
    logging.basicConfig(level=logging.WARNING, handlers=[_Log(worker.send)], format="%(message)s")
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, worker.drain)
    for ignored in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ignored, lambda: None)
    gc.collect()
    gc.freeze()
    try:
        await worker.serve()
    finally:
        writer.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(int(sys.argv[1])))
