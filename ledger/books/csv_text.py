"""The journal as CSV: RFC 4180 for programs, and as a Russian spreadsheet opens it by itself.

A text that begins with what a spreadsheet takes for a formula gets an apostrophe before it, and so
does one that begins with an apostrophe: whoever takes one apostrophe off has the text unchanged.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from ledger.books.lines import JournalLine, units

_FORMULA = frozenset("=+-@\t\r'")
BOM = "\ufeff"
DAYS_KEPT = 64  # lines that stand together have their days in common


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written: what parts fields, the decimal point, how days look."""

    delimiter: str
    point: str
    day: str
    moment: str
    head: str
    titles: tuple[str, ...]
    total: str


RFC_4180 = Dialect(
    delimiter=",",
    point=".",
    day="%Y-%m-%d",
    moment="%Y-%m-%dT%H:%M:%SZ",
    head="",
    titles=(
        "batch", "journal", "recorded_at", "effective_on", "kind", "ref", "key", "line", "account",
        "account_name", "owner", "currency", "debit", "credit", "balance_after", "memo", "reverses",
    ),
    total="total",
)  # fmt: skip
RUSSIAN = Dialect(
    delimiter=";",
    point=",",
    day="%d.%m.%Y",
    moment="%d.%m.%Y %H:%M:%S",
    head=BOM,
    titles=(
        "Пакет", "Проводка", "Записано (UTC)", "Дата", "Вид", "О чём", "Ключ", "Строка", "Счёт",
        "Название счёта", "Владелец", "Валюта", "Дебет", "Кредит", "Остаток", "Примечание",
        "Сторнирует",
    ),
    total="Итого",
)  # fmt: skip


def guarded(text: str) -> str:
    """A text cell that no spreadsheet computes.

    >>> guarded("=1+1"), guarded("'quoted"), guarded("plain = text")
    ("'=1+1", "''quoted", 'plain = text')
    """
    return f"'{text}" if text[:1] in _FORMULA else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell.removeprefix("'")


def head(dialect: Dialect) -> str:
    return dialect.head + _written([dialect.titles], dialect)


def body(lines: Iterable[JournalLine], dialect: Dialect) -> str:
    """A row an entry; a movement stands in one of the columns debit and credit."""
    return _written((_row(line, dialect) for line in lines), dialect)


def foot(totals: Mapping[str, tuple[int, int]], dialect: Dialect) -> str:
    """A row a currency: debits and credits of the whole file."""
    rows = []
    for currency, (debits, credits) in sorted(totals.items()):
        row = [""] * len(dialect.titles)
        row[4], row[11] = dialect.total, currency
        row[12] = units(debits, currency, dialect.point)
        row[13] = units(credits, currency, dialect.point)
        rows.append(row)
    return _written(rows, dialect)


def _row(line: JournalLine, dialect: Dialect) -> list[object]:
    currency, point = line.account.currency, dialect.point
    return [
        "" if line.batch is None else line.batch,
        line.journal,
        _moment(line.recorded_at, dialect),
        _day(line.effective_on, dialect),
        guarded(line.kind),
        guarded(line.ref),
        guarded(line.key),
        line.line,
        line.account.kind.code,
        line.account.kind.name.lower(),
        guarded(line.account.owner),
        currency,
        units(line.debit, currency, point) if line.debit else "",
        units(line.credit, currency, point) if line.credit else "",
        units(line.balance_after, currency, point),
        guarded(line.memo),
        guarded(line.reverses),
    ]


@lru_cache(maxsize=DAYS_KEPT)
def _moment(at: datetime, dialect: Dialect) -> str:
    return at.astimezone(UTC).strftime(dialect.moment)


@lru_cache(maxsize=DAYS_KEPT)
def _day(day: date, dialect: Dialect) -> str:
    return day.strftime(dialect.day)


def _written(rows: Iterable[Iterable[object]], dialect: Dialect) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=dialect.delimiter, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
