"""A register as CSV: RFC 4180 for programs, and as a Russian spreadsheet opens it by itself. Pure.

Texts that a spreadsheet would compute get an apostrophe, as everywhere in the house.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ledger import CURRENCIES
from ledger.books import guarded, units
from reports.registers import Cell, Control, Kind, Register, Row


@dataclass(frozen=True, slots=True)
class CsvForm:
    """`zone` is where moments are told; the Russian form has its own titles, comma and mark."""

    russian: bool
    zone: tzinfo

    @property
    def delimiter(self) -> str:
        return ";" if self.russian else ","


def head(register: Register, form: CsvForm) -> str:
    titles = [column.ru if form.russian else column.key for column in register.columns]
    return ("\ufeff" if form.russian else "") + _written([titles], form)


def body(register: Register, rows: Iterable[Row], form: CsvForm) -> str:
    return _written((_row(register, row, form) for row in rows), form)


def foot(control: Control, form: CsvForm) -> str:
    """A row a currency with the sums of the whole file; a program's file has none."""
    if not form.russian:
        return ""
    columns, found = control.register.columns, []
    for currency, sums in sorted(control.sums.items()):
        known: dict[str, Cell] = {columns[0].key: "Итого", "currency": currency, **sums}
        row = tuple(known.get(column.key) for column in columns)
        found.append(_row(control.register, row, form))
    return _written(found, form)


def _row(register: Register, row: Row, form: CsvForm) -> list[str]:
    currency = str(row[register.currency])
    return [
        _cell(column.kind, cell, currency, form)
        for column, cell in zip(register.columns, row, strict=True)
    ]


def _cell(kind: Kind, cell: Cell, currency: str, form: CsvForm) -> str:
    if cell is None:
        return ""
    if kind is Kind.SUM and isinstance(cell, int) and currency in CURRENCIES:
        return units(cell, currency, "," if form.russian else ".")
    if isinstance(cell, datetime):
        local = cell.astimezone(form.zone)
        return f"{local:%d.%m.%Y %H:%M:%S}" if form.russian else local.isoformat("T", "seconds")
    return guarded(cell) if isinstance(cell, str) else str(cell)


def _written(rows: Iterable[Iterable[str]], form: CsvForm) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=form.delimiter, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
