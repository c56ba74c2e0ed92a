"""The engine in our own process: rooms on the running loop, one slow clock for all of them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from relay.embedded.aiortc_seam import Wire, certificate, monotonic
from relay.embedded.datapath import module
from relay.embedded.leg import Connection, Leg
from relay.embedded.room import Room
from relay.engine import LEGS_MAX, Answer, Engine, RelaySettings, Role, RoomStats
from relay.errors import BadOffer, NoRoom
from relay.events import RelayEvent
from relay.recording import TapeWriter

TURN_S = 0.25
AFTER_S = 0.001  # of a quarter: a loop that wakes a little early would turn twice
SLICE_S = 0.0005  # of turning rooms, before packets that came meanwhile have their turn
CERTIFICATE_S = timedelta(days=1).total_seconds()

logger = logging.getLogger(__name__)


class EmbeddedEngine:
    """See `relay.engine.Engine`. Needs a running loop from the first room on."""

    def __init__(
        self,
        settings: RelaySettings,
        on_event: Callable[[RelayEvent], None],
        clock: Callable[[], datetime],
        writer: TapeWriter | None = None,
    ) -> None:
        self._settings, self._on_event, self._clock = settings, on_event, clock
        self._rooms: dict[str, Room] = {}
        self._certificate = certificate()
        self._certified_at = monotonic()
        self._turning: asyncio.Task[None] | None = None
        self._writer = writer or TapeWriter()
        if module is None:
            logger.warning("packets are forwarded in Python: the inner loop is not compiled")

    async def open_room(self, room: str, legs_max: int = LEGS_MAX) -> None:
        if room not in self._rooms:
            self._rooms[room] = Room(room, legs_max, self._new_wire, self._emit, self._clock)
        if self._turning is None:
            self._turning = asyncio.get_running_loop().create_task(self._run())

    async def close_room(self, room: str) -> None:
        closing = self._rooms.pop(room, None)
        if closing is not None:
            await closing.close()

    async def close_leg(self, room: str, leg: str) -> None:
        await self._room(room).close_leg(leg)

    async def publish(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        return await self._room(room).publish(leg, offer_sdp, generation)

    async def subscribe(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        return await self._room(room).subscribe(leg, offer_sdp, generation)

    async def accept(self, room: str, leg: str, generation: int, answer_sdp: str) -> None:
        """We never offer."""
        self._room(room)
        raise BadOffer("there was no offer to be answered")

    async def candidate(
        self,
        room: str,
        leg: str,
        role: Role,
        generation: int,
        candidate: str | None,
        mid: str | None,
    ) -> None:
        """All sections share one transport, so `mid` changes nothing."""
        if room in self._rooms:
            await self._rooms[room].candidate(leg, role, generation, candidate)

    async def keyframe(self, room: str, source_id: str) -> None:
        self._room(room).keyframe(source_id)

    async def record_start(self, room: str, folder: Path) -> None:
        self._room(room).record_start(folder, self._writer)

    async def record_stop(self, room: str) -> None:
        if room in self._rooms:
            await self._rooms[room].record_stop()

    def stats(self, room: str) -> RoomStats:
        return self._room(room).stats()

    async def close(self) -> None:
        for name in list(self._rooms):
            await self.close_room(name)
        if self._turning is not None:
            self._turning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._turning
            self._turning = None
        self._writer.close()

    def _room(self, name: str) -> Room:
        if name not in self._rooms:
            raise NoRoom(name)
        return self._rooms[name]

    def _new_wire(self, connection: Connection, leg: Leg) -> Wire:
        now = monotonic()
        if now - self._certified_at > CERTIFICATE_S:
            self._certificate, self._certified_at = certificate(), now
        settings = self._settings
        return Wire(
            connection, leg.tally, self._certificate, settings.addresses,
            (settings.port_min, settings.port_max),
        )  # fmt: skip

    def _emit(self, event: RelayEvent) -> None:
        """The listener's failure is the listener's: media must not stop for it."""
        try:
            self._on_event(event)
        except Exception:
            logger.exception("a listener of the relay failed on %s", type(event).__name__)

    async def _run(self) -> None:
        """Turns every room a few times a second; a failing room does not hold up the others."""
        while True:
            now, began = self._clock().timestamp(), monotonic()
            for room in list(self._rooms.values()):
                if monotonic() - began > SLICE_S:
                    await asyncio.sleep(0)
                    began = monotonic()
                if self._rooms.get(room.name) is room:
                    self._turn(room, now)
            await asyncio.sleep(TURN_S - self._clock().timestamp() % TURN_S + AFTER_S)

    def _turn(self, room: Room, now: float) -> None:
        try:
            room.turn(now)
        except Exception:
            logger.exception("the turn of room %s failed", room.name)


def embedded_engine(
    settings: RelaySettings,
    on_event: Callable[[RelayEvent], None],
    clock: Callable[[], datetime],
) -> Engine:
    """An engine on the running loop; `on_event` is called on it and must not block."""
    return EmbeddedEngine(settings, on_event, clock)
