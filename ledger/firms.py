"""Firms: what the platform owes a firm stays one sum; how the firm divides it is its own affair.

A session of a firm's consultant earns `EARNINGS` of the firm, and that is all that outsiders, the
client's papers and the payout know. Beside it the firm may keep who among its people brought how
much: `MEMBER` accounts against `FIRM_DIVIDED`, a pair off the balance, about the firm and not
about the session.
"""

from collections.abc import Mapping, Sequence

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, Leg
from ledger.money import Money
from ledger.split import apportion


def member_account(firm: str, member: str, currency: str) -> Account:
    return Account(AccountKind.MEMBER, f"{firm}/{member}", currency)


def ref_of(firm: str) -> str:
    """What the internal journals are about: only the firm looks there."""
    return f"firm:{firm}"


def division_draft(
    firm: str,
    session: str,
    number: int,
    earned: Money,
    weights: Sequence[tuple[str, int]],
    given: Mapping[Account, int],
) -> Draft | None:
    """Divide what the firm has `earned` in a session among members by weights, last takes the rest.

    `given` is what its members already have of this session: after a ruling changed the sum, or a
    firm its mind, only the difference is entered, as the session's division `number`. None when
    there is none.
    """
    parts = apportion(earned, [weight for _, weight in weights])
    wanted: dict[Account, int] = {}
    for (member, _), part in zip(weights, parts, strict=True):
        account = member_account(firm, member, earned.currency)
        wanted[account] = wanted.get(account, 0) + part.minor
    change = {a: wanted.get(a, 0) - given.get(a, 0) for a in dict.fromkeys((*given, *wanted))}
    legs = [Leg(account, minor) for account, minor in change.items() if minor]
    total = sum(leg.minor for leg in legs)
    if not legs:
        return None
    contra = Account(AccountKind.FIRM_DIVIDED, firm, earned.currency)
    legs = [Leg(contra, -total), *legs] if total else legs
    return Draft("firm", f"{firm}/{session}:{number}", "firm_division", tuple(legs), ref_of(firm))


def member_paid(firm: str, member: str, amount: Money, key: str) -> Draft:
    """The firm has paid a member by itself, outside the platform."""
    account = member_account(firm, member, amount.currency)
    contra = Account(AccountKind.FIRM_DIVIDED, firm, amount.currency)
    legs = (Leg(account, -amount.minor), Leg(contra, amount.minor))
    return Draft("member_paid", f"{firm}/{key}", "member_paid", legs, ref_of(firm))
