"""What the product asks of any media engine, in our own words.

A room has legs; a leg publishes over one connection and subscribes over another. The client
always offers, the engine always answers. A higher generation replaces the connection of the
same leg and role; a lower one is refused with `StaleOffer`.

Source ids are stable over generations: whoever resumes keeps its sources, and its viewers
need no new offer.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from relay.links import LegLink

Kind = Literal["audio", "video"]
Role = Literal["pub", "sub"]

LEGS_MAX = 8


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where the relay listens and which TURN servers it tells the browsers of.

    `addresses`: local addresses to gather host candidates on; "auto" stands for every address
    of this machine and 127.0.0.1. `port_min`..`port_max`: UDP ports, 0 and 0 = any free one.
    `turn_urls` empty or `turn_secret` empty = no TURN.
    """

    addresses: tuple[str, ...] = ("auto",)
    port_min: int = 0
    port_max: int = 0
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    turn_ttl_s: int = 4 * 3600


@dataclass(frozen=True, slots=True)
class Source:
    """One published track. `mid` is the section of the answer it was given with."""

    id: str
    leg: str
    kind: Kind
    mid: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The engine's answer; `sources` says which section (`mid`) carries what.

    Of a publisher: its own sources. Of a subscriber: what its sections carry now; a source
    that appears later takes the first free section of its kind without a new offer.

    `offers`: the engine wants to offer itself (of a subscriber only): `sdp` is an offer, which is
    answered by `accept`; empty while there is nothing to carry: then the client is asked to offer
    again when there is.
    """

    sdp: str
    sources: tuple[Source, ...]
    offers: bool = False


@dataclass(frozen=True, slots=True)
class RoomStats:
    """Counters of a room since it was opened; packets and bytes."""

    room: str
    legs: tuple[str, ...] = ()
    audio_packets_forwarded: int = 0
    video_packets_forwarded: int = 0
    bytes_forwarded: int = 0
    packets_retransmitted: int = 0
    keyframes_asked: int = 0
    links: tuple[LegLink, ...] = ()


class Engine(Protocol):
    """Rooms, legs, offers and answers. Errors: relay.errors."""

    async def open_room(self, room: str, legs_max: int = LEGS_MAX) -> None:
        """Open a room; opening an open room changes nothing."""

    async def close_room(self, room: str) -> None:
        """Tell the seconds still due, then close every leg; closing twice is harmless."""

    async def close_leg(self, room: str, leg: str) -> None:
        """Close both connections of a leg; its sources are removed."""

    async def publish(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        """Answer an offer that sends. Raises: NoRoom, RoomFull, StaleOffer, BadOffer."""

    async def subscribe(self, room: str, leg: str, offer_sdp: str, generation: int) -> Answer:
        """Answer an offer that receives the other legs. Raises as `publish`."""

    async def accept(self, room: str, leg: str, generation: int, answer_sdp: str) -> None:
        """Take the answer to an offer of the engine. Raises: NoRoom, StaleOffer, BadOffer."""

    async def candidate(
        self,
        room: str,
        leg: str,
        role: Role,
        generation: int,
        candidate: str | None,
        mid: str | None,
    ) -> None:
        """Take a trickled candidate; None = no more. Stale and unusable ones are ignored."""

    async def keyframe(self, room: str, source_id: str) -> None:
        """Ask a source for a key frame. Raises: NoRoom, NoSource."""

    async def record_start(self, room: str, folder: Path) -> None:
        """Keep every packet of every source on tapes in the folder, which need not exist yet.

        What the disk does not take is told as `RecordingGap`; the room goes on whatever happens.
        A room that records already goes on doing so. Raises: NoRoom.
        """

    async def record_stop(self, room: str) -> None:
        """Keep no more packets; the tapes are complete when this returns. Twice is harmless.

        Closing the room does the same before its legs close.
        """

    def stats(self, room: str) -> RoomStats:
        """Counters so far. Raises: NoRoom."""

    async def close(self) -> None:
        """Close every room."""
