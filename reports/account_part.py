"""One account of a party over a period, as a part of a larger paper: balances and movements. Pure.

A reconciliation act has a part for each account that the platform keeps for a partner, an agent's
report has the principal's earnings. Money is minor units of one currency; credit, what the platform
owes, is positive.
"""

from dataclasses import asdict, dataclass

from reports.canonical import Json
from reports.statement import (
    EARNINGS,
    WALLET,
    Movement,
    StatementTotals,
    movement_from_json,
    movement_json,
    totals_between,
)

#: Names on paper of the accounts that the platform keeps for a party.
ACCOUNTS = (WALLET, EARNINGS, "reserve", "claim")


@dataclass(frozen=True, slots=True)
class AccountPart:
    """`account` is one of `ACCOUNTS`."""

    account: str
    movements: tuple[Movement, ...]
    totals: StatementTotals

    @property
    def moved(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.movements or self.totals.opening)


def part_of(
    account: str, movements: tuple[Movement, ...], balances: tuple[int, int]
) -> AccountPart:
    """The part between two balances of the ledger: (opening, closing).

    Raises: TotalsDiffer, its `what` begins with the account, when a balance does not follow.
    """
    return AccountPart(account, movements, totals_between(movements, balances, f"{account}."))


def part_json(part: AccountPart) -> Json:
    return {
        "account": part.account,
        "movements": [movement_json(one) for one in part.movements],
        "totals": asdict(part.totals),
    }


def part_from_json(body: Json) -> AccountPart:
    """The part back, its sums made anew. Raises: KeyError, TypeError, ValueError, TotalsDiffer."""
    told = body["totals"]
    movements = tuple(movement_from_json(one) for one in body["movements"])
    return part_of(body["account"], movements, (told["opening"], told["closing"]))


def added_up(parts: tuple[AccountPart, ...]) -> StatementTotals:
    """The totals of several accounts as of one."""
    names = ("opening", "debits", "credits", "closing", "charges", "lines")
    return StatementTotals(
        **{name: sum(getattr(part.totals, name) for part in parts) for name in names}
    )
