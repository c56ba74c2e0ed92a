"""Page values of those who are called into a session."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallDoor:
    """What a colleague's link opens. state: "open" (come in), "told" (the client is being told),
    "yours" (a side of the session itself), "other" (somebody else was called, or not this office)
    or "over"; share: what the colleague gets, in words, empty when nothing was promised."""

    token: str
    state: str
    part: str = "colleague"
    host: str = ""
    topic: str = ""
    session: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class CompanyView:
    """Somebody who was called in. with_client_s, with_host_s: seconds in which the relay saw the
    two together; share: in words, for the host only."""

    seat: str
    part: str
    name: str
    state: str
    called_at: datetime
    entered_at: datetime | None
    left_at: datetime | None
    with_client_s: int
    with_host_s: int
    share: str = ""
