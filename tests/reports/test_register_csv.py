"""Both forms of CSV, read back by the standard library."""

import csv
import io
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from reports.register_csv import CsvForm, body, foot, head
from reports.registers import DOCUMENTS, SESSIONS, Control, Register, Row, document_row
from tests.reports.test_registers import EVIL, issued, sessions

ZONE = timezone(timedelta(hours=3))


def text(register: Register, rows: list[Row], russian: bool) -> str:
    form, control = CsvForm(russian, ZONE), Control(register)
    control.add(rows)
    return head(register, form) + body(register, rows, form) + foot(control, form)


def test_for_programs() -> None:
    made = text(DOCUMENTS, [document_row(issued(client_name='a,"b"\r\nc'), False)], False)
    [row] = csv.DictReader(io.StringIO(made, newline=""))
    assert (row["amount"], row["party"]) == ("1234.56", 'a,"b"\r\nc')
    assert row["issued_at"] == "2026-11-20T15:55:04+03:00"
    assert made.endswith("\r\n")


def test_for_a_russian_spreadsheet() -> None:
    rows = sessions(7)
    made = text(SESSIONS, rows, True)
    assert made.startswith("\ufeffСеанс;Окончен;")
    found = list(csv.DictReader(io.StringIO(made[1:], newline=""), delimiter=";"))
    assert len(found) == 8
    assert found[-1]["Сеанс"] == "Итого"
    minor = [int(row["Начислено"].replace(",", "")) for row in found]
    assert minor[-1] == sum(minor[:-1])
    assert found[0]["Окончен"].count(".") == 2


def test_a_formula_is_a_text() -> None:
    for russian in (True, False):
        made = text(DOCUMENTS, [document_row(issued(), russian)], russian)
        [row, *_] = csv.reader(io.StringIO(made.splitlines()[1]), delimiter=";" if russian else ",")
        assert row[4] == f"'{EVIL}"


@given(st.text(max_size=30), st.booleans())
def test_any_text_comes_back_and_none_is_computed(name: str, russian: bool) -> None:
    made = text(DOCUMENTS, [document_row(issued(client_name=name), russian)], russian)
    delimiter = ";" if russian else ","
    rows = list(csv.reader(io.StringIO(made, newline=""), delimiter=delimiter))
    assert rows[1][4] in (name, f"'{name}")
    assert rows[1][4][:1] not in tuple("=+-@\t\r")
