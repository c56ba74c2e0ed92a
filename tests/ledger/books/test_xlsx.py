"""The journal as a workbook, opened by another library: numbers, dates, texts, control sheet."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.books import Format, Period, export_journal
from ledger.books.lines import pages
from ledger.books.xlsx import Workbook
from tests.ledger.books.autumn import AUTUMN, BOB, CASH, NOW, autumn, draft, post


async def opened(db: AsyncConnection, period: Period) -> Any:
    data = b"".join([piece async for piece in export_journal(db, Format.XLSX, period, 2)])
    return openpyxl.load_workbook(io.BytesIO(data))


async def test_real_numbers_and_dates(db: AsyncConnection) -> None:
    await autumn(db)
    book = await opened(db, Period(*AUTUMN))
    assert book.sheetnames == ["Journal 1", "Control"]
    sheet = book["Journal 1"]
    titles = [cell.value for cell in sheet[1]]
    rows = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(2, values_only=True)]
    late = [row for row in rows if row["key"] == "test:m2"]
    assert [(r["debit"], r["credit"], r["balance_after"]) for r in late] == [
        (20, None, 780), (None, 20, 20),
    ]  # fmt: skip
    assert late[0]["effective_on"] == datetime.fromisoformat("2026-10-31")
    assert late[0]["recorded_at"] == datetime.fromisoformat("2026-11-03T12:00")
    control = {row[0]: row[1:] for row in book["Control"].iter_rows(values_only=True)}
    assert control["RUB"][:2] == (1520, 1520)
    assert (control["journals"][0], control["entries"][0]) == (5, 11)
    assert control["from"][0].date() == date(2026, 9, 1)
    assert sum(row["debit"] or 0 for row in rows) == sum(row["credit"] or 0 for row in rows) == 1520


async def test_kopecks_are_exact(db: AsyncConnection) -> None:
    minor = 9_999_999_999_999
    await post(db, NOW, draft("big", "fix", (CASH, -minor), (BOB, minor)))
    sheet = (await opened(db, Period(NOW.date(), NOW.date())))["Journal 1"]
    assert round(sheet.cell(3, 14).value * 100) == minor


async def test_texts_are_never_formulas(db: AsyncConnection) -> None:
    evil = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://example.org", "'=1")
    legs = ((CASH, -1), (BOB, 1))
    await post(db, NOW, *(draft(f"k{n}", "fix", *legs, memo=m) for n, m in enumerate(evil)))
    sheet = (await opened(db, Period(NOW.date(), NOW.date())))["Journal 1"]
    cells = [sheet.cell(row, 16) for row in range(2, 2 + 2 * len(evil), 2)]
    assert [cell.value for cell in cells] == list(evil)
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [cell.quotePrefix for cell in cells] == [True] * 5 + [False] * 2 + [True]


async def test_a_full_sheet_is_followed_by_another(db: AsyncConnection, tmp_path: Path) -> None:
    await autumn(db)
    path, period = tmp_path / "j.xlsx", Period(*AUTUMN)
    book = Workbook(path, period, rows_a_sheet=4)
    async for lines in pages(db, period, 1):
        book.add(lines)
    book.close({"RUB": (1, 1)}, 5)
    found = openpyxl.load_workbook(path)
    assert found.sheetnames == ["Journal 1", "Journal 2", "Journal 3", "Control"]
    assert [found[name].max_row - 1 for name in found.sheetnames[:3]] == [4, 4, 3]


async def test_an_empty_period_is_a_whole_file(db: AsyncConnection) -> None:
    book = await opened(db, Period(*AUTUMN))
    assert book.sheetnames == ["Journal 1", "Control"]
    assert book["Journal 1"].max_row == 1
