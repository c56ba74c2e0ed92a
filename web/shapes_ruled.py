"""What the parties of a session see of a ruling; as web/shapes.py."""

from dataclasses import dataclass
from datetime import datetime

from ledger import Money


@dataclass(frozen=True, slots=True)
class DisputeView:
    """Arbitration as a side sees it. state: "possible", "asked", "answered", "silent" (no answer in
    time) or "ruled"; by: who asked, "host" or "client"; may: what the viewer may do, "ask",
    "answer" or ""; until: when asking or answering ends."""

    state: str
    may: str
    until: datetime
    by: str = ""
    claim: str = ""
    opened_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RulingView:
    """What a curator found. claim: the client's own words; change: a bonus or penalty that comes
    with it, for the consultant's eyes; short: could not be taken back."""

    at: datetime
    reason: str
    claim: str
    short: Money
    change: Money | None = None
