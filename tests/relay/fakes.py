"""An engine without media, for the tests of other rooms.

It keeps the engine's promises on rooms, legs, generations and sources, and says what a test
tells it to say: `engine.witness("S-1", 1_800_000_000)` emits a second in which both were heard.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from relay import (
    Answer,
    BadOffer,
    LegConnected,
    LegLost,
    LegSecond,
    NoRoom,
    RelayEvent,
    RoomFull,
    RoomStats,
    SecondWitnessed,
    Source,
    SourceAdded,
    SourceRemoved,
    StaleOffer,
)
from relay.errors import NoSource


class FakeEngine:
    """See `relay.Engine`. Offers are texts that may say which kinds they carry.

    `asked` is what was asked of legs, in order: the verb and what came with it.
    """

    def __init__(self, on_event: Callable[[RelayEvent], None] = lambda event: None) -> None:
        self.on_event = on_event
        self.rooms: dict[str, dict[str, dict[str, int]]] = {}
        self.sources: dict[str, list[Source]] = {}
        self.asked: list[tuple[Any, ...]] = []
        self.candidates: list[tuple[str, str, str, int, str | None]] = []
        self.keyframes: list[str] = []
        self.legs_max: dict[str, int] = {}
        self.recording: dict[str, Path] = {}
        self.seconds: dict[str, int] = {}

    async def open_room(self, room: str, legs_max: int = 8) -> None:
        self.rooms.setdefault(room, {})
        self.sources.setdefault(room, [])
        self.legs_max.setdefault(room, legs_max)

    async def close_room(self, room: str) -> None:
        await self.record_stop(room)
        for leg in list(self.rooms.get(room, {})):
            self._remove(room, leg)
        self.rooms.pop(room, None)

    async def close_leg(self, room: str, leg: str) -> None:
        self.asked.append(("close_leg", room, leg))
        self._remove(room, leg)

    def _remove(self, room: str, leg: str) -> None:
        for source in [s for s in self.sources.get(room, []) if s.leg == leg]:
            self.sources[room].remove(source)
            self.on_event(SourceRemoved(room, source))
        self.rooms.get(room, {}).pop(leg, None)

    def _connect(self, room: str, leg: str, role: str, generation: int) -> None:
        if room not in self.rooms:
            raise NoRoom(room)
        legs = self.rooms[room]
        if leg not in legs and len(legs) >= self.legs_max[room]:
            raise RoomFull(room, self.legs_max[room])
        current = legs.setdefault(leg, {}).get(role, -1)
        if generation < current:
            raise StaleOffer(room, leg, generation, current)
        legs[leg][role] = generation

    async def publish(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        """Audio always; video when the offer has the word "video"."""
        self.asked.append(("publish", room, leg, offer_sdp, generation))
        self._connect(room, leg, "pub", generation)
        kinds = ["audio", "video"] if "video" in offer_sdp else ["audio"]
        wanted = [
            Source(f"{leg}-{kind}-0", leg, "audio" if kind == "audio" else "video", str(n))
            for n, kind in enumerate(kinds)
        ]
        for source in wanted:
            if source not in self.sources[room]:
                self.sources[room].append(source)
                self.on_event(SourceAdded(room, source))
        self.on_event(LegConnected(room, leg, "pub"))
        return Answer(f"answer to {leg} pub {generation}", tuple(wanted))

    async def subscribe(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        self.asked.append(("subscribe", room, leg, offer_sdp, generation))
        self._connect(room, leg, "sub", generation)
        carried = tuple(s for s in self.sources[room] if s.leg != leg)
        self.on_event(LegConnected(room, leg, "sub"))
        return Answer(f"answer to {leg} sub {generation}", carried)

    async def accept(self, room: str, leg: str, generation: int, answer_sdp: str) -> None:
        raise BadOffer("there was no offer")

    async def candidate(
        self,
        room: str,
        leg: str,
        role: str,
        generation: int,
        candidate: str | None,
        mid: str | None,
    ) -> None:
        self.asked.append(("candidate", room, leg, role, generation, candidate, mid))
        self.candidates.append((room, leg, role, generation, candidate))

    async def keyframe(self, room: str, source_id: str) -> None:
        if all(s.id != source_id for s in self.sources.get(room, [])):
            raise NoSource(room, source_id)
        self.keyframes.append(source_id)

    async def record_start(self, room: str, folder: Path) -> None:
        if room not in self.rooms:
            raise NoRoom(room)
        self.recording.setdefault(room, folder)

    async def record_stop(self, room: str) -> None:
        self.recording.pop(room, None)

    def stats(self, room: str) -> RoomStats:
        if room not in self.rooms:
            raise NoRoom(room)
        seconds = self.seconds.get(room, 0)
        return RoomStats(
            room, tuple(self.rooms[room]), audio_packets_forwarded=100 * seconds,
            video_packets_forwarded=15 * seconds,
        )  # fmt: skip

    async def close(self) -> None:
        for room in list(self.rooms):
            await self.close_room(room)

    # -- what a test says happened ---------------------------------------------------

    def witness(
        self,
        room: str,
        second: int,
        legs: Sequence[str] = ("client", "host"),
        *,
        mutual: bool = True,
    ) -> None:
        """One second in which the legs were present, and heard each other when `mutual`."""
        self.seconds[room] = self.seconds.get(room, 0) + 1
        seen = tuple(
            LegSecond(leg, present=True, audio_packets=50, bytes=5000, rtp=50) for leg in legs
        )
        names = sorted(legs)
        pairs = tuple((a, b) for i, a in enumerate(names) for b in names[i + 1 :])
        self.on_event(SecondWitnessed(room, second, seen, pairs if mutual else ()))

    def lose(self, room: str, leg: str, at: datetime) -> None:
        """The leg fell silent."""
        self.on_event(LegLost(room, leg, at))
