"""The journal as CSV: read back whole in both dialects, and nothing in it is a formula."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.books import Format, Period, export_journal
from ledger.books.csv_text import BOM, guarded, unguarded
from tests.ledger.books.autumn import AUTUMN, BOB, CASH, NOW, OCTOBER, autumn, draft, post

EVIL = ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", 'plain, "quoted"; text')


async def text_of(db: AsyncConnection, form: Format, period: tuple[object, object]) -> str:
    pieces = [piece async for piece in export_journal(db, form, Period(*period), 2)]  # type: ignore[arg-type]
    return b"".join(pieces).decode()


def rows_of(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@given(st.text())
def test_guarding_loses_nothing(text: str) -> None:
    cell = guarded(text)
    assert cell[:1] not in tuple("=+-@\t\r")
    assert (unguarded(cell) if cell[:1] == "'" else cell) == text


async def test_every_entry_is_a_row(db: AsyncConnection) -> None:
    await autumn(db)
    text = await text_of(db, Format.CSV, AUTUMN)
    assert text.count("\r\n") == text.count("\n") == 1 + 11 + 1
    *rows, total = rows_of(text)
    settle = [row for row in rows if row["key"] == "test:s1"]
    assert [(r["line"], r["account"], r["owner"], r["debit"], r["credit"]) for r in settle] == [
        ("1", "2020", "S-2026-000001", "200.00", ""),
        ("2", "4010", "", "", "20.00"),
        ("3", "2040", "ann", "", "180.00"),
    ]
    assert (settle[0]["recorded_at"], settle[0]["effective_on"]) == (
        "2026-10-31T23:00:00Z", "2026-10-31",
    )  # fmt: skip
    assert settle[0]["memo"] == "resolved"
    for side in ("debit", "credit"):
        assert sum(Decimal(row[side] or 0) for row in rows) == Decimal(total[side])
    assert {title: cell for title, cell in total.items() if cell} == {
        "kind": "total", "currency": "RUB", "debit": "1520.00", "credit": "1520.00",
    }  # fmt: skip


async def test_only_what_is_effective_in_the_period(db: AsyncConnection) -> None:
    await autumn(db)
    rows = rows_of(await text_of(db, Format.CSV, OCTOBER))
    assert {row["key"] for row in rows[:-1]} == {"test:m1", "test:s1", "test:m2"}


async def test_the_russian_variant(db: AsyncConnection) -> None:
    await autumn(db)
    text = await text_of(db, Format.CSV_RU, OCTOBER)
    assert text.startswith(BOM)
    rows = rows_of(text.removeprefix(BOM), ";")
    late = [row for row in rows if row["Ключ"] == "test:m2"]
    assert [(r["Дата"], r["Записано (UTC)"], r["Дебет"], r["Кредит"]) for r in late] == [
        ("31.10.2026", "03.11.2026 12:00:00", "20,00", ""),
        ("31.10.2026", "03.11.2026 12:00:00", "", "20,00"),
    ]
    assert (rows[-1]["Вид"], rows[-1]["Дебет"]) == ("Итого", "420,00")


@pytest.mark.parametrize("form", [Format.CSV, Format.CSV_RU])
async def test_texts_are_never_formulas(db: AsyncConnection, form: Format) -> None:
    legs = ((CASH, -1), (BOB, 1))
    await post(db, NOW, *(draft(f"k{n}", "fix", *legs, memo=m) for n, m in enumerate(EVIL)))
    text = (await text_of(db, form, (NOW.date(), NOW.date()))).removeprefix(BOM)
    column, delimiter = ("Примечание", ";") if form is Format.CSV_RU else ("memo", ",")
    found = [row[column] for row in rows_of(text, delimiter)[:-1]]
    assert not [cell for cell in found if cell[0] in "=+-@\t\r"]
    assert [unguarded(cell) for cell in found[::2]] == list(EVIL)
