"""What a reconciliation found: their account of our money beside our books, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.acquirer import BalanceLine, Category
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Difference:
    """kind: a stable word; ref: what it is about; theirs, ours: minor units that came (+) or went.

    line_missing   the acquirer moved money that our books do not know
    line_differs   both know it, with other sums
    ours_only      our books moved money that the acquirer does not know
    balance        the sums of everything differ
    news_dead      news that was given up and waits for a person
    in_doubt       a call without an answer for more than an hour
    by_hand        a call that a person must decide
    fee_missing    a payment whose fee the acquirer has not told for a day
    """

    kind: str
    ref: str
    theirs: Money
    ours: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One run: how much was compared, and what differs; `missed` news was put into the inbox."""

    gateway: str
    made_at: datetime
    since: datetime
    notices: int
    missed: int
    lines: int
    differences: tuple[Difference, ...] = ()


def compare(
    lines: Sequence[BalanceLine], journals: Mapping[str, Sequence[str]], cash: Mapping[str, Money]
) -> list[Difference]:
    """Each line beside the journals that should say the same.

    journals: a line's id → ids of our journals; cash: a journal's id → what it brought (+) or took.
    """
    found = []
    for line in lines:
        known = [cash[id] for id in journals.get(line.id, ()) if id in cash]
        ours = sum(known, Money(0, line.net.currency))
        if ours == line.net or line.net.minor == 0:
            continue
        kind = "line_differs" if known else "line_missing"
        note = f"{line.category.value} {line.source}"
        found.append(Difference(kind, line.id, line.net, ours, note))
    return found


def journals_of_line(gateway: str, line: BalanceLine, ours: str) -> list[str]:
    """Which of our journals say what a line says; `ours` is our name of the payment, refund or
    payout that it is about, "" when we know none."""
    match line.category:
        case Category.CHARGE:
            return [f"psp:{gateway}:{ours}", f"txn:{line.id}"]
        case Category.REFUND:
            return [f"refund:{ours}"]
        case Category.REFUND_FAILURE:
            return [f"returned:{ours}"]
        case Category.TRANSFER:
            return [f"payout_arrived:{ours}", f"arrived:{ours}"]
        case Category.TRANSFER_REVERSAL:
            return [f"payout_returned:{ours}", f"returned:{ours}"]
        case Category.PAYOUT:
            return [f"psp:{gateway}:{line.source}"]
        case Category.PAYOUT_REVERSAL:
            return [f"psp_back:{gateway}:{line.source}"]
        case _:
            return [f"txn:{line.id}"]
