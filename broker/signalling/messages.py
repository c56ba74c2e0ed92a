"""Every message of the wire as a frozen dataclass; the browser's types are generated from here.

A frame is one JSON object: `type` (a key of `CLIENT` or `SERVER`), for server messages `seq`, and
the fields below. A trailing underscore (`from_`) only avoids a Python keyword and is not on the
wire. A field with a default may be left out. Unknown fields are ignored, so both ends can grow.
Times are RFC 3339 UTC strings, spans are whole seconds, money arrives as finished text.
The contract in words is docs/signalling.md; a test keeps the two equal.
"""

from dataclasses import dataclass
from typing import Literal

from broker.signalling import (
    company,
    cosigning,
    countering,
    giving,
    messages_path,
    pointing,
    taping,
)
from broker.signalling.messages_link import Hello as Hello
from broker.signalling.messages_link import Ice as Ice
from broker.signalling.messages_link import IceServer as IceServer
from broker.signalling.messages_link import Kind as Kind
from broker.signalling.messages_link import MappedSource as MappedSource
from broker.signalling.messages_link import Offer as Offer
from broker.signalling.messages_link import PeerConnection as PeerConnection
from broker.signalling.messages_link import ResumeAsk as ResumeAsk
from broker.signalling.messages_link import Resumed as Resumed
from broker.signalling.messages_link import ResumeKey as ResumeKey
from broker.signalling.messages_link import Role as Role
from broker.signalling.messages_link import Seat as Seat
from broker.signalling.messages_link import Trouble as Trouble

VERSIONS = (1,)
MESSAGE_BYTES_MAX = 64 * 1024
CHAT_CHARS_MAX = 2000

Screen = Literal["live", "ended"]
Microphone = Literal["live", "muted", "silence"]
Surface = Literal["monitor", "window", "browser", "camera", "file"]
StateName = Literal[
    "created",
    "waiting",
    "together",
    "live",
    "paused",
    "final",
    "ended",
    "settled",
    "cancelled",
]


# Client to server.


@dataclass(frozen=True, slots=True)
class Start:
    """The sender agrees to the terms shown; the second of the two presses starts the meter."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop the meter until the sender resumes."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Take back the sender's own pause."""


@dataclass(frozen=True, slots=True)
class End:
    """End the session."""


@dataclass(frozen=True, slots=True)
class Cap:
    """What the session may cost the sender, who pays; as typed, null: no limit."""

    sum: str | None


@dataclass(frozen=True, slots=True)
class Media:
    """What the browser claims of its own devices; null leaves a claim as it was."""

    screen: Screen | None = None
    surface: Surface | None = None
    mic: Microphone | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A line of text. `id` is made by the sender and makes repeats harmless."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Ping:
    """`t` comes back in `pong`; `ack` is the last `seq` applied."""

    t: int
    ack: int


# Server to client.


@dataclass(frozen=True, slots=True)
class Limits:
    message_bytes: int
    chat_chars: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed before the start, in the viewer's language and in this order.

    pause_text: why this side may not pause, null where it may.
    """

    payer_text: str
    price_text: str
    counting_text: str
    cap_text: str | None
    enough_text: str | None
    start_text: str
    pause_text: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    owner: Seat
    kind: Kind


@dataclass(frozen=True, slots=True)
class ChatLine:
    id: str
    from_: Seat
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class SessionView:
    number: str
    topic: str
    plan: str
    state: StateName
    payer: Role
    peer_name: str | None
    terms: Terms
    chat: tuple[ChatLine, ...]
    pressed: tuple[Role, ...]
    sources: tuple[Source, ...]
    free: bool
    marks: tuple[pointing.MarkSeen, ...] = ()
    files: tuple[giving.FileNow, ...] = ()


@dataclass(frozen=True, slots=True)
class Welcome:
    """The whole picture. `resumed`: the missed messages came just before this one."""

    v: int
    participant: Seat
    resume: ResumeKey
    ice_servers: tuple[IceServer, ...]
    server_time: str
    limits: Limits
    session: SessionView
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    pc: PeerConnection
    generation: int
    sdp: str
    sources: tuple[MappedSource, ...]


@dataclass(frozen=True, slots=True)
class SourceChange:
    event: Literal["added", "removed"]
    source: Source


@dataclass(frozen=True, slots=True)
class WantOffer:
    """Offer again with `generation` + 1. Reasons: new_source, resume, engine_moved, lost."""

    pc: PeerConnection
    reason: str


@dataclass(frozen=True, slots=True)
class Peer:
    name: str | None
    joined: bool
    online: bool


@dataclass(frozen=True, slots=True)
class StateChange:
    state: StateName
    cause: str | None
    by: Role | None
    at: str
    pressed: tuple[Role, ...]
    peer: Peer


@dataclass(frozen=True, slots=True)
class Cell:
    """One minute of the strip; `signed`: the legs whose signatures are under its receipt.
    States: billed, free, paused, absent, reconnecting."""

    n: int
    state: str
    cause: str | None = None
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meter:
    """The clock as the server counts it. The balance is for the payer only."""

    running: bool
    clock_s: int
    at: str
    billed_minutes: int
    cost_text: str | None
    balance_text: str | None
    minutes_left: int | None
    cause: str | None
    ends_in_s: int | None
    strip: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CapNow:
    """The payer's cap, for the payer only: in words, and as it is typed."""

    text: str | None
    sum: str


