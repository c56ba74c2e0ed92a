"""What the parties of a session see of a ruling; as web/shapes.py."""

from dataclasses import dataclass
from datetime import datetime

from ledger import Money


@dataclass(frozen=True, slots=True)
class RulingView:
    """What a curator found. claim: the client's own words; change: a bonus or penalty that comes
    with it, for the consultant's eyes; short: could not be taken back."""

    at: datetime
    reason: str
    claim: str
    short: Money
    change: Money | None = None
