"""Which accounts pay for an increment: purses of promo credit first, the wallet for the rest. Pure.

The hold that proves the next increment lies on the very purses that will pay for it, a hold on
each, and the charge takes exactly what was held: credit that expires meanwhile still pays. A
charge ends one hold by itself (`Draft.posts_hold`), the first; the others are voided before it in
the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger import Account, AccountKind, Draft, Money
from ledger.promo import Drawn, Purse, drawn_from, issuer_of, legs_of, promo_cost, purse_of
from metering.effects import Charge
from metering.meter import Meter

SCOPE = "tick"

Offered = Mapping[Account, Sequence[Purse]]  # purses by the wallet that they go before


@dataclass(frozen=True, slots=True)
class Part:
    """One hold of an increment: its key, the account that it lies on, more than zero minor."""

    key: str
    account: Account
    minor: int


def parts_of(meter: Meter, amount: int, drawn: Sequence[Drawn]) -> list[Part]:
    """The holds of the next increment when `drawn` of its amount is credit; the wallet is last."""
    accounts = [(one.purse, one.minor) for one in drawn]
    rest = amount - sum(one.minor for one in drawn)
    if rest > 0:
        accounts.append((meter.payer, rest))
    return [
        Part(f"{meter.hold_key}:{place}" if place else meter.hold_key, account, minor)
        for place, (account, minor) in enumerate(accounts)
    ]


def held_credit(meter: Meter) -> list[Drawn]:
    """The credit that is held for the next increment, in the order of drawing."""
    currency = meter.payer.currency
    return [Drawn(purse_of(grant, currency), minor) for grant, minor in meter.held_credit]


def held_parts(meter: Meter) -> list[Part]:
    """Every hold that this meter has made and not used."""
    return parts_of(meter, meter.held_minor or 0, held_credit(meter))


def wanted_from(meter: Meter, amount: int, purses: Sequence[Purse]) -> list[Drawn]:
    """What the purses give for an increment."""
    return drawn_from(Money(amount, meter.payer.currency), purses)


def as_held(drawn: Iterable[Drawn]) -> tuple[tuple[str, int], ...]:
    """Credit as the meter remembers it: grants and minor units."""
    return tuple((one.purse.owner, one.minor) for one in drawn)


def minute_draft(meter: Meter, charge: Charge, purses: Sequence[Purse] = ()) -> Draft:
    """The journal of an increment: out of its hold, else out of the purses that there are."""
    amount = Money(charge.amount, meter.payer.currency)
    drawn = held_credit(meter) if charge.posts_hold else drawn_from(amount, purses)
    return Draft(
        scope=SCOPE,
        key=f"{meter.session}:{charge.n}",
        kind="minute",
        legs=legs_of(amount, meter.payer, meter.credit, drawn),
        ref=meter.session,
        memo=f"{charge.n}",
        posts_hold=meter.hold_key if charge.posts_hold else None,
    )


def purses_known(meter: Meter, offered: Offered) -> set[Account]:
    """The purses of credit that a meter may draw on: those offered, and those that it holds."""
    free = {one.account for one in offered.get(meter.payer, ())}
    return free | {one.purse for one in held_credit(meter)}


def accounts_of(meter: Meter, offered: Offered) -> set[Account]:
    """Every account that holding or charging the next increment may touch."""
    credit = purses_known(meter, offered)
    accounts = {meter.payer, meter.credit, *credit}
    if credit and meter.credit.kind is not AccountKind.ESCROW:
        accounts |= {promo_cost(meter.payer.currency), *map(issuer_of, credit)}
    return accounts
