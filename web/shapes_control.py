"""Page values of the control room and of the profile; as web/shapes.py, and described with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class SwitchView:
    """name: "top_ups", "auto_top_ups", "refunds", "payouts"; by: who turned it last."""

    name: str
    open: bool
    why: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LimitView:
    """own: set by a curator, not the default."""

    what: str
    amount: Money
    own: bool


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """What one person proposed and another one decides. mine: the viewer may not decide it, having
    proposed it or profiting by it; state: "waiting", "granted", "declined" or "expired"."""

    id: str
    action: str
    subject: str
    amount: Money
    state: str
    proposed_by: str
    proposed_at: datetime
    why: str
    expires_at: datetime
    mine: bool
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ControlPage:
    """errors: by the name of the switch, the limit or the approval that was not done."""

    curator: bool
    switches: tuple[SwitchView, ...]
    limits: tuple[LimitView, ...]
    waiting: tuple[ApprovalView, ...]
    ended: tuple[ApprovalView, ...]
    asked: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the audit journal. by: the name, or "" for the system; sums, others: the facts,
    those that are money and the rest."""

    number: int
    at: datetime
    by: str
    party: str
    role: str
    address: str
    action: str
    subject: str
    why: str
    sums: Mapping[str, Money]
    others: Mapping[str, str | int]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The audit journal, newest first. count, head: of the whole; faults: None until it was asked
    to be checked."""

    lines: tuple[AuditLine, ...]
    count: int
    head: str
    subject: str = ""
    action: str = ""
    who: str = ""
    since: str = ""
    until: str = ""
    next: str = ""
    faults: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Oneself. country: of residence, or ""; rails: by which money may move ("card", "bank");
    asked: the country of a change that waits for a curator."""

    name: str
    email: str
    country: str
    rails: tuple[str, ...]
    asked: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirm:
    """A deed that waits for the code sent by mail. action: where the form goes, with its fields and
    the code; code: the stable one, for programs."""

    action: str
    email: str
    fields: Mapping[str, str]
    errors: Errors = field(default_factory=dict)
    code: str = "confirmation_needed"
