"""Collection: taking a sum from where there is money, in a fixed order, never below zero.

What a consultant must give back comes from earnings, then from the reserve for disputes; what
neither holds becomes a claim of ours, `RECOURSE`, collected from later earnings.
"""

from collections.abc import Mapping, Sequence

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, Leg


def collect(minor: int, sources: Sequence[Account], free: Mapping[Account, int]) -> list[Leg]:
    """Debits of `sources` in their order, together at most `minor`; what is missing is missing.

    >>> ann, bob = Account(AccountKind.EARNINGS, "ann"), Account(AccountKind.RESERVE, "ann")
    >>> [leg.minor for leg in collect(100, [ann, bob], {ann: 70, bob: 50})]
    [-70, -30]
    """
    legs = []
    for source in sources:
        taken = min(minor, max(free.get(source, 0), 0))
        if taken:
            legs.append(Leg(source, -taken))
            minor -= taken
    return legs


def recourse_of(earnings: Account) -> tuple[Account, Account]:
    """The provider's reserve, and our claim on the provider: what stands behind the earnings."""
    owner, currency = earnings.owner, earnings.currency
    reserve = Account(AccountKind.RESERVE, owner, currency)
    return reserve, Account(AccountKind.RECOURSE, owner, currency)


def cover_draft(
    key: str, earnings: Account, minor: int, free: Mapping[Account, int]
) -> Draft | None:
    """Fills earnings up to `minor` so that they can be debited; None when they suffice.

    A journal of its own, about the party and not about the session, so that the session's journals
    say how its money is divided and nothing else.
    """
    missing = minor - max(free.get(earnings, 0), 0)
    if missing <= 0:
        return None
    reserve, claim = recourse_of(earnings)
    legs = collect(missing, [reserve], free)
    owed = missing + sum(leg.minor for leg in legs)
    if owed:
        legs.append(Leg(claim, -owed))
    legs.append(Leg(earnings, missing))
    return Draft("cover", key, "recourse", tuple(legs), earnings.owner)


def claim_collected(key: str, earnings: Account, free: Mapping[Account, int]) -> Draft | None:
    """Later earnings pay what the party owes us, as far as they go; None when nothing is due.

    `free` gives the earnings' available sum and, below zero, the claim's balance.
    """
    _, claim = recourse_of(earnings)
    legs = collect(-free.get(claim, 0), [earnings], free)
    if not legs:
        return None
    paid = Leg(claim, -legs[0].minor)
    return Draft("recourse", key, "recourse_paid", (*legs, paid), earnings.owner)
