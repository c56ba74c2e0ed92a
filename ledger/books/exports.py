"""The journal as a file of any size: asked for page by page, given on in pieces.

A file holds the journals that are effective in a period, in the order of recording. The plain-text
languages also get what the accounts held before, and assertions at the end of each month.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, account_of
from ledger.books import csv_text, plain_text, store
from ledger.books.errors import BadExport
from ledger.books.lines import JournalLine, pages
from ledger.books.periods import Period
from ledger.books.plain_text import Stand
from ledger.books.xlsx import Workbook

PAGE_JOURNALS = 250  # in a server that must not pause; a command may take more
PIECE_BYTES = 256 * 1024
TEXTS_A_PIECE = 500


class Format(Enum):
    """What the journal can be written as; value: its stable name."""

    CSV = "csv"
    CSV_RU = "csv-ru"
    XLSX = "xlsx"
    HLEDGER = "hledger"
    BEANCOUNT = "beancount"

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return {"csv-ru": "csv", "hledger": "journal"}.get(self.value, self.value)

    @property
    def media_type(self) -> str:
        kinds = {
            "csv": "text/csv",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
        return kinds.get(self.suffix, "text/plain")


def format_of(name: str) -> Format:
    """Raises: BadExport."""
    try:
        return Format(name)
    except ValueError as error:
        raise BadExport(name) from error


def file_name(form: Format, period: Period) -> str:
    """`minuta-journal-2026-10-01-2026-10-31.csv`."""
    return f"minuta-journal-{period.first}-{period.last}.{form.suffix}"


@dataclass
class _Count:
    """What has gone into the file so far: debits and credits by currency, journals."""

    totals: dict[str, tuple[int, int]] = field(default_factory=dict)
    journals: int = 0

    def add(self, lines: Iterable[JournalLine]) -> None:
        for line in lines:
            debits, credits = self.totals.get(line.account.currency, (0, 0))
            self.totals[line.account.currency] = (debits + line.debit, credits + line.credit)
            self.journals += line.line == 1


async def export_journal(
    db: AsyncConnection, form: Format, period: Period, page_journals: int = PAGE_JOURNALS
) -> AsyncIterator[bytes]:
    """The pieces of the file. Wants a transaction that sees one state from begin to end."""
    if form is Format.XLSX:
        pieces = _xlsx(db, period, page_journals)
    elif form in (Format.CSV, Format.CSV_RU):
        pieces = _csv(db, form, period, page_journals)
    else:
        pieces = _plain(db, form, period, page_journals)
    async for piece in pieces:
        yield piece


async def _csv(
    db: AsyncConnection, form: Format, period: Period, journals: int
) -> AsyncIterator[bytes]:
    dialect = csv_text.RUSSIAN if form is Format.CSV_RU else csv_text.RFC_4180
    count = _Count()
    yield csv_text.head(dialect).encode()
    async for lines in pages(db, period, journals):
        count.add(lines)
        yield csv_text.body(lines, dialect).encode()
    yield csv_text.foot(count.totals, dialect).encode()


async def _xlsx(db: AsyncConnection, period: Period, journals: int) -> AsyncIterator[bytes]:
    count = _Count()
    with tempfile.TemporaryDirectory(prefix="minuta-export-") as folder:
        path = Path(folder) / "journal.xlsx"
        book = Workbook(path, period)
        async for lines in pages(db, period, journals):
            count.add(lines)
            await asyncio.to_thread(book.add, lines)
        await asyncio.to_thread(book.close, count.totals, count.journals)
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                yield piece


@dataclass(frozen=True, slots=True)
class _Language:
    """How one plain-text language says each thing."""

    head: Callable[[str], str]
    known: Callable[[date, Account], str]
    opening: Callable[[date], str]
    held: Callable[[Stand], str]
    lines: Callable[[Iterable[JournalLine]], str]
    closing: Callable[[date], str]
    asserted: Callable[[date, Stand], str]


_LANGUAGES = {
    Format.HLEDGER: _Language(
        head=plain_text.hledger_head,
        known=plain_text.hledger_known,
        opening=plain_text.hledger_opening,
        held=plain_text.hledger_held,
        lines=plain_text.hledger_lines,
        closing=plain_text.hledger_closing,
        asserted=plain_text.hledger_asserted,
    ),
    Format.BEANCOUNT: _Language(
        head=plain_text.beancount_head,
        known=plain_text.beancount_known,
        opening=plain_text.beancount_opening,
        held=plain_text.beancount_held,
        lines=plain_text.beancount_lines,
        closing=plain_text.beancount_closing,
        asserted=plain_text.beancount_asserted,
    ),
}


async def _plain(
    db: AsyncConnection, form: Format, period: Period, journals: int
) -> AsyncIterator[bytes]:
    says = _LANGUAGES[form]
    yield says.head(f"Minuta, {period}").encode()
    async for piece in _pieces(_known(db, says, period)):
        yield piece
    async for piece in _pieces(_opening(db, says, period)):
        yield piece
    async for lines in pages(db, period, journals):
        yield says.lines(lines).encode()
    for month in period.months():
        async for piece in _pieces(_closing(db, says, month)):
            yield piece


async def _known(db: AsyncConnection, says: _Language, period: Period) -> AsyncIterator[str]:
    """The accounts that will be named; one that has several currencies once."""
    last = ""
    async for row in store.all_sums(db, period):
        text = says.known(period.first, account_of(row.kind, row.owner, row.currency))
        if text != last:
            yield text
        last = text


async def _opening(db: AsyncConnection, says: _Language, period: Period) -> AsyncIterator[str]:
    begun = False
    async for row in store.all_sums(db, period):
        if not row.opening:
            continue
        if not begun:
            yield says.opening(period.first)
        begun = True
        yield says.held(Stand(account_of(row.kind, row.owner, row.currency), int(row.opening)))


async def _closing(db: AsyncConnection, says: _Language, month: Period) -> AsyncIterator[str]:
    begun = False
    async for row in store.all_sums(db, month):
        if not begun:
            yield says.closing(month.last)
        begun = True
        minor = int(row.opening + row.credits - row.debits)
        stand = Stand(account_of(row.kind, row.owner, row.currency), minor)
        yield says.asserted(month.last, stand)


async def _pieces(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Many short texts as fewer pieces."""
    waiting: list[str] = []
    async for text in texts:
        waiting.append(text)
        if len(waiting) == TEXTS_A_PIECE:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()
