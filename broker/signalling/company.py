"""Messages about those called in beside the two sides of a session; joined by messages.py."""

from dataclasses import dataclass
from typing import Literal

from broker.signalling.messages_link import Seat

CalledPart = Literal["colleague", "observer"]
PresentState = Literal["called", "in", "out"]
CompanyEvent = Literal["called", "agreed", "entered", "left", "refused", "dismissed"]


@dataclass(frozen=True, slots=True)
class Call:
    """The host calls somebody in, by address or, with an empty one, by a link that comes with
    `company`. `share_bp`: of the consultants' part, in hundredths of a percent."""

    part: CalledPart
    email: str = ""
    share_bp: int = 0


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The client agrees to a call or refuses it; from the host `refuse` sends away."""

    seat: Seat
    action: Literal["agree", "refuse"]


@dataclass(frozen=True, slots=True)
class Present:
    """One of those present or called. `asked`: the client has not answered yet. `share_text`: what
    a colleague gets, for the host and for them; `link`: what the host gives to whoever is called.
    """

    seat: Seat
    part: Literal["host", "client", "colleague", "observer"]
    name: str
    state: PresentState
    asked: bool = False
    share_text: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody who is there or called, the two sides first; what happened to whom just now."""

    event: CompanyEvent | None
    seat: Seat | None
    name: str
    present: tuple[Present, ...]


FromClient = Call | CallAnswer
FromServer = Company
CLIENT: dict[str, type[FromClient]] = {"call": Call, "call_answer": CallAnswer}
SERVER: dict[str, type[FromServer]] = {"company": Company}
