"""A register as an XLSX workbook with real numbers and dates, written row by row.

Texts are string cells, never formulas. The last sheet says what the others must add up to.
"""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from ledger import CURRENCIES
from ledger.books import guarded
from reports.registers import Cell, Column, Control, Kind, Register, Row

ROWS_A_SHEET = 1_000_000
TEXT_CHARS_MAX = 32_767  # of a cell, says the format
CONTROL = ("Сверка", "Control")


class RegisterBook:
    """`add` rows, then `close` with what was added up; the file is complete only then."""

    def __init__(
        self, path: Path, register: Register, zone: tzinfo, russian: bool, most: int = ROWS_A_SHEET
    ) -> None:
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(path.parent)}
        )
        self._register, self._zone, self._russian, self._most = register, zone, russian, most
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._text = self._book.add_format({"quote_prefix": True})
        days = "dd.mm.yyyy hh:mm:ss" if russian else "yyyy-mm-dd hh:mm:ss"
        self._moment = self._book.add_format({"num_format": days})
        self._sums = {
            digits: self._book.add_format({"num_format": f"#,##0.{'0' * digits}".rstrip(".")})
            for digits in set(CURRENCIES.values())
        }
        self._sheet: Any = None
        self._rows: list[int] = []

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if not self._rows or self._rows[-1] == self._most:
                self._begin()
            self._rows[-1] += 1
            self._write(self._rows[-1], row)

    def close(self, control: Control, asked: Iterable[tuple[str, str]]) -> None:
        """Add the control sheet, with what was `asked` for on top, and finish the file."""
        if not self._rows:
            self._begin()
        sheet = self._book.add_worksheet(CONTROL[0 if self._russian else 1])
        sheet.set_column(0, 2, 24)
        at = 0
        for name, said in asked:
            self._string(sheet, at, 0, name, self._head)
            self._string(sheet, at, 1, said)
            at += 1
        self._string(sheet, at, 0, "Строк" if self._russian else "rows", self._head)
        sheet.write_number(at, 1, control.rows)
        for currency, sums in sorted(control.sums.items()):
            for column in self._register.columns:
                if column.key in sums:
                    at += 1
                    self._string(sheet, at, 0, self._title(column), self._head)
                    self._number(sheet, at, 1, column.kind, sums[column.key], currency)
                    self._string(sheet, at, 2, currency)
        self._book.close()

    def _begin(self) -> None:
        self._rows.append(0)
        name = self._register.ru if self._russian else self._register.name
        self._sheet = self._book.add_worksheet(f"{name} {len(self._rows)}"[:31])
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._register.columns):
            self._sheet.set_column(place, place, column.width)
            self._string(self._sheet, 0, place, self._title(column), self._head)

    def _title(self, column: Column) -> str:
        return column.ru if self._russian else column.key

    def _write(self, number: int, row: Row) -> None:
        currency = str(row[self._register.currency])
        for place, (column, cell) in enumerate(zip(self._register.columns, row, strict=True)):
            if isinstance(cell, datetime):
                local = cell.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
                self._sheet.write_datetime(number, place, local, self._moment)
            elif isinstance(cell, str):
                self._string(self._sheet, number, place, cell)
            elif cell is not None:
                self._number(self._sheet, number, place, column.kind, cell, currency)

    def _number(
        self, sheet: Any, row: int, place: int, kind: Kind, cell: Cell, currency: str
    ) -> None:
        assert isinstance(cell, int)
        if kind is Kind.SUM:
            digits = CURRENCIES[currency]
            sheet.write_number(row, place, Decimal(cell).scaleb(-digits), self._sums[digits])
        else:
            sheet.write_number(row, place, cell)

    def _string(self, sheet: Any, row: int, place: int, text: str, form: Any = None) -> None:
        if text:
            form = form or (self._text if guarded(text) != text else None)
            sheet.write_string(row, place, text[:TEXT_CHARS_MAX], form)
