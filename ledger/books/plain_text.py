"""The journal in the languages of plain-text accounting: hledger and beancount.

There a debit is positive, so every sign is turned. Accounts are class, kind and owner; characters
that a language does not allow in a name are written by their codes, so no two owners meet.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from urllib.parse import quote

from ledger.accounts import Account
from ledger.books.lines import JournalLine, units
from ledger.books.periods import DAY
from ledger.money import CURRENCIES

ROOTS = {"A": "Assets", "L": "Liabilities", "Q": "Equity", "I": "Income", "E": "Expenses"}
PLATFORM = "Platform"  # the owner "" of accounts that belong to the house
OPENING = "opening balances"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9-]|-(?=u[0-9A-F])")


@dataclass(frozen=True, slots=True)
class Stand:
    """What an account held when a period began or ended (minor units, credit positive)."""

    account: Account
    minor: int


def amount(minor: int, currency: str) -> str:
    """Debit positive: `-200.00 RUB` is a credit."""
    return f"{units(-minor, currency)} {currency}"


def one_line(text: str) -> str:
    """Without breaks and control characters."""
    return _CONTROL.sub(" ", text)


def _kind_name(account: Account) -> str:
    return "".join(word.capitalize() for word in account.kind.name.split("_"))


# --- hledger


def hledger_account(account: Account) -> str:
    """`Liabilities:Prepaid:bob`; other characters of an owner as in addresses, by %XX."""
    owner = quote(account.owner, safe="-._~@") if account.owner else PLATFORM
    owner = f"%{ord(owner[0]):02X}{owner[1:]}" if account.owner == PLATFORM else owner
    return f"{ROOTS[account.kind.account_class]}:{_kind_name(account)}:{owner}"


def hledger_head(title: str) -> str:
    """Commodities, so that strict checking knows them."""
    coins = [f"commodity 1000.{'0' * digits} {code}" for code, digits in CURRENCIES.items()]
    return "\n".join([f"; {one_line(title)}", *coins]) + "\n"


def hledger_known(_day: date, account: Account) -> str:
    return f"account {hledger_account(account)}\n"


def hledger_opening(day: date) -> str:
    """The first line of the transaction that holds what the accounts held before the first day."""
    return f"\n{day} * {OPENING}\n"


def hledger_held(stand: Stand) -> str:
    return f"    {hledger_account(stand.account)}  {_of(stand)}\n"


def hledger_lines(lines: Iterable[JournalLine]) -> str:
    """Transactions; the lines of each stand together."""
    written: list[str] = []
    for line in lines:
        if line.line == 1:
            code = one_line(line.key).replace("(", "[").replace(")", "]")
            said = one_line(f"{line.kind} {line.ref} {line.memo}".strip()).replace(";", ",")
            at = line.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
            written.append(f"\n{line.effective_on} * ({code}) {said}")
            written.append(f"    ; journal: {line.journal}, recorded: {at}")
            if line.reverses:
                written.append(f"    ; reverses: {one_line(line.reverses)}")
        sum_ = amount(line.minor, line.account.currency)
        written.append(f"    {hledger_account(line.account)}  {sum_}")
    return "\n".join(written) + "\n"


def hledger_closing(day: date) -> str:
    """The first line of the transaction that asserts what the accounts held after a day."""
    return f"\n{day} * closing balances\n"


def hledger_asserted(_day: date, stand: Stand) -> str:
    name, nothing = hledger_account(stand.account), amount(0, stand.account.currency)
    return f"    {name}  {nothing} = {_of(stand)}\n"


# --- beancount


def beancount_account(account: Account) -> str:
    """`Liabilities:Prepaid:O-bob`; other characters of an owner by -uXXXX."""
    owner = _NOT_IN_NAME.sub(lambda m: f"-u{ord(m[0]):04X}", account.owner)
    leaf = f"O-{owner}" if account.owner else PLATFORM
    return f"{ROOTS[account.kind.account_class]}:{_kind_name(account)}:{leaf}"


def beancount_head(title: str) -> str:
    return f'option "title" {_string(title)}\n'


def beancount_known(day: date, account: Account) -> str:
    return f"{day} open {beancount_account(account)}\n"


def beancount_opening(day: date) -> str:
    return f'\n{day} * "{OPENING}"\n'


def beancount_held(stand: Stand) -> str:
    return f"  {beancount_account(stand.account)}  {_of(stand)}\n"


def beancount_lines(lines: Iterable[JournalLine]) -> str:
    written: list[str] = []
    for line in lines:
        if line.line == 1:
            written.append(
                f"\n{line.effective_on} * {_string(line.kind)} {_string(line.memo)}\n"
                f"  key: {_string(line.key)}\n  ref: {_string(line.ref)}"
            )
            if line.reverses:
                written.append(f"  reverses: {_string(line.reverses)}")
        sum_ = amount(line.minor, line.account.currency)
        written.append(f"  {beancount_account(line.account)}  {sum_}")
    return "\n".join(written) + "\n"


def beancount_closing(_day: date) -> str:
    return "\n"


def beancount_asserted(day: date, stand: Stand) -> str:
    """Its assertions hold at the beginning of a day, so they are of the day after."""
    return f"{day + DAY} balance {beancount_account(stand.account)}  {_of(stand)}\n"


def _of(stand: Stand) -> str:
    return amount(stand.minor, stand.account.currency)


def _string(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
