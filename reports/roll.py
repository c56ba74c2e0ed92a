"""A table of any length, drawn straight onto the sheet: fixed rows, running heads, sums carried.

Ten thousand rows are ten times cheaper here than in a layout engine, because nothing is measured
that need not be: every row has one height, every column one place, a page is one text object a
style. Texts that are too long for their column end in an ellipsis; the whole text is in the data
that is attached to the paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.pdf import BOTTOM, HEIGHT, INK, LEFT, LINE, Sheet

HEAD = 20.0  # titles of the columns and the rule below them
CARRY = 18.0  # a row of sums at the foot of a page or under its head
ABOVE = 10.0  # from the hairline over a row to its baseline
MIN_ROWS = 3  # no fewer on the first page of a roll


@dataclass(frozen=True, slots=True)
class Cell:
    """A column: where its text stands from the left margin, how, and in which line of the row.

    `x` is the left or right edge by `align`; `width` is the room of a left text, 0 for no limit;
    `drop` lowers the text below the row's first baseline.
    """

    title: str
    x: float
    align: str = "l"
    width: float = 0
    style: str = "body"
    drop: float = 0


@dataclass(frozen=True, slots=True)
class Roll:
    """What to draw: columns, rows of texts, and the words of the sums after so many rows.

    `carried(n)` answers the texts of the row of sums after n rows, one a column; `None` for tables
    without sums.
    """

    columns: tuple[Cell, ...]
    rows: Sequence[Sequence[str]]
    step: float
    carried: Callable[[int], Sequence[str]] | None = None

    @property
    def foot(self) -> float:
        return CARRY if self.carried else 0


def portions(rows: int, first: int, others: int, last: int) -> list[int]:
    """How many rows each page takes: `first` on this page, then `others`, at most `last` on the
    last page, which needs no row of sums; one row never stands alone there.

    >>> portions(10, 4, 5, 6), portions(3, 4, 5, 6), portions(9, 4, 4, 5), portions(6, 5, 5, 6)
    ([4, 6], [3], [4, 5], [4, 2])
    """
    left, found, room, end = rows, [], first, first + last - others
    while left > end:
        found.append(min(room, left))
        left -= found[-1]
        room, end = others, last
    if left == 1 and found and found[-1] > 1:
        found[-1], left = found[-1] - 1, 2
    return [*found, left] if left else found


def draw_roll(sheet: Sheet, y: float, roll: Roll) -> float:
    """Draw over as many pages as it takes; answers the y below the last row."""
    if y + HEAD + MIN_ROWS * roll.step + roll.foot > BOTTOM:
        y = sheet.new_page() + 18
    first = int((BOTTOM - y - HEAD - roll.foot) // roll.step)
    others = int((BOTTOM - _top(roll) - roll.foot) // roll.step)
    pages = portions(len(roll.rows), first, others, others + int(roll.foot // roll.step))
    done, at = 0, _titles(sheet, y, roll)
    for n, count in enumerate(pages):
        if n:
            at = _turned(sheet, roll, done, at)
        _rows(sheet, at, roll, roll.rows[done : done + count])
        done, at = done + count, at + count * roll.step
    return at


def _top(roll: Roll) -> float:
    """Where rows begin on a page that continues the roll."""
    return 48 + 15 + 18 + HEAD + roll.foot


def _turned(sheet: Sheet, roll: Roll, done: int, at: float) -> float:
    """Sums at the foot, a new page, its head, the same sums: answers where rows go on."""
    if roll.carried:
        _sums(sheet, at, roll, done)
    at = _titles(sheet, sheet.new_page() + 18, roll)
    if roll.carried:
        _sums(sheet, at, roll, done)
    return _top(roll)


def _titles(sheet: Sheet, y: float, roll: Roll) -> float:
    for cell in roll.columns:
        if cell.title:
            sheet.put(LEFT + cell.x, y, cell.title, "label", cell.align)
    sheet.rule(y + 6, ink=INK)
    return y + HEAD


def _sums(sheet: Sheet, y: float, roll: Roll, done: int) -> None:
    assert roll.carried is not None
    for cell, text in zip(roll.columns, roll.carried(done), strict=True):
        if text:
            sheet.put(LEFT + cell.x, y, text, "strong", cell.align)
    sheet.rule(y + 6, ink=LINE)


def _rows(sheet: Sheet, y: float, roll: Roll, rows: Sequence[Sequence[str]]) -> None:
    """The rows of one page: a text object a style, then the hairlines."""
    styles: dict[str, list[str]] = {}
    for n, cell in enumerate(roll.columns):
        codes = sheet.codes(cell.style)
        out = styles.setdefault(cell.style, [codes.select])
        foot, edge = HEIGHT - y - cell.drop, LEFT + cell.x
        shown, width, fitted = codes.shown, codes.width, codes.fitted
        for i, row in enumerate(rows):
            text = row[n]
            if not text:
                continue
            if cell.align == "r":
                x = edge - width(text)
            else:
                x, text = edge, fitted(text, cell.width) if cell.width else text
            out.append(f"1 0 0 1 {x:.2f} {foot - i * roll.step:.2f} Tm {shown(text)}")
    for style, operators in styles.items():
        sheet.block(operators, style)
    sheet.rules([y + (i + 1) * roll.step - ABOVE for i in range(len(rows))])
