"""What is asked of the books in an address: a period, one of two days, a currency, a filter.

What cannot be read is the month of today, with a word beside the field; nobody is turned away for a
mistyped day.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from ledger import Account, AccountKind, Money, books
from ledger.books import Axis
from web.forms import money_of
from web.shapes import Errors

LINES_ON_PAGE = 50
FIRST_YEAR, LAST_YEAR = 2000, 2999
FILTER_CHARS_MAX = 120
FILTERS = ("kind", "ref", "account", "owner", "amount")
ACCOUNT_KINDS = {kind.name.lower(): kind for kind in AccountKind}
_CODE = re.compile("[A-Z]{3}")
NO_OWNER = "~"  # stands in an address for the owner "" of the platform's own accounts


@dataclass(frozen=True, slots=True)
class Question:
    """A period of whole days, by which day of a journal, in which currency."""

    first: date
    last: date
    by: Axis
    currency: str
    today: date
    amount: Money | None = None
    errors: Errors = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The same question as a query string."""
        given = {"first": self.first, "last": self.last}
        rest = {"by": self.by.value, "currency": self.currency}
        usual = {"by": Axis.EFFECTIVE.value, "currency": "RUB"}
        return urlencode(given | {k: v for k, v in rest.items() if usual[k] != v})


def question_of(query: Mapping[str, str], today: date, _: Callable[..., str]) -> Question:
    """`_` says what is wrong in the reader's language."""
    month = books.month_of(today)
    errors: dict[str, str] = {}
    first, last = day_of(query.get("first")), day_of(query.get("last"))
    if query.get("first") and first is None:
        errors["first"] = _("This is no day")
    if query.get("last") and last is None:
        errors["last"] = _("This is no day")
    first = first or (last.replace(day=1) if last else month.first)
    last = last or max(month.last, first)
    if first > last:
        errors["last"] = _("The last day is before the first")
        first, last = month.first, month.last
    amount = money_of(query.get("amount", ""), _currency(query))
    if query.get("amount") and amount is None:
        errors["amount"] = _("Write the sum in figures")
    by = Axis.RECORDED if query.get("by") == Axis.RECORDED.value else Axis.EFFECTIVE
    return Question(first, last, by, _currency(query), today, amount, errors)


def typed_of(query: Mapping[str, str]) -> dict[str, str]:
    """The filter of journals as typed."""
    return {name: query.get(name, "").strip()[:FILTER_CHARS_MAX] for name in FILTERS}


def day_of(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def line_of(text: str) -> tuple[date, int] | None:
    """Where a statement goes on: `2026-10-31.17`, day and version of the line before."""
    day, _, version = text.partition(".")
    found = day_of(day)
    return (found, int(version)) if found and _is_number(version) else None


def number_of(text: str) -> int | None:
    return int(text) if _is_number(text) else None


def account_path(account: Account) -> str:
    """`/books/accounts/prepaid/bob`."""
    owner = quote(account.owner, safe="") or NO_OWNER
    return f"/books/accounts/{account.kind.name.lower()}/{owner}"


def _currency(query: Mapping[str, str]) -> str:
    wanted = query.get("currency", "")
    return wanted if _CODE.fullmatch(wanted) else "RUB"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