@dataclass(frozen=True, slots=True)
class LowFunds:
    minutes_left: int
    can_top_up: bool


@dataclass(frozen=True, slots=True)
class MediaState:
    participant: Seat
    screen: Screen | None
    mic: Microphone | None
    surface: Surface | None


@dataclass(frozen=True, slots=True)
class Pong:
    t: int


@dataclass(frozen=True, slots=True)
class Error:
    """`reply_to`: the id of the chat line or the type of the message that was refused."""

    code: str
    text: str
    retry_after_s: int | None = None
    action: Literal["none", "resume", "rejoin"] = "none"
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Bye:
    """Last message; the server closes the socket after it."""

    code: str
    text: str
    result_url: str | None = None


ClientMessage = (
    (Hello | Offer | Ice | Trouble | Start | Pause | Resume | End | Cap | Media | Chat | Ping)
    | countering.FromClient
    | pointing.FromClient
    | taping.FromClient
    | company.FromClient
    | cosigning.FromClient
)
ServerMessage = (
    Welcome
    | Resumed
    | Answer
    | SourceChange
    | WantOffer
    | StateChange
    | Meter
    | CapNow
    | LowFunds
    | ChatLine
    | MediaState
    | Pong
    | Error
    | Bye
    | countering.FromServer
    | pointing.FromServer
    | giving.FileNow
    | taping.FromServer
    | company.FromServer
    | cosigning.FromServer
    | messages_path.FromServer
)

CLIENT: dict[str, type[ClientMessage]] = {
    "hello": Hello,
    "offer": Offer,
    "ice": Ice,
    "trouble": Trouble,
    "start": Start,
    "pause": Pause,
    "resume": Resume,
    "end": End,
    "cap": Cap,
    "media": Media,
    "chat": Chat,
    "ping": Ping,
    **countering.CLIENT,
    **pointing.CLIENT,
    **taping.CLIENT,
    **company.CLIENT,
    **cosigning.CLIENT,
}
SERVER: dict[str, type[ServerMessage]] = {
    "welcome": Welcome,
    "resumed": Resumed,
    "answer": Answer,
    "source": SourceChange,
    "want_offer": WantOffer,
    "state": StateChange,
    "meter": Meter,
    "cap": CapNow,
    "warning": LowFunds,
    "chat": ChatLine,
    "media": MediaState,
    "pong": Pong,
    "error": Error,
    "bye": Bye,
    **countering.SERVER,
    **pointing.SERVER,
    **giving.SERVER,
    **taping.SERVER,
    **company.SERVER,
    **cosigning.SERVER,
    **messages_path.SERVER,
}

# Longest text of a field in characters; every other text may have TEXT_CHARS_MAX.
TEXT_CHARS_MAX = 256
LONG_TEXTS = {
    "sdp": 60_000,
    "candidate": 1024,
    "ua": 512,
    "topic": 400,
    "urls": 512,
    "question": 1000,
}
