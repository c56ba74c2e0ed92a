"""Settlement: how an outcome divides the money that a session gathered in its escrow.

With T in the escrow (minor units): resolved, the platform takes floor(T x its share), the provider
the rest. Not resolved, a part is kept (20 % by default), divided between both with the platform's
share rounded down, and the rest goes back to the payer. Ruled, the arbiter names the shares; what
he does not give away goes back to the payer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, Entry, Leg
from ledger.money import WHOLE_BP, Money, divide_down
from ledger.split import Share, split


class Outcome(Enum):
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    RULED = "ruled"


@dataclass(frozen=True, slots=True)
class Terms:
    """Who provides, and the shares in basis points that the tariff promised.

    `provider_bp` of a resolved session; `kept_bp` of an unresolved one, of which
    `kept_provider_bp` is the provider's.
    """

    provider: Account
    provider_bp: int = 9000
    kept_bp: int = 2000
    kept_provider_bp: int = 5000

    def __post_init__(self) -> None:
        for bp in (self.provider_bp, self.kept_bp, self.kept_provider_bp):
            if not 0 <= bp <= WHOLE_BP:
                raise ValueError(f"{bp} is not a share in basis points")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What each side got; `others` is what a ruling gave to third accounts. Sums to `total`."""

    platform: Money
    provider: Money
    refunded: Money
    total: Money
    others: Money


def escrow_of(session: str, currency: str) -> Account:
    return Account(AccountKind.ESCROW, session, currency)


def commission(currency: str) -> Account:
    return Account(AccountKind.COMMISSION, "", currency)


def parts(
    total: Money, payer: Account, terms: Terms, outcome: Outcome, shares: Sequence[Share] = ()
) -> list[tuple[Account, Money]]:
    """Who gets how much of `total`; the parts sum to it.

    >>> ann = Account(AccountKind.EARNINGS, "ann")
    >>> bob = Account(AccountKind.PREPAID, "bob")
    >>> terms = Terms(ann)
    >>> [(str(a), m.minor) for a, m in parts(Money(10000), bob, terms, Outcome.UNRESOLVED)]
    [('COMMISSION()', 1000), ('EARNINGS(ann)', 1000), ('PREPAID(bob)', 8000)]
    """
    platform = commission(total.currency)
    if outcome is Outcome.RESOLVED:
        ours, theirs = split(total, [WHOLE_BP - terms.provider_bp, terms.provider_bp])
        return [(platform, ours), (terms.provider, theirs)]
    if outcome is Outcome.UNRESOLVED:
        kept = total.part(terms.kept_bp)
        ours_bp = terms.kept_bp * (WHOLE_BP - terms.kept_provider_bp)
        ours = Money(divide_down(total.minor * ours_bp, WHOLE_BP * WHOLE_BP), total.currency)
        return [(platform, ours), (terms.provider, kept - ours), (payer, total - kept)]
    rest_bp = WHOLE_BP - sum(share.bp for share in shares)
    all_shares = [*shares, Share(payer, rest_bp)] if rest_bp else list(shares)
    amounts = split(total, [share.bp for share in all_shares])
    return [(share.payee, part) for share, part in zip(all_shares, amounts, strict=True)]


def settlement_draft(
    session: str, total: Money, divided: Sequence[tuple[Account, Money]], outcome: Outcome
) -> Draft:
    """Empties the session's escrow into the parts; parts of zero leave no entry."""
    legs = [Leg(escrow_of(session, total.currency), -total.minor)]
    legs += [Leg(account, part.minor) for account, part in divided if part.minor]
    return Draft("settle", session, "settlement", tuple(legs), session, outcome.value)


def settlement_of(
    legs: Sequence[Leg] | Sequence[Entry], payer: Account, terms: Terms
) -> Settlement:
    """Reads a settlement back from the lines of its journal."""
    currency = payer.currency
    platform = provider = refunded = others = total = 0
    for leg in legs:
        minor = leg.minor if isinstance(leg, Leg) else leg.amount.minor
        if leg.account.kind is AccountKind.ESCROW:
            total -= minor
        elif leg.account == commission(currency):
            platform += minor
        elif leg.account == terms.provider:
            provider += minor
        elif leg.account == payer:
            refunded += minor
        else:
            others += minor
    return Settlement(
        *(Money(minor, currency) for minor in (platform, provider, refunded, total, others))
    )
