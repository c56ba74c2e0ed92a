"""Journals of the bank rail, as drafts. Pure.

Each line of a statement moves the account BANK once, under the line's own key, so the books equal
the bank's at every day's end; what a person decides afterwards moves the money on from there.
Credit is positive: money that came in debits BANK, so its leg is negative.
"""

from datetime import date

from ledger.accounts import Account, AccountKind
from ledger.bank.statements import Line
from ledger.journals import Draft, Leg
from ledger.money import Money

SCOPE = "bank"


def bank(account: str, currency: str = "RUB") -> Account:
    """Our money on a bank account; `Rail.BANK` payouts leave it too."""
    return Account(AccountKind.BANK, account, currency)


def suspense(account: str, currency: str = "RUB") -> Account:
    """What came in and belongs to nobody yet."""
    return Account(AccountKind.SUSPENSE, account, currency)


def transit(account: str, currency: str = "RUB") -> Account:
    """What is between our accounts, or went out unexplained."""
    return Account(AccountKind.BANK_TRANSIT, account, currency)


def wallet(party: str, currency: str = "RUB") -> Account:
    return Account(AccountKind.PREPAID, party, currency)


def fees(currency: str = "RUB") -> Account:
    return Account(AccountKind.FEES, "", currency)


def own_funds(currency: str = "RUB") -> Account:
    """The owner's side: opening balances, and what the platform does outside of this ledger."""
    return Account(AccountKind.RETAINED, "", currency)


def opening_draft(account: str, opening: Money, since: date) -> Draft:
    """The balance with which the account enters the books, on the day on which it does."""
    legs = (
        Leg(bank(account, opening.currency), -opening.minor),
        Leg(own_funds(opening.currency), opening.minor),
    )
    return Draft(SCOPE, f"opening:{account}", "bank_opening", legs, account, effective_on=since)


def line_draft(
    line_id: str, account: str, line: Line, other: Account, kind: str, ref: str
) -> Draft:
    """The line itself: BANK against whom it belongs to."""
    legs = (Leg(bank(account, other.currency), -line.minor), Leg(other, line.minor))
    memo = line.purpose[:200]
    return Draft(SCOPE, line_id, kind, legs, ref or line_id, memo, effective_on=line.day)


def decided_draft(line_id: str, minor: int, source: Account, target: Account, ref: str) -> Draft:
    """What two persons decided about a line: from where it waits to where it belongs."""
    legs = (Leg(source, -minor), Leg(target, minor))
    return Draft("bank_decided", line_id, "bank_decided", legs, ref or line_id)
