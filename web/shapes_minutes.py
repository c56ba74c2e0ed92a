"""What pages say of single minutes: why each was billed, and which are bought in advance."""

from dataclasses import dataclass
from datetime import datetime

from ledger import Money


@dataclass(frozen=True, slots=True)
class MinuteView:
    """A minute of the strip. state: "charged", "free", "unpaid", or "counted" for whoever does not
    pay and so sees no price; shape: how the strip draws it; signed: who signed its receipt."""

    n: int
    state: str
    cause: str
    shape: str
    price: Money | None
    from_at: datetime | None = None
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why an increment was billed: [from_s, to_s) of the billing clock, begun at from_at.

    evidence: spans in which both sides were witnessed, evidence_s of them in all; rule: so much
    each per_s, in steps of step_s; promo, money and covered_s (seconds in advance) paid it.
    """

    n: int
    from_s: int
    to_s: int
    from_at: datetime
    state: str
    cause: str
    evidence: tuple[tuple[datetime, datetime], ...]
    evidence_s: int
    rule: Money
    per_s: int
    step_s: int
    price: Money
    covered_s: int
    promo: Money
    money: Money
    receipt: str


@dataclass(frozen=True, slots=True)
class UnprovenView:
    """A minute that cost nothing for want of proof. cause: "witness_lost" or "unsigned"."""

    from_at: datetime
    cause: str
    price: Money


@dataclass(frozen=True, slots=True)
class AllowanceView:
    """Seconds in advance that can still be used. until: their last moment, null: no end."""

    kind: str
    left_s: int
    granted_s: int
    until: datetime | None
