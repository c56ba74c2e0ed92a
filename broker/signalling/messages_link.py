"""What the two ends say of the line itself; see `messages` for the rest of the wire."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["host", "client"]
Seat = Literal[
    "host",
    "client",
    "colleague-1",
    "colleague-2",
    "colleague-3",
    "colleague-4",
    "colleague-5",
    "observer-1",
    "observer-2",
]
PeerConnection = Literal["pub", "sub"]
Kind = Literal["audio", "video"]
TroubleCode = Literal["turn_refused", "turn_unreachable", "disconnected", "moved"]


@dataclass(frozen=True, slots=True)
class ResumeAsk:
    """`seq` is the last server message that was applied."""

    participant: Seat
    key: str
    seq: int


@dataclass(frozen=True, slots=True)
class Hello:
    """First frame of a socket. Needs a ticket, a resume key, or both (the ticket is then spare).

    brief: the client has kept its picture and is content with `resumed` when it missed nothing
    that is not replayed.
    """

    v: tuple[int, ...]
    ticket: str | None = None
    resume: ResumeAsk | None = None
    ua: str = ""
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the browser says of a connection; `generation` of its offer.

    The TURN server refused the browser, or was not reached; nothing comes in any more; the network
    is another one, and a new offer follows.
    """

    pc: PeerConnection
    generation: int
    code: TroubleCode


@dataclass(frozen=True, slots=True)
class ResumeKey:
    participant: Seat
    key: str


@dataclass(frozen=True, slots=True)
class IceServer:
    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The line is back and the picture stands; the missed messages came just before this one."""

    resume: ResumeKey
    ice_servers: tuple[IceServer, ...]
    server_time: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An SDP offer for one peer connection; a new `generation` replaces the older ones."""

    pc: PeerConnection
    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Ice:
    """A trickled candidate; null says that there are no more."""

    pc: PeerConnection
    generation: int
    candidate: str | None
    mid: str | None = None


@dataclass(frozen=True, slots=True)
class MappedSource:
    """A source and the `mid` of the section of the described connection that carries it."""

    id: str
    owner: Seat
    kind: Kind
    mid: str
