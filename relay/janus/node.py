"""One node of Janus as a member of the fleet: connected, watched, connected again."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from relay.engine import LEGS_MAX, Answer, Engine, RelaySettings, Role, RoomStats
from relay.errors import NodeLost, NoRoom, RelayError
from relay.events import RelayEvent
from relay.fleet import Fleet
from relay.janus import process
from relay.janus.evidence import statistic_of
from relay.janus.link import Link, Message
from relay.janus.news import Newsroom
from relay.janus.recorder import Recorder
from relay.janus.room import JanusRoom
from relay.janus.studio import Studio
from relay.placement import Node, port_ranges

TURN_S = 0.25
TRY_AGAIN_S = 0.3
TRY_AGAIN_MAX_S = 5.0
SILENT_S = 15

logger = logging.getLogger(__name__)


class JanusNode:
    """See `relay.fleet.Member`."""

    def __init__(
        self,
        name: str,
        url: str,
        fleet: Fleet,
        news: Newsroom,
        clock: Callable[[], datetime],
        studio: Studio,
    ) -> None:
        self.name, self.url, self._studio = name, url, studio
        self._fleet, self._news, self._clock = fleet, news, clock
        self._link: Link | None = None
        self._rooms: dict[str, JanusRoom] = {}
        self._handles: dict[int, JanusRoom] = {}
        self._recorders: dict[str, Recorder] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._forwarded = 0
        self._silent_s = 0  # how long nothing was counted though somebody is there
        self._node = Node(name, up=False)
        self._life = asyncio.get_running_loop().create_task(self._live(), name=name)

    def report(self) -> Node:
        return replace(self._node, rooms=len(self._rooms))

    # -- its life --------------------------------------------------------------------

    async def _live(self) -> None:
        wait = TRY_AGAIN_S
        while True:
            try:
                self._link = await Link.open(self.name, self.url, self._noticed)
            except (OSError, RelayError) as error:
                await asyncio.sleep(wait)
                if wait < TRY_AGAIN_MAX_S <= wait * 1.5:  # once; a node that starts is not so slow
                    logger.warning("Janus %s is not reached at %s: %r", self.name, self.url, error)
                wait = min(wait * 1.5, TRY_AGAIN_MAX_S)
                continue
            wait = TRY_AGAIN_S
            await self._serve(self._link)
            self._node = replace(self._node, restarts=self._node.restarts + 1)

    async def _serve(self, link: Link) -> None:
        """Until the node is gone."""
        self._news.readers[link.session] = self._counted
        self._node = replace(self._node, up=True)
        self._fleet.came(self)
        turning = asyncio.create_task(self._turn(), name=f"{self.name} turn")
        try:
            await link.over.wait()
        finally:
            turning.cancel()
            self._news.readers.pop(link.session, None)
            self._link, self._rooms, self._handles = None, {}, {}
            self._end_recordings()
            self._node = replace(self._node, up=False, packets_per_s=0)
            await link.close()
        logger.warning("Janus %s is gone", self.name)
        self._fleet.went(self)

    def _end_recordings(self) -> None:
        """What came is kept; the disk may take its time."""
        ended, self._recorders = self._recorders, {}
        for one in ended.values():
            task = asyncio.create_task(one.stop(self._clock().timestamp()))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _turn(self) -> None:
        ticks = 0
        while True:
            now = self._clock().timestamp()
            for room in list(self._rooms.values()):
                try:
                    room.turn(now)
                    if room.name in self._recorders:
                        self._recorders[room.name].turn(now)
                except Exception:
                    logger.exception("the turn of room %s failed", room.name)
            ticks += 1
            if ticks % int(1 / TURN_S) == 0:
                self._tell()
            await asyncio.sleep(TURN_S - now % TURN_S)

    def _tell(self) -> None:
        """Each second: how we are."""
        stats = [room.stats() for room in self._rooms.values()]
        self._silent_s = self._silent_s + 1 if any(one.legs for one in stats) else 0
        if self._silent_s == SILENT_S:
            logger.error("Janus %s reports nothing: is its event handler set up?", self.name)
        total = sum(s.audio_packets_forwarded + s.video_packets_forwarded for s in stats)
        self._node = replace(self._node, packets_per_s=max(0, total - self._forwarded))
        self._forwarded = total
        self._fleet.seen(self)

    def _noticed(self, said: Message) -> None:
        room = self._handles.get(said.get("sender", 0))
        if room is not None:
            room.noticed(said["sender"], said)
            if room.name in self._recorders:
                self._recorders[room.name].turn(self._clock().timestamp())
        elif said.get("janus") == "timeout" and self._link is not None:
            self._link.over.set()  # our session is over there no more

    def _counted(self, event: Message) -> None:
        told, self._silent_s = statistic_of(event), 0
        room = self._handles.get(told.handle) if told is not None else None
        if room is not None and told is not None:
            room.counted(told)

    def _emit(self, event: RelayEvent) -> None:
        self._fleet.heard(self, event)

    # -- the engine's verbs ----------------------------------------------------------

    async def open_room(self, room: str, legs_max: int = LEGS_MAX) -> None:
        if self._link is None:
            raise NodeLost(self.name)
        if room not in self._rooms:
            made = JanusRoom(room, legs_max, self._link, self._handles, self._emit, self._clock)
            self._rooms[room] = made
            try:
                await made.open()
            except BaseException:
                self._rooms.pop(room, None)
                raise
            if self._rooms.get(room) is not made:
                await made.close()  # it was closed before it was open

    async def close_room(self, room: str) -> None:
        await self.record_stop(room)
        closing = self._rooms.pop(room, None)
        if closing is not None:
            await closing.close()

    def _room(self, name: str) -> JanusRoom:
        if self._link is None:
            raise NodeLost(self.name)
        if name not in self._rooms:
            raise NoRoom(name)
        return self._rooms[name]

    async def close_leg(self, room: str, leg: str) -> None:
        await self._room(room).close_leg(leg)

    async def publish(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        return await self._room(room).publish(leg, offer_sdp, generation)

    async def subscribe(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        return await self._room(room).subscribe(leg, offer_sdp, generation)

    async def accept(self, room: str, leg: str, generation: int, answer_sdp: str) -> None:
        await self._room(room).accept(leg, generation, answer_sdp)

    async def candidate(
        self,
        room: str,
        leg: str,
        role: Role,
        generation: int,
        candidate: str | None,
        mid: str | None,
    ) -> None:
        if room in self._rooms:
            await self._rooms[room].candidate(leg, role, generation, candidate, mid)

    async def keyframe(self, room: str, source_id: str) -> None:
        await self._room(room).keyframe(source_id)

    async def record_start(self, room: str, folder: Path) -> None:
        place = self._room(room)
        if room not in self._recorders and self._link is not None:
            made = Recorder(place, folder, self._studio, self._link.here, self._emit)
            self._recorders[room] = made
            made.turn(self._clock().timestamp())

    async def record_stop(self, room: str) -> None:
        recorder = self._recorders.pop(room, None)
        if recorder is not None:
            await recorder.stop(self._clock().timestamp())

    def stats(self, room: str) -> RoomStats:
        return self._room(room).stats()

    async def close(self) -> None:
        self._life.cancel()
        await asyncio.gather(self._life, *self._ending, return_exceptions=True)


class JanusEngine(Fleet):
    """A fleet of Janus nodes, with the socket that they report to and, without any named, one or
    more of our own.
    """

    def __init__(
        self,
        on_event: Callable[[RelayEvent], None],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(on_event, clock)
        self._news, self._studio = Newsroom(), Studio()
        self.own: list[process.JanusProcess] = []
        self._starting: asyncio.Task[None] | None = None

    def connect(self, urls: Sequence[str], report_to: tuple[str, int]) -> None:
        """Listen for events, then keep a link to each node."""
        self.enlist(
            [
                JanusNode(f"janus-{n}", url, self, self._news, self._clock, self._studio)
                for n, url in enumerate(urls, 1)
            ]
        )
        self._studio.open_near(*report_to)
        opening = self._listen(*report_to)
        self._starting = asyncio.get_running_loop().create_task(opening, name="janus events")

    async def _listen(self, host: str, port: int) -> None:
        """Without this socket nothing is witnessed and nothing charged: never give up."""
        while True:
            try:
                await self._news.open(host, port)
            except OSError:
                logger.exception("events of Janus cannot be received on %s:%d", host, port)
                await asyncio.sleep(TRY_AGAIN_MAX_S)
            else:
                return

    async def close(self) -> None:
        await super().close()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self._news.close()
        self._studio.close()
        for one in self.own:
            await one.close()


def janus_engine(
    on_event: Callable[[RelayEvent], None],
    clock: Callable[[], datetime],
    urls: Sequence[str],
    report_to: tuple[str, int],
) -> Engine:
    """An engine on nodes that others run; their event handlers report to `report_to`."""
    engine = JanusEngine(on_event, clock)
    engine.connect(urls, report_to)
    return engine


def own_janus_engine(
    settings: RelaySettings,
    on_event: Callable[[RelayEvent], None],
    clock: Callable[[], datetime],
    folder: Path,
    environment: Mapping[str, str],
    count: int = 1,
) -> Engine:
    """An engine on `count` processes of Janus that are started here. Raises: NoJanus."""
    engine = JanusEngine(on_event, clock)
    reports, urls = process.free_port(), []
    low, high = (settings.port_min, settings.port_max) if settings.port_min else process.PORTS
    for n, ports in enumerate(port_ranges(low, high, count), 1):
        home, port = folder / str(n), process.free_port()
        process.configure(
            home, port, f"ws://127.0.0.1:{reports}", settings.addresses or ("auto",), ports
        )
        engine.own.append(process.JanusProcess(home, environment))
        urls.append(f"ws://127.0.0.1:{port}")
    engine.connect(urls, ("127.0.0.1", reports))
    return engine
