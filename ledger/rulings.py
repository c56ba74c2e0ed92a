"""Rulings: the money of a settled session divided anew, by what an arbiter found.

The settlement stays as it is; the ruling is one more journal with the differences. Whoever got too
much gives it back: a provider from earnings, then the reserve, then by a claim of ours
(`ledger.collection`); a client only from what is still in the wallet or the purse, nobody is ever
brought below zero. What cannot be taken is a claim outside these books, told as `short`; it is
missing from the platform's part first and from the providers' last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.accounts import Account, AccountKind
from ledger.collection import cover_draft
from ledger.credit import Drawn, used_legs
from ledger.journals import Draft, JournalView, Leg
from ledger.money import Money
from ledger.settlement import Outcome, Settlement, escrow_of
from ledger.split import Share

KINDS = ("settlement", "ruling")  # journals that divide a session's money
_BESIDE = (AccountKind.ESCROW, AccountKind.PROMO_COST, AccountKind.PROMO_ISSUED)
_BOTTOMLESS = (AccountKind.COMMISSION, AccountKind.EARNINGS)  # earnings are covered


@dataclass(frozen=True, slots=True)
class Ruling:
    """How the session's money is divided after the ruling; `short` could not be taken back."""

    settlement: Settlement
    short: Money


def divided_by(journals: Iterable[JournalView]) -> dict[Account, int]:
    """Who has how much of a session's money by its settlement and rulings, minor units."""
    net: dict[Account, int] = {}
    for journal in journals:
        if journal.kind not in KINDS:
            continue
        for entry in journal.entries:
            if entry.account.kind not in _BESIDE:
                net[entry.account] = net.get(entry.account, 0) + entry.amount.minor
    return net


def wanted_by(divided: Sequence[tuple[Account, Money]]) -> dict[Account, int]:
    """Parts as one sum an account."""
    wanted: dict[Account, int] = {}
    for account, part in divided:
        wanted[account] = wanted.get(account, 0) + part.minor
    return wanted


def legs_between(
    now: Mapping[Account, int], wanted: Mapping[Account, int], free: Mapping[Account, int]
) -> tuple[list[Leg], int]:
    """Entries that lead from one division to the other, and what cannot be taken (minor units).

    Both divisions have the same sum; `free` is what may be debited of the accounts that must not
    fall below zero.
    """
    change = {a: wanted.get(a, 0) - now.get(a, 0) for a in dict.fromkeys((*now, *wanted))}
    legs, short = [], 0
    for account, minor in change.items():
        if minor >= 0:
            continue
        limit = -minor if account.kind in _BOTTOMLESS else max(free.get(account, 0), 0)
        taken = min(-minor, limit)
        short += -minor - taken
        legs += [Leg(account, -taken)] if taken else []
    there = -sum(leg.minor for leg in legs)
    for account in sorted((a for a, minor in change.items() if minor > 0), key=_turn):
        given = min(change[account], there)
        there -= given
        legs += [Leg(account, given)] if given else []
    return legs, short


def _turn(account: Account) -> int:
    """Who is served first when not all can be taken back; sorting keeps the ruling's order."""
    kinds = {AccountKind.EARNINGS: 0, AccountKind.COMMISSION: 2}
    return kinds.get(account.kind, 1)


def ruling_drafts(
    session: str, ruling: str, legs: Sequence[Leg], memo: str, free: Mapping[Account, int]
) -> list[Draft]:
    """The ruling's journal, after the journals that fill up earnings spent meanwhile."""
    credit = [Drawn(leg.account, -leg.minor) for leg in legs if leg.account.kind is _PROMO]
    key = f"{session}:{ruling}"
    covers = [
        cover_draft(f"{key}:{leg.account.owner}", leg.account, -leg.minor, free)
        for leg in legs
        if leg.minor < 0 and leg.account.kind is AccountKind.EARNINGS
    ]
    draft = Draft("rule", key, "ruling", (*legs, *used_legs(credit)), session, memo)
    return [*(cover for cover in covers if cover), draft]


_PROMO = AccountKind.PROMO


def words_of(outcome: Outcome, shares: Sequence[Share], cap_minor: int | None = None) -> str:
    """The ruling in a line, as its journal keeps it: what it found, the shares in basis points,
    the most that the service may cost.

    >>> words_of(Outcome.RULED, [Share(Account(AccountKind.EARNINGS, "ann"), 4000)])
    'ruled EARNINGS(ann)=4000'
    """
    cap = [] if cap_minor is None else [f"cap={cap_minor}"]
    return " ".join([outcome.value, *(f"{share.payee}={share.bp}" for share in shares), *cap])


def total_of(session: str, currency: str, journals: Iterable[JournalView]) -> Money:
    """What the settlement took out of the session's escrow."""
    escrow = escrow_of(session, currency)
    return sum(
        (-entry.amount for j in journals if j.kind in KINDS for entry in j.entries
         if entry.account == escrow),
        Money(0, currency),
    )  # fmt: skip
