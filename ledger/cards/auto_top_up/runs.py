"""An automatic top-up as a value: its states, and what the acquirer's answer does to it.

    planned ──asked──► in_doubt ──paid──────────────► paid
                        │ ▲  │ ├─bank wants the owner─► owner_needed ──confirmed──► paid
                        │ │  │ │                            └─a day later─────────► refused
                        │ │  │ ├─declined───────────► waiting ──10 min, 1 h, 24 h──► in_doubt
                        │ │  │ │                       └─no more tries, not needed─► refused
                        │ │  │ └─card is dead───────► refused, and automatic top-up is off
                        └─┴──┘ silence: looked for, then asked again under the same key

At most one is open for a party at a time, and each counts for its day, so that no two triggers
can charge twice. A decline uses its key up: every try has a key of its own.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from ledger.cards.states import KEY_LIFE, LEASE, back_off
from ledger.money import Money
from ledger.saved_cards import Charged, ChargeRequest, Outcome

RETRY_AFTER = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24))
OWNER_LIFE = timedelta(hours=24)
LOOK_AGAIN = timedelta(minutes=10)  # at a payment that the card's bank thinks about


class RunState(StrEnum):
    PLANNED = "planned"
    IN_DOUBT = "in_doubt"
    OWNER_NEEDED = "owner_needed"
    WAITING = "waiting"
    PAID = "paid"
    REFUSED = "refused"


OPEN = frozenset({RunState.PLANNED, RunState.IN_DOUBT, RunState.OWNER_NEEDED, RunState.WAITING})
ASKABLE = (RunState.PLANNED, RunState.WAITING, RunState.IN_DOUBT)

NEXT: dict[RunState, frozenset[RunState]] = {
    RunState.PLANNED: frozenset({RunState.IN_DOUBT, RunState.PAID, RunState.REFUSED}),
    RunState.IN_DOUBT: frozenset(set(RunState) - {RunState.PLANNED}),
    RunState.OWNER_NEEDED: frozenset({RunState.PAID, RunState.REFUSED}),
    RunState.WAITING: frozenset({RunState.IN_DOUBT, RunState.PAID, RunState.REFUSED}),
    RunState.PAID: frozenset(),
    RunState.REFUSED: frozenset({RunState.PAID}),  # the money came after all: it is the owner's
}


@dataclass(frozen=True, slots=True)
class Run:
    """`id` is also the id of its top-up. `day_no` counts the party's runs of a UTC day from 1,
    `try_no` the keys used, `asks` how often the acquirer was asked under the present key."""

    id: str
    party: str
    gateway: str
    amount: Money
    day: date
    day_no: int
    customer: str
    card: str
    state: RunState
    created_at: datetime
    due_at: datetime
    try_no: int = 1
    asks: int = 0
    confirms: int = 0
    payment: str = ""
    reason: str = ""
    asked_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def idempotency_key(self) -> str:
        """Stored before the acquirer is asked."""
        return f"auto_top_up:{self.id}:{self.try_no}"

    @property
    def request(self) -> ChargeRequest:
        """The same, however often it is asked."""
        return ChargeRequest(
            self.id, self.try_no, self.amount, self.customer, self.card, self.idempotency_key
        )


def run_id(party: str, day: date, day_no: int) -> str:
    """
    >>> run_id("bob", date(2026, 11, 22), 1)
    'auto-bob-20261122-1'
    """
    return f"auto-{party}-{day:%Y%m%d}-{day_no}"


def asked(run: Run, at: datetime) -> Run:
    """About to ask the acquirer: to be stored before that is done."""
    if run.state is RunState.IN_DOUBT:
        wait = max(LEASE, back_off(run.id, run.asks))
        return replace(run, asks=run.asks + 1, due_at=at + wait)
    try_no = run.try_no + (run.state is RunState.WAITING)
    return replace(
        run, state=RunState.IN_DOUBT, try_no=try_no, asks=1, asked_at=at, due_at=at + LEASE
    )


def key_lives(run: Run, at: datetime) -> bool:
    """Whether the acquirer still knows the key; afterwards a charge is only looked for."""
    return run.asked_at is not None and at - run.asked_at < KEY_LIFE


def answered(run: Run, answer: Charged, at: datetime) -> Run:
    """The run after the acquirer has spoken about its present try."""
    known = replace(run, payment=answer.payment or run.payment, reason=answer.reason)
    match answer.outcome:
        case Outcome.PAID:
            return replace(known, state=RunState.PAID, ended_at=at)
        case Outcome.PROCESSING:
            return replace(known, due_at=at + LOOK_AGAIN)
        case Outcome.OWNER_NEEDED:
            if run.state is RunState.OWNER_NEEDED:
                return run
            return replace(known, state=RunState.OWNER_NEEDED, due_at=at + OWNER_LIFE)
        case Outcome.DECLINED if run.try_no <= len(RETRY_AFTER):
            due_at = at + RETRY_AFTER[run.try_no - 1]
            return replace(known, state=RunState.WAITING, due_at=due_at)
    return refused(known, answer.reason or "declined", at)


def refused(run: Run, reason: str, at: datetime) -> Run:
    """Nothing comes of it."""
    return replace(run, state=RunState.REFUSED, reason=reason, ended_at=at)
