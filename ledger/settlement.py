"""Settlement: how an outcome divides the money that a session gathered in its escrow.

Of the total T (minor units), costs passed on go to their suppliers first, in full, whatever the
outcome; what exceeds the cap goes back to the payer. The rest is the service, S. Resolved, the
platform takes floor(S x its share), the providers the rest. Not resolved, a part is kept (20 % by
default), divided between both with the platform's share rounded down, and the rest goes back to
the payer. Ruled, the arbiter names the shares; what he does not give away goes back to the payer.
Several providers (a consilium) divide their part by weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ledger.accounts import Account, AccountKind
from ledger.credit import Drawn, part_used, used_legs
from ledger.errors import CostsTooHigh
from ledger.journals import Draft, Entry, Leg
from ledger.money import WHOLE_BP, Money, divide_down
from ledger.split import Portion, Share, apportion, split

Parts = list[tuple[Account, Money]]


class Outcome(Enum):
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    RULED = "ruled"


@dataclass(frozen=True, slots=True)
class Cost:
    """Bought for the client and passed on at cost, without a share for anybody; above zero."""

    supplier: Account
    minor: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Who provides, and what the tariff promised. Shares are basis points, sums minor units.

    `provider_bp` of a resolved session; `kept_bp` of an unresolved one, of which
    `kept_provider_bp` is the provider's. `fixed_minor` replaces the share of a resolved errand:
    the provider's pay at a fixed price. `cap_minor` is the most that the service may cost the
    payer; `costs` come on top, each was agreed by itself. `team` are all providers of a
    consilium, `provider` among them, with their seconds.
    """

    provider: Account
    provider_bp: int = 9000
    kept_bp: int = 2000
    kept_provider_bp: int = 5000
    fixed_minor: int | None = None
    cap_minor: int | None = None
    costs: tuple[Cost, ...] = ()
    team: tuple[Portion, ...] = ()

    def __post_init__(self) -> None:
        for bp in (self.provider_bp, self.kept_bp, self.kept_provider_bp):
            if not 0 <= bp <= WHOLE_BP:
                raise ValueError(f"{bp} is not a share in basis points")
        for minor in (self.fixed_minor or 0, self.cap_minor or 0, *(c.minor for c in self.costs)):
            if minor < 0:
                raise ValueError(f"{minor} is below zero")

    @property
    def providers(self) -> tuple[Account, ...]:
        return tuple(one.payee for one in self.team) or (self.provider,)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What each side got; `provider` is all providers together, `others` suppliers and third
    accounts of a ruling. The four sum to `total`. Of `refunded`, `promo_back_minor` is promo
    credit; `promo_used_minor` of the total was paid for by campaigns."""

    platform: Money
    provider: Money
    refunded: Money
    total: Money
    others: Money
    promo_used_minor: int = 0
    promo_back_minor: int = 0


def escrow_of(session: str, currency: str) -> Account:
    return Account(AccountKind.ESCROW, session, currency)


def commission(currency: str) -> Account:
    return Account(AccountKind.COMMISSION, "", currency)


def parts(
    total: Money, payer: Account, terms: Terms, outcome: Outcome, shares: Sequence[Share] = ()
) -> Parts:
    """Who gets how much of `total`; the parts sum to it.

    >>> ann = Account(AccountKind.EARNINGS, "ann")
    >>> bob = Account(AccountKind.PREPAID, "bob")
    >>> terms = Terms(ann)
    >>> [(str(a), m.minor) for a, m in parts(Money(10000), bob, terms, Outcome.UNRESOLVED)]
    [('COMMISSION()', 1000), ('EARNINGS(ann)', 1000), ('PREPAID(bob)', 8000)]

    Raises: CostsTooHigh when the costs alone exceed the total.
    """
    costs = sum(cost.minor for cost in terms.costs)
    if costs > total.minor:
        raise CostsTooHigh(Money(costs, total.currency), total)
    whole = Money(total.minor - costs, total.currency)
    service = whole if terms.cap_minor is None else min(whole, _like(whole, terms.cap_minor))
    if outcome is Outcome.RESOLVED:
        divided = _resolved(service, terms)
    elif outcome is Outcome.UNRESOLVED:
        divided = _unresolved(service, payer, terms)
    else:
        divided = _ruled(service, payer, shares)
    divided += [(cost.supplier, _like(total, cost.minor)) for cost in terms.costs]
    return _with_rest(divided, payer, whole - service)


def _resolved(service: Money, terms: Terms) -> Parts:
    if terms.fixed_minor is None:
        ours, theirs = split(service, [WHOLE_BP - terms.provider_bp, terms.provider_bp])
    else:
        theirs = min(service, _like(service, terms.fixed_minor))
        ours = service - theirs
    return [(commission(service.currency), ours), *_among(theirs, terms)]


def _unresolved(service: Money, payer: Account, terms: Terms) -> Parts:
    kept = service.part(terms.kept_bp)
    ours_bp = terms.kept_bp * (WHOLE_BP - terms.kept_provider_bp)
    ours = _like(service, divide_down(service.minor * ours_bp, WHOLE_BP * WHOLE_BP))
    theirs = _among(kept - ours, terms)
    return [(commission(service.currency), ours), *theirs, (payer, service - kept)]


def _ruled(service: Money, payer: Account, shares: Sequence[Share]) -> Parts:
    rest_bp = WHOLE_BP - sum(share.bp for share in shares)
    all_shares = [*shares, Share(payer, rest_bp)] if rest_bp else list(shares)
    amounts = split(service, [share.bp for share in all_shares])
    return [(share.payee, part) for share, part in zip(all_shares, amounts, strict=True)]


def _among(whole: Money, terms: Terms) -> Parts:
    """The providers' part, by their weights."""
    amounts = apportion(whole, [one.weight for one in terms.team]) if terms.team else [whole]
    return list(zip(terms.providers, amounts, strict=True))


