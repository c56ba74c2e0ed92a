"""What the accountant's room may refuse.

BooksError
├── BadPeriod          the last day is before the first, or a day is no day of our calendar
├── ClosingRefused     the period cannot be closed (now): `reason` says why
└── BadExport          there is no such format
"""

from datetime import date

from ledger.errors import LedgerError

NOT_WHOLE_MONTHS = "not_whole_months"
NOT_OVER = "not_over"
CLOSED_ALREADY = "closed_already"
OUT_OF_ORDER = "out_of_order"


class BooksError(LedgerError):
    """The root."""


class BadPeriod(BooksError):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} to {last} is no period")
        self.first, self.last = first, last


class ClosingRefused(BooksError):
    """`reason`: not_whole_months, not_over, closed_already, out_of_order.

    `expected` is the first day that a closing must begin with, where one is known.
    """

    def __init__(self, first: date, last: date, reason: str, expected: date | None = None) -> None:
        super().__init__(f"{first} to {last} cannot be closed: {reason}")
        self.first, self.last, self.reason, self.expected = first, last, reason, expected


class BadExport(BooksError):
    def __init__(self, name: str) -> None:
        super().__init__(f"no export as {name}")
        self.name = name
