"""The accountant's view: turnover, statements, the journal as a file, closed periods.

Days are days of UTC, periods include both ends, amounts are minor units with credit positive.
Figures are always exact: day sums that are rolled up from sealed journals make them fast, and what
came later is added from the entries. Everything here reads, but for the roll-up and for the closing
of a period, which is written once and never undone. Errors are in `ledger.books.errors`.
"""

from ledger.books.closing import Closing as Closing
from ledger.books.closing import close_period, closed_turnover, closings, next_closing
from ledger.books.csv_text import guarded as guarded
from ledger.books.errors import BadExport as BadExport
from ledger.books.errors import BadPeriod as BadPeriod
from ledger.books.errors import BooksError as BooksError
from ledger.books.errors import ClosingRefused as ClosingRefused
from ledger.books.exports import Format, export_journal, file_name, format_of
from ledger.books.lines import units as units
from ledger.books.periods import Axis, Period
from ledger.books.periods import month_of as month_of
from ledger.books.reading import JournalFilter
from ledger.books.reading import JournalRow as JournalRow
from ledger.books.turnover import AccountTurnover as AccountTurnover
from ledger.books.turnover import KindTurnover as KindTurnover
from ledger.books.turnover import Totals as Totals
from ledger.books.turnover import Turnover as Turnover
from ledger.books.verbs import AccountStatement as AccountStatement
from ledger.books.verbs import Line as Line
from ledger.books.verbs import (
    account_statement,
    account_turnover,
    balance_on,
    check_books,
    check_ledger,
    journal,
    journals,
    roll_up,
    turnover,
)
from ledger.views import currencies

__all__ = [
    "Axis",
    "Format",
    "JournalFilter",
    "Period",
    "account_statement",
    "account_turnover",
    "balance_on",
    "check_books",
    "check_ledger",
    "close_period",
    "closed_turnover",
    "closings",
    "currencies",
    "export_journal",
    "file_name",
    "format_of",
    "journal",
    "journals",
    "next_closing",
    "roll_up",
    "turnover",
]
