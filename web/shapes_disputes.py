"""Page values of disputed card payments; as web/shapes.py, and described with it."""

from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """state: "inquiry", "open", "under_review", "won", "lost", "inquiry_closed"; evidence: "none",
    "gathered", "staged", "going", "sent", "late", "over"; overdue: the answer is not given in
    time; frozen: of the client's wallet, kept: of what the payment earned."""

    gateway: str
    id: str
    at: datetime
    party: str
    amount: Money
    state: str
    reason: str
    evidence: str
    answer_by: datetime | None
    overdue: bool
    frozen: Money
    kept: Money


@dataclass(frozen=True, slots=True)
class WarningRow:
    """The card's bank suspects fraud. refunded: what went back, None when nothing did; frozen: the
    wallet is stopped for it."""

    gateway: str
    id: str
    at: datetime
    party: str
    kind: str
    payment: str
    key: str
    refunded: Money | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class Disputes:
    """which: "open" or "all"."""

    rows: tuple[DisputeRow, ...]
    warnings: tuple[WarningRow, ...]
    which: str


@dataclass(frozen=True, slots=True)
class Bought:
    """A session that the payment paid for, and how much of it was its money."""

    session: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Kept:
    """Earnings that may not leave meanwhile."""

    party: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the audit journal about it. action: as there; by: who, "" for the system."""

    at: datetime
    action: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class PackView:
    """What is sent to the bank, part by part; remark: a person's own words."""

    service: str
    activity: str
    consent: str
    documents: str
    service_on: str
    remark: str


@dataclass(frozen=True, slots=True)
class DisputePage:
    """may_amend, may_send: what is open now; frozen_for: the key of a freeze that is in force and
    may be lifted, or empty; top_up: what the books call the payment."""

    row: DisputeRow
    payment: str
    top_up: str
    bought: tuple[Bought, ...]
    kept: tuple[Kept, ...]
    steps: tuple[Step, ...]
    pack: PackView
    may_amend: bool
    may_send: bool
    frozen_for: str
    errors: Errors = field(default_factory=dict)
