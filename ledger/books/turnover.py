"""Turnover: opening, debits, credits and closing, by kind of account or by account.

Sign: credit is positive, as everywhere in the ledger; debits and credits are zero or more, and
closing = opening + credits - debits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.accounts import Account, AccountKind
from ledger.books.periods import Axis, Period
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class KindTurnover:
    """All accounts of one kind together."""

    kind: AccountKind
    opening: Money
    debits: Money
    credits: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class AccountTurnover:
    account: Account
    opening: Money
    debits: Money
    credits: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """Of a trial balance: each pair is equal on sound books.

    Openings and closings are summed by side: `opening_debit` over accounts that stood in debit.
    """

    opening_debit: Money
    opening_credit: Money
    debits: Money
    credits: Money
    closing_debit: Money
    closing_credit: Money

    @property
    def balanced(self) -> bool:
        return (
            self.opening_debit == self.opening_credit
            and self.debits == self.credits
            and self.closing_debit == self.closing_credit
        )


@dataclass(frozen=True, slots=True)
class Turnover:
    """The trial balance of a period, in the order of the chart."""

    period: Period
    by: Axis
    currency: str
    lines: tuple[KindTurnover, ...]
    totals: Totals


def turnover_of(period: Period, by: Axis, currency: str, lines: Sequence[KindTurnover]) -> Turnover:
    """Kinds summed up."""
    zero = Money(0, currency)
    totals = Totals(
        opening_debit=-sum((min(line.opening, zero) for line in lines), zero),
        opening_credit=sum((max(line.opening, zero) for line in lines), zero),
        debits=sum((line.debits for line in lines), zero),
        credits=sum((line.credits for line in lines), zero),
        closing_debit=-sum((min(line.closing, zero) for line in lines), zero),
        closing_credit=sum((max(line.closing, zero) for line in lines), zero),
    )
    return Turnover(period, by, currency, tuple(lines), totals)
