"""Appraisals: the client says how well an errand was done, and only the performer's pay moves.

Bonuses come out of a budget that the platform sets aside from its own income (`BONUS`, never below
zero), penalties go into it. The client's price is not part of these journals, so it cannot move.
An errand has one appraisal: bonus and penalty share its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.accounts import Account, AccountKind
from ledger.collection import cover_draft
from ledger.errors import PenaltyTooHigh
from ledger.journals import Draft, Leg
from ledger.money import Money
from ledger.settlement import commission


@dataclass(frozen=True, slots=True)
class Appraisal:
    """`change` of the performer's pay: a bonus above zero, a penalty below, never zero."""

    errand: str
    performer: Account
    change: Money

    def __post_init__(self) -> None:
        if not self.change.minor:
            raise ValueError("an appraisal changes the pay")


def budget(currency: str) -> Account:
    return Account(AccountKind.BONUS, "", currency)


def budget_draft(key: str, amount: Money) -> Draft:
    """Sets a budget aside from income (a month's: key "2026-11"); below zero takes it back."""
    income = commission(amount.currency)
    legs = (Leg(income, -amount.minor), Leg(budget(amount.currency), amount.minor))
    return Draft("budget", key, "bonus_budget", legs)


def appraisal_drafts(appraisal: Appraisal, pay: Money, free: Mapping[Account, int]) -> list[Draft]:
    """The appraisal's journal, after one that fills up earnings spent meanwhile.

    `pay` is what the performer got for this errand: a penalty takes at most that.

    Raises: PenaltyTooHigh.
    """
    change, performer = appraisal.change, appraisal.performer
    if -change.minor > pay.minor:
        raise PenaltyTooHigh(appraisal.errand, -change, pay)
    kind = "bonus" if change.minor > 0 else "penalty"
    legs = (Leg(budget(change.currency), -change.minor), Leg(performer, change.minor))
    draft = Draft("grade", appraisal.errand, kind, legs, appraisal.errand)
    cover = None
    if change.minor < 0:
        cover = cover_draft(f"grade:{appraisal.errand}", performer, -change.minor, free)
    return [cover, draft] if cover else [draft]
