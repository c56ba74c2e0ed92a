"""One engine made of several nodes: rooms are spread over them, and moved when a node is gone.

A room never spans nodes. When a node goes, each of its rooms is told to be lost, is opened on
another node as soon as there is one, and is told to have moved: then every leg offers anew. Until
then offers wait a little. Nothing is witnessed in between, so nothing of it is charged.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from relay.engine import LEGS_MAX, Answer, Engine, Role, RoomStats
from relay.errors import NodeLost, NoRoom, RelayError
from relay.events import NodeSeen, RecordingGap, RelayEvent, RoomLost, RoomMoved
from relay.placement import FRESH_S, Node, choose
from relay.shadow import Shadow

# How long an offer waits for a room that has no node at this moment.
HOME_WITHIN_S = 10.0
RELAY_LOST = "relay_lost"

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


class Member(Engine, Protocol):
    """A node: an engine whose calls raise `NodeLost` when it is gone, and how it is."""

    name: str

    def report(self) -> Node:
        """How it is now; `fresh` is ours to know."""


@dataclass(eq=False, slots=True)
class _Place:
    """A room that is wanted. `home`: the member that carries it; `settled`: whether it does;
    `gap_from`: since when its recording, if it has one, has no node.
    """

    room: str
    legs_max: int
    home: Member | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    shadow: Shadow = field(default_factory=Shadow)
    folder: Path | None = None
    gap_from: datetime | None = None
    placed_at: float = 0.0
    told: bool = True


class Fleet:
    """See `relay.engine.Engine`. Members call `heard`, `came` and `went` on the running loop."""

    def __init__(
        self, on_event: Callable[[RelayEvent], None], clock: Callable[[], datetime]
    ) -> None:
        self._on_event, self._clock = on_event, clock
        self._members: dict[str, Member] = {}
        self._places: dict[str, _Place] = {}
        self._moving: set[asyncio.Task[None]] = set()

    def enlist(self, members: Sequence[Member]) -> None:
        """Once, before the first room."""
        self._members = {one.name: one for one in members}

    # -- told by members -------------------------------------------------------------

    def heard(self, member: Member, event: RelayEvent) -> None:
        """An event of a room that this member carries; of others it is too late to speak."""
        place = self._places.get(event.room)
        if place is None or place.home is not member:
            return
        place.shadow.saw(event)
        self._tell(event)

    def came(self, member: Member) -> None:
        """The member is ready: rooms without a node may go to it."""
        self.seen(member)
        for place in list(self._places.values()):
            if place.home is None:
                self._move(place)

    def went(self, member: Member) -> None:
        """The member is gone, with all its rooms."""
        self.seen(member)
        at = self._clock()
        lost = [place for place in self._places.values() if place.home is member]
        for place in lost:
            place.home, place.told = None, False
            place.settled.clear()
            self._tell(RoomLost(place.room, member.name, at))
            for event in place.shadow.end(place.room, at):
                self._tell(event)
            if place.folder is not None:
                self._begin_gap(place, at)
        for place in lost:
            self._move(place)

    def seen(self, member: Member) -> None:
        now = member.report()
        self._tell(
            NodeSeen(
                now.name, now.up, now.draining, now.rooms, now.packets_per_s, now.cpu, now.restarts
            )
        )

    def _tell(self, event: RelayEvent) -> None:
        """A listener's failure is the listener's: nodes are watched and rooms moved anyhow."""
        try:
            self._on_event(event)
        except Exception:
            logger.exception("a listener of the relay failed on %s", type(event).__name__)

    # -- where rooms are -------------------------------------------------------------

    def home_of(self, room: str) -> str | None:
        """The name of the node that carries the room."""
        place = self._places.get(room)
        return place.home.name if place is not None and place.home is not None else None

    def _choose(self) -> Member | None:
        now = asyncio.get_running_loop().time()
        fresh = dict.fromkeys(self._members, 0)
        for place in self._places.values():
            if place.home is not None and now - place.placed_at < FRESH_S:
                fresh[place.home.name] += 1
        nodes = [replace(one.report(), fresh=fresh[one.name]) for one in self._members.values()]
        name = choose(nodes)
        return None if name is None else self._members[name]

    async def _settle(self, place: _Place) -> None:
        """Give the room a node that takes it. Without any it waits for one to come."""
        while self._places.get(place.room) is place and place.home is None:
            member = self._choose()
            if member is None:
                return
            place.home, place.placed_at = member, asyncio.get_running_loop().time()
            try:
                await member.open_room(place.room, place.legs_max)
                if place.folder is not None:
                    await member.record_start(place.room, place.folder)
            except RelayError:
                if place.home is member:  # it refuses, and does not say that it is gone
                    logger.warning("node %s did not take room %s", member.name, place.room)
                    place.home = None
                    await asyncio.sleep(1.0)
                continue
            if self._places.get(place.room) is not place:
                await self._leave(place.room, member)
            elif place.home is member:
                self._settled(place, member)

    async def _leave(self, room: str, member: Member) -> None:
        """The room was closed while it was being moved here; who opened it anew may be here too."""
        place = self._places.get(room)
        if place is None or place.home is not member:
            with contextlib.suppress(RelayError):
                await member.close_room(room)

    def _settled(self, place: _Place, member: Member) -> None:
        place.settled.set()
        at = self._clock()
        self._end_gap(place, at)
        if not place.told:
            place.told = True
            self._tell(RoomMoved(place.room, member.name, at))

    def _begin_gap(self, place: _Place, at: datetime) -> None:
        if place.gap_from is None:
            place.gap_from = at
            self._tell(RecordingGap(place.room, at, None, RELAY_LOST))

    def _end_gap(self, place: _Place, at: datetime) -> None:
        since, place.gap_from = place.gap_from, None
        if since is not None:
            self._tell(RecordingGap(place.room, since, at, RELAY_LOST))

    def _move(self, place: _Place) -> None:
        async def run() -> None:
            try:
                await self._settle(place)
            except Exception:
                logger.exception("a room could not be moved")

        task = asyncio.get_running_loop().create_task(run())
        self._moving.add(task)
        task.add_done_callback(self._moving.discard)

    async def _ask(self, room: str, call: Callable[[Member], Awaitable[Result]]) -> Result:
        """Ask the room's node; the room's next one if that dies over it. Raises: NoRoom."""
        for _ in range(2):
            place = self._places.get(room)
            if place is None:
                raise NoRoom(room)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(place.settled.wait(), HOME_WITHIN_S)
            if place.home is None:
                break
            with contextlib.suppress(NodeLost):
                return await call(place.home)
        raise NoRoom(room)

    # -- the engine's verbs ----------------------------------------------------------

    async def open_room(self, room: str, legs_max: int = LEGS_MAX) -> None:
        """Returns without a node when none comes in time; the room gets the next that comes."""
        place = self._places.get(room)
        if place is None:
            place = self._places[room] = _Place(room, legs_max)
            await self._settle(place)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(place.settled.wait(), HOME_WITHIN_S)

    async def close_room(self, room: str) -> None:
        place = self._places.get(room)
        if place is None:
            return
        if place.home is not None:
            with contextlib.suppress(RelayError):
                await place.home.close_room(room)
        if self._places.get(room) is place:
            del self._places[room]
        self._end_gap(place, self._clock())

    async def close_leg(self, room: str, leg: str) -> None:
        """A leg went with its node, and the next one does not know it."""
        place = self._places.get(room)
        if place is None:
            raise NoRoom(room)
        if place.home is not None:
            with contextlib.suppress(NodeLost):
                await place.home.close_leg(room, leg)

    async def publish(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        return await self._ask(room, lambda home: home.publish(room, leg, offer_sdp, generation))

    async def subscribe(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        return await self._ask(room, lambda home: home.subscribe(room, leg, offer_sdp, generation))

    async def accept(self, room: str, leg: str, generation: int, answer_sdp: str) -> None:
        """An offer of a node that is gone needs no answer: another one is on its way."""
        place = self._places.get(room)
        if place is None:
            raise NoRoom(room)
        if place.home is not None:
            with contextlib.suppress(NodeLost):
                await place.home.accept(room, leg, generation, answer_sdp)

    async def candidate(
        self,
        room: str,
        leg: str,
        role: Role,
        generation: int,
        candidate: str | None,
        mid: str | None,
    ) -> None:
        """Of a connection that its node took with it, a candidate means nothing."""
        place = self._places.get(room)
        if place is not None and place.home is not None:
            with contextlib.suppress(NodeLost):
                await place.home.candidate(room, leg, role, generation, candidate, mid)

    async def keyframe(self, room: str, source_id: str) -> None:
        await self._ask(room, lambda home: home.keyframe(room, source_id))

    async def record_start(self, room: str, folder: Path) -> None:
        """Without a node it begins at the next one, and a gap says what it lacks till then."""
        place = self._places.get(room)
        if place is None:
            raise NoRoom(room)
        if place.folder is not None:
            return
        place.folder = folder
        if place.home is None or not place.settled.is_set():
            self._begin_gap(place, self._clock())
        else:
            with contextlib.suppress(NodeLost):  # then the next one is told
                await place.home.record_start(room, folder)

    async def record_stop(self, room: str) -> None:
        """Without a node nothing is being recorded, and nothing will be."""
        place = self._places.get(room)
        if place is None:
            return
        place.folder = None
        self._end_gap(place, self._clock())
        if place.home is not None:
            with contextlib.suppress(NodeLost):
                await place.home.record_stop(room)

    def stats(self, room: str) -> RoomStats:
        place = self._places.get(room)
        if place is None:
            raise NoRoom(room)
        return RoomStats(room) if place.home is None else place.home.stats(room)

    async def close(self) -> None:
        for room in list(self._places):
            await self.close_room(room)
        for task in list(self._moving):
            task.cancel()
        await asyncio.gather(*self._moving, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in self._members.values()))
