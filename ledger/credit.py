"""Promo credit: what a campaign lets a party spend on sessions, and nothing else.

A grant is a purse of its own: account `PROMO` of the grant against `PROMO_ISSUED` of its campaign,
which together are zero until a session used some of it. Credit is spent before money, the purse
that expires first before the others. It is never paid out: no journal here leads from a purse to
anything but an escrow, a fee or back to the campaign. What a settled session used is the
platform's cost: the consultant is paid in money all the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, Leg
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Purse:
    """What is left of a grant and until when it may be spent (exclusive, UTC)."""

    account: Account
    available: Money
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """Credit from one purse that lies in a session's escrow, more than zero minor units."""

    purse: Account
    minor: int


def grant_id(campaign: str, party: str) -> str:
    """A campaign grants to a party once: the id of that grant.

    >>> grant_id("welcome", "bob")
    'welcome:bob'
    """
    if not campaign or ":" in campaign or not party:
        raise ValueError(f"{campaign!r} to {party!r} names no grant")
    return f"{campaign}:{party}"


def purse_of(grant: str, currency: str) -> Account:
    return Account(AccountKind.PROMO, grant, currency)


def issuer_of(purse: Account) -> Account:
    """The campaign's side of a purse."""
    return Account(AccountKind.PROMO_ISSUED, purse.owner.partition(":")[0], purse.currency)


def promo_cost(currency: str) -> Account:
    return Account(AccountKind.PROMO_COST, "", currency)


def grant_draft(grant: str, amount: Money) -> Draft:
    purse = purse_of(grant, amount.currency)
    legs = (Leg(issuer_of(purse), -amount.minor), Leg(purse, amount.minor))
    return Draft("promo", grant, "promo_grant", legs, grant)


def expiry_draft(purse: Account, minor: int, version: int) -> Draft:
    """What nobody spent goes back to the campaign. `version` is the purse's entry count: credit
    that a settlement gives back after the day expires again, under another key."""
    legs = (Leg(purse, -minor), Leg(issuer_of(purse), minor))
    return Draft("promo_expiry", f"{purse.owner}:{version}", "promo_expiry", legs, purse.owner)


def charge_legs(
    amount: Money, payer: Account, credit: Account, purses: Sequence[Purse] = ()
) -> tuple[Leg, ...]:
    """A charge (a minute) from `payer` to `credit`: promo credit first, the rest in money.

    An escrow keeps the credit until the outcome is known; anything else is a fee earned at once,
    so what it used of the credit becomes cost in the same journal.

    >>> bob, escrow = Account(AccountKind.PREPAID, "bob"), Account(AccountKind.ESCROW, "S-1")
    >>> [leg.minor for leg in charge_legs(Money(2000), bob, escrow)]
    [-2000, 2000]
    """
    return legs_of(amount, payer, credit, drawn_from(amount, purses))


def drawn_from(amount: Money, purses: Sequence[Purse]) -> list[Drawn]:
    """As much of `amount` as the purses hold, the first to expire first."""
    rest, drawn = amount.minor, []
    for purse in sorted(purses, key=lambda p: (p.expires_at, p.account.owner)):
        part = min(rest, max(purse.available.minor, 0))
        if part:
            drawn.append(Drawn(purse.account, part))
            rest -= part
    return drawn


def legs_of(
    amount: Money, payer: Account, credit: Account, drawn: Sequence[Drawn]
) -> tuple[Leg, ...]:
    """A charge of which `drawn` is promo credit; see `charge_legs`."""
    if amount.minor <= 0:
        raise ValueError(f"{amount} is no charge")
    legs = [Leg(one.purse, -one.minor) for one in drawn]
    rest = amount.minor - sum(one.minor for one in drawn)
    if rest:
        legs.append(Leg(payer, -rest))
    legs.append(Leg(credit, amount.minor))
    return (*legs, *(used_legs(drawn) if credit.kind is not AccountKind.ESCROW else ()))


def used_legs(used: Iterable[Drawn]) -> list[Leg]:
    """Used credit becomes the platform's cost, and the campaign's promise is kept.

    Amounts below zero take it back: credit that a ruling returned to the client.
    """
    spent = [one for one in used if one.minor]
    if not spent:
        return []
    legs = [Leg(issuer_of(one.purse), one.minor) for one in spent]
    total = sum(one.minor for one in spent)
    return [Leg(promo_cost(spent[0].purse.currency), -total), *legs] if total else legs


def part_used(drawn: Sequence[Drawn], kept_minor: int) -> list[Drawn]:
    """What a session that keeps `kept_minor` of its charges uses of the credit drawn for it.

    The best for the client: credit is used up before money and in the order in which it was drawn
    (the first to expire first), so what comes back is money as far as there was any.
    """
    used = []
    for one in drawn:
        part = min(one.minor, kept_minor)
        used.append(Drawn(one.purse, part))
        kept_minor -= part
    return used
