"""Workbooks, read back by another library: numbers are numbers, texts are never formulas."""

from datetime import timedelta, timezone
from pathlib import Path

from openpyxl import load_workbook

from reports.registers import DOCUMENTS, SESSIONS, Control, Register, Row, document_row
from reports.workbook import TEXT_CHARS_MAX, RegisterBook
from tests.reports.test_registers import EVIL, issued, sessions

ZONE = timezone(timedelta(hours=3))


def made(path: Path, register: Register, rows: list[Row], most: int = 1000) -> Path:
    book, control = RegisterBook(path, register, ZONE, russian=True, most=most), Control(register)
    control.add(rows)
    book.add(rows)
    book.close(control, (("Реестр", register.ru),))
    return path


def test_real_numbers_and_dates_and_no_formulas(tmp_path: Path) -> None:
    long = "x" * (TEXT_CHARS_MAX + 5)
    rows = [document_row(one, True) for one in (issued(), issued(2, client_name=long))]
    book = load_workbook(made(tmp_path / "a.xlsx", DOCUMENTS, rows))
    sheet = book["Документы 1"]
    titles = [cell.value for cell in sheet[1]]
    first = dict(zip(titles, sheet[2], strict=True))
    assert (first["Сумма"].value, first["Сумма"].data_type) == (1234.56, "n")
    assert f"{first['Выпущен'].value:%Y-%m-%d %H:%M:%S}" == "2026-11-20 15:55:04"
    assert (first["Кому"].value, first["Кому"].data_type) == (EVIL, "s")
    assert first["Кому"].quotePrefix
    assert len(sheet[3][4].value) == TEXT_CHARS_MAX
    assert sheet.freeze_panes == "A2"


def test_the_control_sheet_equals_the_others(tmp_path: Path) -> None:
    book = load_workbook(made(tmp_path / "b.xlsx", SESSIONS, sessions(25), most=10))
    assert book.sheetnames[-1] == "Сверка"
    control = {row[0].value: row[1].value for row in book["Сверка"].iter_rows()}
    assert control["Строк"] == 25
    sheets = [book[name] for name in book.sheetnames[:-1]]
    assert len(sheets) == 3
    for title in ("Начислено", "Платформе", "Минут"):
        place = [cell.value for cell in sheets[0][1]].index(title)
        cells = [row[place].value for sheet in sheets for row in sheet.iter_rows(min_row=2)]
        assert round(sum(cells), 2) == control[title]
    empty = load_workbook(made(tmp_path / "c.xlsx", DOCUMENTS, []))
    assert empty.sheetnames == ["Документы 1", "Сверка"]