def _with_rest(divided: Parts, payer: Account, rest: Money) -> Parts:
    """What exceeds the cap joins whatever goes back to the payer, as one part."""
    back = [part for account, part in divided if account == payer]
    if not rest.minor and len(back) < 2:
        return divided
    others = [(account, part) for account, part in divided if account != payer]
    return [*others, (payer, sum(back, rest))]


def _like(money: Money, minor: int) -> Money:
    return Money(minor, money.currency)


def with_credit(divided: Parts, payer: Account, drawn: Sequence[Drawn]) -> tuple[Parts, list[Leg]]:
    """The parts when some of the total was promo credit, and the entries of what it cost us.

    Of what goes back to the payer, credit returns to its purses, money to the wallet.
    """
    if not drawn:
        return divided, []
    kept = sum(part.minor for account, part in divided if account != payer)
    used = part_used(drawn, kept)
    back = [
        (one.purse, Money(one.minor - spent.minor, one.purse.currency))
        for one, spent in zip(drawn, used, strict=True)
    ]
    credit = sum((part for _, part in back), Money(0, payer.currency))
    changed = [(a, part - credit) if a == payer else (a, part) for a, part in divided]
    return [*changed, *((purse, part) for purse, part in back if part.minor)], used_legs(used)


def settlement_draft(
    session: str,
    total: Money,
    divided: Sequence[tuple[Account, Money]],
    outcome: Outcome,
    costs: Sequence[Leg] = (),
) -> Draft:
    """Empties the session's escrow into the parts; parts of zero leave no entry.

    `costs` are entries beside the division: promo credit that became cost.
    """
    legs = [Leg(escrow_of(session, total.currency), -total.minor)]
    legs += [Leg(account, part.minor) for account, part in divided if part.minor]
    return Draft("settle", session, "settlement", (*legs, *costs), session, outcome.value)


def settlement_of(
    legs: Sequence[Leg] | Sequence[Entry], payer: Account, terms: Terms
) -> Settlement:
    """Reads a settlement back from the lines of its journals."""
    currency = payer.currency
    sums = dict.fromkeys(("platform", "provider", "refunded", "total", "others"), 0)
    used = back = 0
    for leg in legs:
        minor = leg.minor if isinstance(leg, Leg) else leg.amount.minor
        kind = leg.account.kind
        if kind is AccountKind.PROMO_COST:
            used -= minor
        elif kind is not AccountKind.PROMO_ISSUED:
            sums[_side(leg.account, payer, terms)] += minor
            back += minor if kind is AccountKind.PROMO else 0
    sums["total"] = -sums["total"]
    money = {side: Money(minor, currency) for side, minor in sums.items()}
    return Settlement(**money, promo_used_minor=used, promo_back_minor=back)


def _side(account: Account, payer: Account, terms: Terms) -> str:
    if account.kind is AccountKind.ESCROW:
        return "total"
    if account.kind is AccountKind.COMMISSION:
        return "platform"
    if account in terms.providers:
        return "provider"
    refunded = account == payer or account.kind is AccountKind.PROMO
    return "refunded" if refunded else "others"
