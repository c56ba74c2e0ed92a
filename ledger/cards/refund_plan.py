"""A refund as values: from which payments it comes, and how it stands.

Unspent money goes back the way it came, oldest payment first, never more of a payment than is left
of it; so one wish may become several refunds at the acquirer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.cards.states import CallState, RequestState
from ledger.money import Money
from ledger.payments import MovementState


@dataclass(frozen=True, slots=True)
class Source:
    """A payment that money can go back to; `free` is what is left of it."""

    top_up: str
    gateway: str
    payment: str
    free: Money


@dataclass(frozen=True, slots=True)
class Part:
    """One refund at the acquirer. `call` is how the asking stands, `money` what became of it."""

    id: str
    gateway: str
    payment: str
    amount: Money
    call: CallState
    money: MovementState
    tries: int
    asked_at: datetime | None = None
    ref: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """A wish to have `amount` back; `note` is why it was declined."""

    id: str
    party: str
    amount: Money
    state: RequestState
    asked_by: str
    why: str
    created_at: datetime
    note: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Refundable:
    """What a party could ask for: of `unspent` money, as much as came by card (`most`)."""

    unspent: Money
    most: Money
    sources: tuple[Source, ...]


def portions(amount: Money, sources: Sequence[Source]) -> list[tuple[Source, Money]]:
    """Oldest first, each at most what is left of it; sums to `amount` or to all there is.

    >>> old = Source("t1", "stripe", "pi_1", Money(300))
    >>> new = Source("t2", "stripe", "pi_2", Money(500))
    >>> [(source.top_up, part.minor) for source, part in portions(Money(400), [old, new])]
    [('t1', 300), ('t2', 100)]
    """
    taken, left = [], amount.minor
    for source in sources:
        part = min(left, source.free.minor)
        if part > 0:
            taken.append((source, Money(part, amount.currency)))
            left -= part
    return taken


def standing(parts: Sequence[MovementState]) -> RequestState:
    """How a refund stands whose parts stand so.

    >>> standing([MovementState.DONE, MovementState.REFUSED]).value
    'partly'
    """
    if MovementState.PENDING in parts:
        return RequestState.GOING
    done = sum(part is MovementState.DONE for part in parts)
    if not done:
        return RequestState.FAILED
    return RequestState.DONE if done == len(parts) else RequestState.PARTLY
