"""What a conversation asks its skin to do; nothing here does anything."""

from dataclasses import dataclass

from broker.signalling import company, cosigning, countering, taping
from broker.signalling.messages import Media
from broker.signalling.messages_link import PeerConnection, ResumeAsk, TroubleCode
from broker.signalling.pointing import Mark, Pointer


@dataclass(frozen=True, slots=True)
class Send:
    """Write this frame to the socket."""

    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket after what was sent. `code` is one of codes.BYES."""

    code: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Redeem the ticket, then call `welcome`; or `refuse("ticket_refused")`."""

    ticket: str
    ua: str


@dataclass(frozen=True, slots=True)
class Readmit:
    """Find the outbox of `ask.participant`, then call `welcome` with it; or, when it is gone,
    redeem the spare ticket if there is one; or `refuse("resume_refused")`. When the seat was not
    given up and the asker is content with that (`brief`), call `resumed` instead."""

    ask: ResumeAsk
    ticket: str | None
    ua: str
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Publish:
    """Give the offer to the engine's `publish`; reply with `Answer` of the same generation."""

    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Give the offer to the engine's `subscribe`; reply with `Answer` of the same generation."""

    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Give the engine the answer to the offer that it countered with, of this generation."""

    said: countering.Accept


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of the current generation; null means that there are no more."""

    pc: PeerConnection
    generation: int
    candidate: str | None
    mid: str | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the browser says of TURN, of the current generation."""

    pc: PeerConnection
    code: TroubleCode


@dataclass(frozen=True, slots=True)
class Stale:
    """An offer was refused because a newer one is in force; its side is told already."""

    pc: PeerConnection


@dataclass(frozen=True, slots=True)
class PressStart:
    pass


@dataclass(frozen=True, slots=True)
class Pause:
    pass


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


@dataclass(frozen=True, slots=True)
class SetCap:
    """As typed; None takes the cap away."""

    sum: str | None


@dataclass(frozen=True, slots=True)
class Chat:
    """A new line; the repeat of a known id asks again, and the database answers the same."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ClaimMedia:
    claim: Media


@dataclass(frozen=True, slots=True)
class PointAt:
    """Show the sender's pointer to the other side."""

    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Draw:
    """Put a mark on the session's board."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Wipe:
    """Take a mark off the board; None: all."""

    id: str | None


@dataclass(frozen=True, slots=True)
class Consent:
    """To a recording: the action, and the name of the words that were read."""

    said: taping.Consent


@dataclass(frozen=True, slots=True)
class Call:
    """The host calls a colleague or an observer in."""

    call: company.Call


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The client's answer to a call, or the host's second thought."""

    answer: company.CallAnswer


@dataclass(frozen=True, slots=True)
class Signing:
    """A key, a signature, or a word about them."""

    said: cosigning.FromClient


Effect = (
    Send
    | Close
    | Admit
    | Readmit
    | Publish
    | Subscribe
    | Accept
    | Candidate
    | Trouble
    | Stale
    | PressStart
    | Pause
    | Resume
    | HangUp
    | SetCap
    | Chat
    | ClaimMedia
    | PointAt
    | Draw
    | Wipe
    | Consent
    | Call
    | CallAnswer
    | Signing
)
