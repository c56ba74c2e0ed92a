"""The reserve: a part of each earning is kept back for some weeks, in case of a dispute later.

Each earning has a row and two journals of its own, EARNINGS → RESERVE and back, so that every
kopeck on RESERVE leads to the session that it came from.
"""

from dataclasses import dataclass
from datetime import datetime

from ledger.journals import Draft, Leg
from ledger.money import Money
from ledger.payouts.clearing import Ripening
from ledger.payouts.pay_outs import earnings_of, reserve_of

# Journals that give back what had ripened before, or fill up earnings by a claim of ours: neither
# young nor kept from again.
NOT_EARNED = (
    "payout",
    "payout_returned",
    "reserve_kept",
    "reserve_released",
    "transfer_reversed",
    "recourse",
)


@dataclass(frozen=True, slots=True)
class Earning:
    """A credit of EARNINGS. `journal` is its journal's id, `ref` what that is about."""

    journal: str
    ref: str
    amount: Money
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of an earning, until `release_at`."""

    party: str
    journal: str
    ref: str
    amount: Money
    earned_at: datetime
    release_at: datetime


def keep(party: str, earning: Earning, terms: Ripening) -> Kept | None:
    """What to keep of an earning; None when that is less than a minor unit."""
    amount = earning.amount.part(terms.reserve_bp)
    if amount.minor <= 0:
        return None
    release_at = earning.at + terms.reserve
    return Kept(party, earning.journal, earning.ref, amount, earning.at, release_at)


def kept_draft(kept: Kept) -> Draft:
    minor, currency = kept.amount.minor, kept.amount.currency
    legs = (
        Leg(earnings_of(kept.party, currency), -minor),
        Leg(reserve_of(kept.party, currency), minor),
    )
    return Draft("reserve", _key(kept), "reserve_kept", legs, kept.ref)


def released_draft(kept: Kept, amount: Money) -> Draft:
    """`amount` is less than what was kept when a dispute has taken from the reserve meanwhile."""
    minor, currency = amount.minor, amount.currency
    legs = (
        Leg(reserve_of(kept.party, currency), -minor),
        Leg(earnings_of(kept.party, currency), minor),
    )
    return Draft("reserve_release", _key(kept), "reserve_released", legs, kept.ref)


def releasable(kept: Kept, on_reserve: Money, others: Money) -> Money:
    """What may go back of `kept`, so that what is kept of `others` stays whole.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 21, tzinfo=UTC)
    >>> one = Kept("ann", "settle:S-1", "S-1", Money(500), at, at)
    >>> releasable(one, Money(900), Money(600)), releasable(one, Money(500), Money(600))
    (Money(minor=300, currency='RUB'), Money(minor=0, currency='RUB'))
    """
    zero = Money(0, kept.amount.currency)
    return max(zero, min(kept.amount, on_reserve - others))


def _key(kept: Kept) -> str:
    return f"{kept.party}:{kept.journal}"
