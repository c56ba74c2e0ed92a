"""Taking a transfer back from a payee, when a dispute was lost after the payout.

    planned ──asked──► in_doubt ──► done | refused (the payee has spent it)

Money that came back is among the payee's earnings again, where a dispute can collect it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.accounts import Account, AccountKind
from ledger.connected import ReversalRequest
from ledger.journals import Draft, Leg
from ledger.money import Money


class ReversalState(StrEnum):
    PLANNED = "planned"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    REFUSED = "refused"


NEXT: dict[ReversalState, frozenset[ReversalState]] = {
    ReversalState.PLANNED: frozenset({ReversalState.IN_DOUBT}),
    ReversalState.IN_DOUBT: frozenset({ReversalState.DONE, ReversalState.REFUSED}),
    ReversalState.DONE: frozenset(),
    ReversalState.REFUSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Reversal:
    """`pay_out` is ours, `transfer` the acquirer's name of it; `why` it was wanted, or refused."""

    id: str
    pay_out: str
    transfer: str
    party: str
    gateway: str
    amount: Money
    state: ReversalState
    why: str
    created_at: datetime
    due_at: datetime
    asks: int = 0
    ref: str = ""
    asked_at: datetime | None = None

    @property
    def idempotency_key(self) -> str:
        return f"transfer_reversal:{self.id}:1"

    @property
    def request(self) -> ReversalRequest:
        return ReversalRequest(self.id, self.transfer, self.amount, self.idempotency_key)


def spread(wanted: Money, left: Sequence[tuple[str, Money]]) -> list[tuple[str, Money]]:
    """How much of each transfer is to come back, the first ones first; sums to `wanted` or to all
    that is there.

    >>> spread(Money(150), [("p2", Money(100)), ("p1", Money(100))])
    [('p2', Money(minor=100, currency='RUB')), ('p1', Money(minor=50, currency='RUB'))]
    """
    found = []
    rest = wanted
    for pay_out, there in left:
        part = min(rest, there)
        if part.minor > 0:
            found.append((pay_out, part))
            rest -= part
    return found


def reversed_draft(reversal: Reversal) -> Draft:
    """Back from the payee's account to our money, and so to the payee's earnings."""
    minor, currency = reversal.amount.minor, reversal.amount.currency
    legs = (
        Leg(Account(AccountKind.CASH, reversal.gateway, currency), -minor),
        Leg(Account(AccountKind.EARNINGS, reversal.party, currency), minor),
    )
    return Draft("transfer_reversal", reversal.id, "transfer_reversed", legs, reversal.pay_out)
