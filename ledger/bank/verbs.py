"""The bank rail as its accountant reads it: accounts, statements, and what does not agree."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.audit import Fault
from ledger.bank import bookings, store
from ledger.bank.store import BankAccount, BookedLine, BookedStatement
from ledger.control import Actor, RoleRefused
from ledger.money import Money
from ledger.views import balance

STATEMENTS_LISTED = 50
LINES_LISTED = 200
OFFICERS = ("accountant", "curator", "system")


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """An account of ours: what the bank told last, what the books have, and what waits in them.

    `told_until` is the last day told of, None before the first statement; `difference` = books
    less bank, zero when all is well.
    """

    account: BankAccount
    told: Money
    told_until: date | None
    books: Money
    suspense: Money
    transit: Money

    @property
    def difference(self) -> Money:
        return self.books - self.told


def require_officer(actor: Actor, action: str) -> None:
    """Only those who keep the platform's books. Raises: RoleRefused."""
    if actor.role not in OFFICERS:
        raise RoleRefused(actor.role, action)


async def standings(db: AsyncConnection) -> list[AccountStanding]:
    """Every account of ours, by number."""
    found = []
    for account in await store.accounts(db):
        last = await store.last_statement(db, account.number)
        opening = Money(account.opening or 0, account.currency)
        found.append(
            AccountStanding(
                account=account,
                told=Money(last.closing, account.currency) if last else opening,
                told_until=last.last_day if last else None,
                books=-(await balance(db, bookings.bank(account.number))).posted,
                suspense=(await balance(db, bookings.suspense(account.number))).posted,
                transit=-(await balance(db, bookings.transit(account.number))).posted,
            )
        )
    return found


async def booked_statements(db: AsyncConnection) -> list[BookedStatement]:
    """What was booked, newest first."""
    return await store.statements_of(db, STATEMENTS_LISTED)


async def lines(db: AsyncConnection, account: str, before: date | None = None) -> list[BookedLine]:
    """An account's lines, newest first."""
    return await store.lines_of_account(db, account, LINES_LISTED, before)


async def check_bank(db: AsyncConnection) -> list[Fault]:
    """For `minuta check`: books equal the bank's last word, lines equal the books, and SUSPENSE
    equals the lines that wait."""
    faults = []
    for one in await standings(db):
        number = one.account.number
        if one.difference.minor:
            text = f"{one.books.minor} in the books, {one.told.minor} at the bank"
            faults.append(Fault("bank_balance", number, text))
        summed = (one.account.opening or 0) + await store.balance_before(db, number, date.max)
        if summed != one.books.minor:
            text = f"{one.books.minor} in the books, {summed} by lines"
            faults.append(Fault("bank_lines", number, text))
        waits, strange = await store.waiting_sums(db, number)
        if (waits, strange) != (one.suspense.minor, -one.transit.minor):
            text = f"{waits} and {strange} wait, {one.suspense.minor} and {-one.transit.minor} kept"
            faults.append(Fault("bank_suspense", number, text))
    return faults
