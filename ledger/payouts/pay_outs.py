"""A payout as a value: its states, and the journals of its way out and back.

    requested ──► waiting_approval ──► ready ◄──► in_doubt ──► sent ──► arrived
        │                │               │            │          │         │
        └───────► refused ◄──────────────┴────────────┘          └► returned ◄┘

The money is held from the request on. `in_doubt` is written before the acquirer is asked: as long
as no answer is noted nobody knows whether the money went, and only the same key may ask again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from ledger.accounts import Account, AccountKind
from ledger.control import Rail
from ledger.journals import Draft, Leg
from ledger.money import Money
from ledger.payouts.errors import WrongPayOutState


class PayOutState(Enum):
    REQUESTED = "requested"
    WAITING_APPROVAL = "waiting_approval"
    READY = "ready"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    ARRIVED = "arrived"
    RETURNED = "returned"
    REFUSED = "refused"


_S = PayOutState
NEXT: dict[PayOutState, frozenset[PayOutState]] = {
    _S.REQUESTED: frozenset({_S.WAITING_APPROVAL, _S.READY, _S.REFUSED}),
    _S.WAITING_APPROVAL: frozenset({_S.READY, _S.REFUSED}),
    _S.READY: frozenset({_S.IN_DOUBT, _S.SENT, _S.REFUSED}),
    _S.IN_DOUBT: frozenset({_S.READY, _S.SENT, _S.REFUSED}),
    _S.SENT: frozenset({_S.ARRIVED, _S.RETURNED}),
    _S.ARRIVED: frozenset({_S.RETURNED}),
    _S.RETURNED: frozenset(),
    _S.REFUSED: frozenset(),
}
WAITING = frozenset({_S.REQUESTED, _S.WAITING_APPROVAL, _S.READY})  # may still be called off
HELD = WAITING | {_S.IN_DOUBT}  # the money is held on the payee's earnings
UNDER_WAY = HELD | {_S.SENT}

# Below it a transfer costs more than it is worth; minor units. A limit "payout.least" goes before.
LEAST = {"RUB": 100_00, "KZT": 500_00, "JPY": 150}
LEAST_ELSEWHERE = 5_00


@dataclass(frozen=True, slots=True)
class PayOut:
    """`details` is the version of the payee's details that it goes to. `period` is "" when the
    payee asked for it. `try_no` counts the keys used at the acquirer; `ref` is its name for the
    movement; `why` says why it was refused, returned or has to wait until `wait_until`."""

    id: str
    party: str
    amount: Money
    rail: Rail
    details: int
    state: PayOutState
    requested_at: datetime
    period: str = ""
    approval: str = ""
    try_no: int = 1
    ref: str = ""
    why: str = ""
    wait_until: datetime | None = None
    asked_at: datetime | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def idempotency_key(self) -> str:
        """Stored with the row before the acquirer is asked; a definite no uses it up."""
        return f"payout:{self.id}:{self.try_no}"

    @property
    def hold_key(self) -> str:
        return f"payout:{self.id}"

    @property
    def earnings(self) -> Account:
        return earnings_of(self.party, self.amount.currency)


def earnings_of(party: str, currency: str) -> Account:
    return Account(AccountKind.EARNINGS, party, currency)


def reserve_of(party: str, currency: str) -> Account:
    return Account(AccountKind.RESERVE, party, currency)


def transit_of(pay_out: PayOut) -> Account:
    """One account a payout: it drains to zero when the payout arrives or comes back."""
    return Account(AccountKind.PAYOUT, pay_out.id, pay_out.amount.currency)


def purse_of(rail: Rail, currency: str) -> Account:
    """Where our own money of a rail is."""
    if rail is Rail.BANK:
        return Account(AccountKind.BANK, "", currency)
    return Account(AccountKind.CASH, "stripe" if rail is Rail.CARD else "demo", currency)


def least_of(currency: str) -> Money:
    """The least sum that is paid out."""
    return Money(LEAST.get(currency, LEAST_ELSEWHERE), currency)


def require_step(pay_out: PayOut, wanted: PayOutState) -> None:
    """Raises: WrongPayOutState."""
    if wanted not in NEXT[pay_out.state]:
        raise WrongPayOutState(pay_out.id, pay_out.state.value, wanted.value)


def sent_draft(pay_out: PayOut) -> Draft:
    """Out of the earnings, into transit; the hold ends with it."""
    legs = _legs(pay_out, pay_out.earnings, transit_of(pay_out))
    return Draft("payout", pay_out.id, "payout", legs, pay_out.id, posts_hold=pay_out.hold_key)


def arrived_draft(pay_out: PayOut, purse: Account) -> Draft:
    """Out of transit and of our own money."""
    legs = _legs(pay_out, transit_of(pay_out), purse)
    return Draft("payout_arrived", pay_out.id, "payout_arrived", legs, pay_out.id)


def returned_draft(pay_out: PayOut, purse: Account) -> Draft:
    """Back to the earnings: from transit, or from our own money when it had arrived."""
    source = purse if pay_out.state is PayOutState.ARRIVED else transit_of(pay_out)
    legs = _legs(pay_out, source, pay_out.earnings)
    return Draft("payout_returned", pay_out.id, "payout_returned", legs, pay_out.id)


def _legs(pay_out: PayOut, source: Account, target: Account) -> tuple[Leg, Leg]:
    minor = pay_out.amount.minor
    return (Leg(source, -minor), Leg(target, minor))


def period_of(day: date) -> str:
    """The week in which the periodic run pays, by ISO 8601.

    >>> period_of(date(2026, 11, 22)), period_of(date(2027, 1, 1))
    ('2026-W47', '2026-W53')
    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def periodic_id(period: str, party: str, currency: str) -> str:
    """The id of the payout that the run of a period makes."""
    return f"{period}-{currency}-{party}"
