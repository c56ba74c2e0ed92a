"""The engine of long tables: pagination, sums carried, and text that another program reads back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.pdf import Sheet, drawn
from reports.roll import Cell, Roll, draw_roll, portions
from tests.reports.test_pdf import text_of

COLUMNS = (
    Cell("№", 24, "r"),
    Cell("Что", 36, "l", 200),
    Cell("", 36, "l", 200, "fine", 9.5),
    Cell("Сумма", 492, "r"),
)


@given(st.integers(0, 500), st.integers(3, 40), st.integers(4, 40), st.integers(0, 3))
def test_every_row_has_a_page_and_none_stands_alone(
    rows: int, first: int, others: int, more: int
) -> None:
    first = min(first, others)
    found = portions(rows, first, others, others + more)
    assert sum(found) == rows
    assert all(0 < count <= others + more for count in found)
    assert all(count <= others for count in found[1:-1])
    assert rows < 2 or len(found) < 2 or found[-1] > 1


def pages(rows: list[list[str]], begin: float = 300) -> str:
    def layout(sheet: Sheet) -> None:
        carried = Roll(COLUMNS, rows, 24, lambda n: ["", "Перенесено", "", f"{n},00"])
        sheet.put(60, draw_roll(sheet, begin, carried) + 12, "конец")

    return text_of(drawn("Акт", "U-2026-000001", "0" * 16, layout))


def test_sums_stand_at_the_foot_and_under_the_next_head() -> None:
    text = pages([[str(n), f"строка {n}", "мелко", f"{n},00"] for n in range(1, 101)])
    carried = re.findall(r"Перенесено\s+([0-9]+),00", text)
    assert len(carried) == 8
    assert carried[::2] == carried[1::2]
    assert [f"Лист {n} из 5" in text for n in range(1, 6)] == [True] * 5
    assert text.count("строка ") == 100
    assert "конец" in text


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_rows(count: int) -> None:
    text = pages([[str(n), f"строка {n}", "", "1,00"] for n in range(count)])
    assert text.count("строка ") == count
    assert "Лист 1 из 1" in text


def test_a_roll_does_not_begin_at_the_foot_of_a_page() -> None:
    text = pages([["1", "одна", "", "1,00"]], begin=740)
    assert text.index("Лист 1 из 2") < text.index("одна")


def test_any_text_is_written_and_too_long_ones_end_in_an_ellipsis() -> None:
    """Brackets and backslashes of the page language, marks to compose, glyphs that no font has,
    more letters than one subset of a font holds."""
    many = "".join(
        map(chr, [*range(0x0410, 0x0450), *range(0x00C0, 0x0180), *range(0x1E00, 0x1E90)])
    )
    typed = ["(скобка\\) \\n", "и\u0306од и йод", "привет \u202e мир", "你好你好你好", "W" * 300]
    parts = [many[i : i + 24] for i in range(0, len(many), 24)]
    text = pages([["1", one, "", "1,00"] for one in [*typed, *parts, *typed]])
    assert text.count("(скобка\\) \\n") == 2
    assert text.count("йод и йод") == 2
    assert "[U+202E]" in text
    assert "6\u00a0знаков" in text.replace("6 знаков", "6\u00a0знаков")
    assert re.search(r"W{20,40}…", text)
    assert all(part.replace("\u017f", "ſ")[:8] in text for part in parts[:4])
