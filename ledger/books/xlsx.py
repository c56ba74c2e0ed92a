"""The journal as an XLSX workbook with real numbers and dates, written row by row.

A sheet holds a million entries; the last sheet, `Control`, says what the others must add up to.
Texts are never formulas: each is a string cell, and one that a spreadsheet would compute if it were
typed again is marked so that it stays a text.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from ledger.books.csv_text import RFC_4180, guarded
from ledger.books.lines import JournalLine
from ledger.books.periods import Period
from ledger.money import CURRENCIES

ROWS_A_SHEET = 1_000_000
TEXT_CHARS_MAX = 32_767  # of a cell, says the format
WIDTHS = (8, 10, 20, 12, 14, 18, 30, 6, 9, 16, 36, 9, 16, 16, 16, 30, 24)


class Workbook:
    """`add` lines, then `close` with the totals; the file is complete only then."""

    def __init__(self, path: Path, period: Period, rows_a_sheet: int = ROWS_A_SHEET) -> None:
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(path.parent)}
        )
        self._period, self._rows_a_sheet = period, rows_a_sheet
        self._head = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._text = self._book.add_format({"quote_prefix": True})
        self._sums = {
            digits: self._book.add_format({"num_format": f"#,##0.{'0' * digits}".rstrip(".")})
            for digits in set(CURRENCIES.values())
        }
        self._sheets: list[int] = []
        self._sheet: Any = None

    def add(self, lines: Iterable[JournalLine]) -> None:
        for line in lines:
            if not self._sheets or self._sheets[-1] == self._rows_a_sheet:
                self._begin_sheet()
            self._sheets[-1] += 1
            self._write(self._sheets[-1], line)

    def close(self, totals: Mapping[str, tuple[int, int]], journals: int) -> None:
        """Add the control sheet and finish the file."""
        if not self._sheets:
            self._begin_sheet()
        sheet = self._book.add_worksheet("Control")
        sheet.set_column(0, 2, 18)
        rows: list[tuple[object, ...]] = [
            ("from", self._period.first),
            ("to", self._period.last),
            ("journals", journals),
            ("entries", sum(self._sheets)),
            ("currency", "debits", "credits"),
        ]
        rows += [(code, *map(_units(code), sums)) for code, sums in sorted(totals.items())]
        rows += [("sheet", "entries")]
        rows += [(_sheet_name(n), count) for n, count in enumerate(self._sheets, 1)]
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                self._cell(sheet, number, column, value)
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets.append(0)
        self._sheet = self._book.add_worksheet(_sheet_name(len(self._sheets)))
        for column, width in enumerate(WIDTHS):
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(RFC_4180.titles):
            self._sheet.write_string(0, column, title, self._head)

    def _write(self, number: int, line: JournalLine) -> None:
        sheet, currency = self._sheet, line.account.currency
        exactly, form = _units(currency), self._sums[CURRENCIES[currency]]
        if line.batch is not None:
            sheet.write_number(number, 0, line.batch)
        sheet.write_number(number, 1, line.journal)
        recorded = line.recorded_at.astimezone(UTC).replace(tzinfo=None)
        sheet.write_datetime(number, 2, recorded, self._moment)
        sheet.write_datetime(number, 3, line.effective_on, self._day)
        for column, text in ((4, line.kind), (5, line.ref), (6, line.key)):
            self._string(number, column, text)
        sheet.write_number(number, 7, line.line)
        sheet.write_number(number, 8, line.account.kind.code)
        sheet.write_string(number, 9, line.account.kind.name.lower())
        self._string(number, 10, line.account.owner)
        sheet.write_string(number, 11, currency)
        if line.debit:
            sheet.write_number(number, 12, exactly(line.debit), form)
        else:
            sheet.write_number(number, 13, exactly(line.credit), form)
        sheet.write_number(number, 14, exactly(line.balance_after), form)
        self._string(number, 15, line.memo)
        self._string(number, 16, line.reverses)

    def _string(self, row: int, column: int, text: str) -> None:
        if text:
            form = self._text if guarded(text) != text else None
            self._sheet.write_string(row, column, text[:TEXT_CHARS_MAX], form)

    def _cell(self, sheet: Any, row: int, column: int, value: object) -> None:
        if isinstance(value, str):
            sheet.write_string(row, column, value, None if column else self._head)
        elif isinstance(value, (int, Decimal)):
            sheet.write_number(row, column, value)
        else:
            sheet.write_datetime(row, column, value, self._day)


def _units(currency: str) -> Any:
    """Minor units → an exact decimal of whole units."""
    digits = CURRENCIES[currency]
    return lambda minor: Decimal(minor).scaleb(-digits)


def _sheet_name(number: int) -> str:
    return f"Journal {number}"
