"""Clearing: how much of the earnings may leave. Pure arithmetic over facts read elsewhere.

An earning ripens for some days, in which the payer may still dispute it. Debits eat the oldest
money first, and what is blocked (a dispute under way) must stay covered by what remains:

    pending   young earnings, as far as they are still there
    cleared   min(ripe - held, posted - held - blocked), never below zero
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from ledger.money import Money


class Standing(Enum):
    """How well a payee is known; a curator makes one trusted."""

    NEW = "new"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class Ripening:
    """Terms of a standing. `reserve_bp` of each earning are kept back for `reserve`."""

    clearing: timedelta
    reserve_bp: int
    reserve: timedelta


# Seeds the table ledger_payouts_terms, where an accountant changes them.
TERMS = {
    Standing.NEW: Ripening(timedelta(days=14), 500, timedelta(days=60)),
    Standing.TRUSTED: Ripening(timedelta(days=7), 500, timedelta(days=60)),
}


@dataclass(frozen=True, slots=True)
class Earned:
    """What is on a payee's accounts. `posted` and `held` of EARNINGS, `young` of it not ripe yet;
    `blocked` by disputes, `reserved` on RESERVE, `under_way` asked for and not arrived."""

    posted: Money
    held: Money
    young: Money
    blocked: Money
    reserved: Money
    under_way: Money


@dataclass(frozen=True, slots=True)
class Clearing:
    """What the payee reads. `blocked` is ripe money that a dispute keeps from leaving."""

    pending: Money
    cleared: Money
    reserved: Money
    on_the_way: Money
    blocked: Money


def clear(earned: Earned) -> Clearing:
    """Divide what was earned by how soon it may leave.

    >>> rub = Money
    >>> clear(Earned(rub(9000), rub(1000), rub(2000), rub(500), rub(450), rub(1000))).cleared
    Money(minor=6000, currency='RUB')
    """
    zero = Money(0, earned.posted.currency)
    pending = max(zero, min(earned.young, earned.posted - earned.held))
    ripe = max(zero, earned.posted - earned.held - pending)
    free = max(zero, min(ripe, earned.posted - earned.held - earned.blocked))
    return Clearing(pending, free, earned.reserved, earned.under_way, ripe - free)
