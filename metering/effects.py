"""What a meter wants of the world: questions for the ledger (Charge, Hold, Look) and news. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


class Charge(NamedTuple):
    """Ask the ledger for increment `n`, which begins with unix `second`. There is one a minute and
    session, so it is of the kind that is made quickest."""

    n: int
    from_s: int
    to_s: int
    amount: int
    second: int
    state: str
    cause: str
    exact: Fraction
    posts_hold: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Ask the ledger to set aside `amount` for increment `n`."""

    n: int
    amount: int


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the ledger anew how far the payer's money reaches."""


@dataclass(frozen=True, slots=True)
class Warn:
    minutes: int


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Nothing is paid beyond `ends_in_s` more billable seconds."""

    ends_in_s: int
    cause: str


@dataclass(frozen=True, slots=True)
class Funded:
    """The hold that was refused is made: the session goes on."""


@dataclass(frozen=True, slots=True)
class Resumed:
    second: int


@dataclass(frozen=True, slots=True)
class CutOff:
    cause: str


Effect = Charge | Hold | Look | Warn | Exhausted | Funded | Resumed | CutOff
