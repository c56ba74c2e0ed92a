"""Relay processes of this machine: started, watched, started again; each a member of the fleet.

A worker is gone when its socket ends (it was killed, it crashed), or when it has said nothing for
`SILENT_S` (it hangs: then it is killed). It is started anew at once, and later and later when it
keeps dying.
"""

import asyncio
import contextlib
import itertools
import logging
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from relay import framing
from relay.engine import LEGS_MAX, Answer, Engine, RelaySettings, Role, RoomStats
from relay.errors import NodeLost, NoRoom
from relay.events import RelayEvent
from relay.fleet import Fleet
from relay.placement import Node, port_ranges

SILENT_S = 4.0
WAIT_S = 0.2
WAIT_MAX_S = 30.0
# A worker that lived so long did not die of what it was born with.
STEADY_S = 60.0
STOP_WITHIN_S = 10.0
# What a worker need not know, it is not told.
SECRETS = {"turn_secret": "", "turn_urls": []}

logger = logging.getLogger(__name__)


class Crewman:
    """One worker process after another, under one name. See `relay.fleet.Member`."""

    def __init__(
        self,
        name: str,
        settings: RelaySettings,
        fleet: Fleet,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
    ) -> None:
        self.name = name
        self._settings, self._fleet, self._clock = settings, fleet, clock
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._stats: dict[str, RoomStats] = {}
        self._node = Node(name, up=False)
        self._heard_at = 0.0
        self._closing = False
        self._life = asyncio.get_running_loop().create_task(self._live(), name=name)

    @property
    def pid(self) -> int:
        """Of the process that is running, or was last."""
        return self._process.pid if self._process is not None else 0

    def report(self) -> Node:
        return self._node

    # -- a process's life ------------------------------------------------------------

    async def _live(self) -> None:
        """Start it, listen to it until it is gone, start it again."""
        wait = WAIT_S
        while True:
            began = time.monotonic()
            try:
                await self._serve()
            except Exception:
                logger.exception("relay worker %s failed", self.name)
            await self._gone()
            wait = WAIT_S if time.monotonic() - began > STEADY_S else min(wait * 2, WAIT_MAX_S)
            await asyncio.sleep(wait)
            self._node = replace(self._node, restarts=self._node.restarts + 1)

    async def _start(self) -> asyncio.StreamReader:
        """Start a process; the reader has what it says. Raises: OSError, and no socket is left."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "relay.worker", str(theirs.fileno()),
                    pass_fds=[theirs.fileno()], env=self._environment,
                    stdin=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
            reader, self._writer = await asyncio.open_unix_connection(sock=ours)
        except BaseException:
            ours.close()
            raise
        return reader

    async def _serve(self) -> None:
        reader = await self._start()
        assert self._writer is not None
        hello = {
            "hello": framing.VERSION,
            "settings": asdict(self._settings) | SECRETS,
            "now": self._clock().isoformat(),
            "monotonic": time.monotonic(),
        }
        self._writer.write(framing.frame(hello))
        self._heard_at = time.monotonic() + STEADY_S  # it may take its time to load
        watching = asyncio.create_task(self._watch(), name=f"{self.name} watch")
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    head = await reader.readexactly(framing.LENGTH.size)
                    body = await reader.readexactly(framing.length_of(head))
                    self._take(framing.message_of(body))
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        """A worker that says nothing hangs; unless it was we who did not listen."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(1.0)
            now = time.monotonic()
            if now - before < 2.0 and now - self._heard_at > SILENT_S:
                logger.error("relay worker %s hangs and is killed", self.name)
                self._kill()
                return

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _gone(self) -> None:
        """The socket is at its end, so the process is, or must be."""
        self._kill()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        was_up, self._node = self._node.up, Node(self.name, up=False, restarts=self._node.restarts)
        self._stats = {}
        pending, self._pending = self._pending, {}
        if was_up:
            self._fleet.went(self)
        for answer in pending.values():
            if not answer.done():
                answer.set_exception(NodeLost(self.name))
        if self._process is not None:
            code = await self._process.wait()
            if was_up and not self._closing:
                logger.warning("relay worker %s is gone: %s", self.name, code)

    # -- what it says ----------------------------------------------------------------

    def _take(self, message: dict[str, Any]) -> None:
        self._heard_at = max(self._heard_at, time.monotonic())
        if "event" in message:
            self._fleet.heard(self, framing.event_of(message))
        elif "reply" in message:
            answer = self._pending.pop(message["reply"], None)
            if answer is None or answer.done():
                return
            if "error" in message:
                answer.set_exception(framing.error_of(message))
            else:
                answer.set_result(message["value"])
        elif "beat" in message:
            self._beat(message["beat"], message["stats"])
        elif "log" in message:
            level, text = message["log"]
            known = logging.getLevelNamesMapping()
            logger.log(known.get(level.upper(), logging.INFO), "%s: %s", self.name, text)

    def _beat(self, health: dict[str, Any], stats: list[dict[str, Any]]) -> None:
        came = not self._node.up
        self._heard_at = time.monotonic()
        self._node = Node(self.name, restarts=self._node.restarts, **health)
        self._stats = {one["room"]: framing.typed(RoomStats, one) for one in stats}
        if came:
            self._fleet.came(self)
        else:
            self._fleet.seen(self)

    async def _call(self, verb: str, *arguments: Any) -> Any:
        """Ask the worker. Raises: NodeLost, and what the verb does."""
        if self._writer is None or self._writer.is_closing():
            raise NodeLost(self.name)
        number = next(self._numbers)
        answer = self._pending[number] = asyncio.get_running_loop().create_future()
        plain = [framing.plain(one) for one in arguments]
        self._writer.write(framing.frame({"call": number, "verb": verb, "args": plain}))
        try:
            return await answer
        finally:
            self._pending.pop(number, None)

    # -- the engine's verbs ----------------------------------------------------------

    async def open_room(self, room: str, legs_max: int = LEGS_MAX) -> None:
        await self._call("open_room", room, legs_max)
        self._stats.setdefault(room, RoomStats(room))

    async def close_room(self, room: str) -> None:
        await self._call("close_room", room)
        self._stats.pop(room, None)

    async def close_leg(self, room: str, leg: str) -> None:
        await self._call("close_leg", room, leg)

    async def publish(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        told = await self._call("publish", room, leg, offer_sdp, generation)
        answer: Answer = framing.typed(Answer, told)
        return answer

    async def subscribe(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        told = await self._call("subscribe", room, leg, offer_sdp, generation)
        answer: Answer = framing.typed(Answer, told)
        return answer

    async def accept(self, room: str, leg: str, generation: int, answer_sdp: str) -> None:
        await self._call("accept", room, leg, generation, answer_sdp)

    async def candidate(
        self,
        room: str,
        leg: str,
        role: Role,
        generation: int,
        candidate: str | None,
        mid: str | None,
    ) -> None:
        await self._call("candidate", room, leg, role, generation, candidate, mid)

    async def keyframe(self, room: str, source_id: str) -> None:
        await self._call("keyframe", room, source_id)

    async def record_start(self, room: str, folder: Path) -> None:
        """The worker has our working directory, so a relative path is the same one."""
        await self._call("record_start", room, str(folder))

    async def record_stop(self, room: str) -> None:
        await self._call("record_stop", room)

    def stats(self, room: str) -> RoomStats:
        """As of the last heartbeat: up to a second old. Raises: NoRoom."""
        if room not in self._stats:
            raise NoRoom(room)
        return self._stats[room]

    async def close(self) -> None:
        """Hang up and wait for the process to close its rooms and files; then without mercy."""
        self._closing = True
        self._life.cancel()
        await asyncio.gather(self._life, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
        process = self._process
        if process is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
        await self._gone()


def worker_engine(
    settings: RelaySettings,
    on_event: Callable[[RelayEvent], None],
    clock: Callable[[], datetime],
    count: int,
    environment: Mapping[str, str],
) -> Engine:
    """An engine of `count` processes; needs a running loop. `environment` is what they inherit."""
    fleet = Fleet(on_event, clock)
    ranges = port_ranges(settings.port_min, settings.port_max, count)
    fleet.enlist([
        Crewman(
            f"worker-{n}", replace(settings, port_min=low, port_max=high), fleet, clock, environment
        )
        for n, (low, high) in enumerate(ranges, 1)
    ])  # fmt: skip
    return fleet
