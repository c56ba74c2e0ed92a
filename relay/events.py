"""What the relay saw, told to the callback that the composition supplied."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relay.engine import Role, Source
from relay.failures import Failure


@dataclass(frozen=True, slots=True)
class LegConnected:
    """ICE and DTLS of one connection are up, or a lost leg is heard again."""

    room: str
    leg: str
    role: Role


@dataclass(frozen=True, slots=True)
class LegLost:
    """Nothing authenticated came from the leg for four seconds, or it said goodbye."""

    room: str
    leg: str
    last_packet_at: datetime


@dataclass(frozen=True, slots=True)
class LegFailed:
    """A connection that was answered is over and never was up; told once of each."""

    room: str
    leg: str
    role: Role
    generation: int
    cause: Failure


@dataclass(frozen=True, slots=True)
class SourceAdded:
    """A leg publishes one track more."""

    room: str
    source: Source


@dataclass(frozen=True, slots=True)
class SourceRemoved:
    """A track is gone for good: its leg was closed or offered without it."""

    room: str
    source: Source


@dataclass(frozen=True, slots=True)
class FirstPacket:
    """The first packet of a source was forwarded or at least received."""

    room: str
    source: Source


@dataclass(frozen=True, slots=True)
class MediaStalled:
    """A present leg stopped sending media; `since_second` is the first unix second without."""

    room: str
    leg: str
    since_second: int


@dataclass(frozen=True, slots=True)
class LegSecond:
    """One leg in one second: is it there, and what came from it (packets, bytes)."""

    leg: str
    present: bool
    audio_packets: int = 0
    video_packets: int = 0
    bytes: int = 0
    rtp: int = 0
    rtcp: int = 0
    stun: int = 0


@dataclass(frozen=True, slots=True)
class SecondWitnessed:
    """One unix second of a room, told about a second after its end, each second once.

    `pairs`: legs that heard each other in this second, each pair sorted, the tuple sorted.
    """

    room: str
    second: int
    legs: tuple[LegSecond, ...]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """A recording lacks what came from `since` on; told again with `until` when it goes on or ends.

    `reason`: disk_full, disk_failed, too_slow, relay_lost (its node died), not_here (the
    node's packets do not come to us).
    """

    room: str
    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class PictureHeld:
    """A leg's link is too narrow for pictures: it gets the voice alone, until told `held=False`."""

    room: str
    leg: str
    held: bool


@dataclass(frozen=True, slots=True)
class MinuteWitnessed:
    """A node's record of one minute: `body` as relay.minutes makes it, the node's public key and
    its signature of the hash, hex both."""

    room: str
    body: Mapping[str, Any]
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class OfferWanted:
    """There is something that this connection of the leg does not carry: it should offer anew."""

    room: str
    leg: str
    role: Role


@dataclass(frozen=True, slots=True)
class RoomLost:
    """The node that carried the room is gone: nothing is witnessed until it is moved."""

    room: str
    node: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RoomMoved:
    """The room is open again, elsewhere and empty: every leg has to offer anew."""

    room: str
    node: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """How a node is; told each second, and at once when it is gone. Of no room: `room` is empty.

    `cpu`: of one core; `restarts`: since the engine began.
    """

    node: str
    up: bool
    draining: bool
    rooms: int
    packets_per_s: int
    cpu: float
    restarts: int
    room: str = ""


RelayEvent = (
    LegConnected
    | LegLost
    | LegFailed
    | SourceAdded
    | SourceRemoved
    | FirstPacket
    | MediaStalled
    | SecondWitnessed
    | RecordingGap
    | PictureHeld
    | MinuteWitnessed
    | OfferWanted
    | RoomLost
    | RoomMoved
    | NodeSeen
)
