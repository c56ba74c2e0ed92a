"""A sheet of paper: the only file that speaks to reportlab.

One grid: A4, 12 columns of 30 pt with 12 pt gutters, baseline every 12 pt; `y` is the distance from
the top edge to a baseline. Text is drawn as text, never parsed as markup. The same calls give the
same bytes on every run (reportlab's invariant mode, fonts from packages, no clock).
"""

import io
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_roboto
import fontpkg_ibm_plex_mono  # type: ignore[import-untyped]
import segno
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from reports.glyph_codes import GlyphCodes
from reports.glyphs import printable
from reports.wording import bind

HEIGHT = A4[1]
ROW, MODULE, GUTTER, WIDTH = 12.0, 42.0, 12.0, 492.0
LEFT: float = (A4[0] - WIDTH) / 2
RIGHT, TOP, BOTTOM = LEFT + WIDTH, 48.0, 776.0
INK, MUTED, LINE, ACCENT, WARN = (
    HexColor(code) for code in ("#12161C", "#4A5564", "#D3D9E2", "#1D4ED8", "#B26F00")
)
REGULAR, MEDIUM, MONO = "Minuta", "MinutaMedium", "MinutaMono"
PAGES_MAX = 20_000
#: No fewer characters of a word that was cut stand alone on its last line.
TAIL_MIN = 8


@dataclass(frozen=True, slots=True)
class Style:
    face: str
    size: float
    leading: float
    ink: Color


STYLES = {
    "h1": Style(MEDIUM, 22, 24, INK),
    "number": Style(REGULAR, 11, 12, INK),
    "figure": Style(REGULAR, 18, 24, INK),
    "total": Style(MEDIUM, 18, 24, ACCENT),
    "strong": Style(MEDIUM, 8.5, 12, INK),
    "body": Style(REGULAR, 8.5, 12, INK),
    "quiet": Style(REGULAR, 8.5, 12, MUTED),
    "label": Style(REGULAR, 7, 12, MUTED),
    "fine": Style(REGULAR, 7, 9, MUTED),
    "log": Style(REGULAR, 7, 10, INK),
    "logquiet": Style(REGULAR, 7, 10, MUTED),
    "mono": Style(MONO, 6.5, 10, INK),
    "monofine": Style(MONO, 6.5, 12, MUTED),
}
#: Streams stay bytes: the archive step writes them anew, and base 85 is a third of a roll's cost.
rl_config.useA85 = 0
#: reportlab's font registry and subsets are global: one drawing at a time.
_DRAWING = threading.Lock()


def col(n: int) -> float:
    """Left edge of column n, 1 to 12."""
    return LEFT + (n - 1) * MODULE


def span(n: int) -> float:
    """Width of n columns with the gutters between them."""
    return n * MODULE - GUTTER


@cache
def _glyphs() -> dict[str, frozenset[int]]:
    """Register the fonts; answer which characters each can draw."""
    roboto, plex = (
        Path(str(package.__file__)).parent / "files"
        for package in (font_roboto, fontpkg_ibm_plex_mono)
    )
    known = {}
    for name, file in (
        (REGULAR, roboto / "Roboto-Regular.ttf"),
        (MEDIUM, roboto / "Roboto-Medium.ttf"),
        (MONO, plex / "IBMPlexMono-Regular.ttf"),
    ):
        font = TTFont(name, str(file))
        pdfmetrics.registerFont(font)
        known[name] = frozenset(font.face.charToGlyph)
        widths = {font.stringWidth(digit, 1000) for digit in "0123456789"}
        assert len(widths) == 1, f"{file.name}: figures are not tabular"
    return known


def width(text: str, style: str) -> float:
    face = STYLES[style]
    plain = printable(text, _glyphs()[face.face])
    return float(pdfmetrics.stringWidth(plain, face.face, face.size))


def wrap(text: str, style: str, limit: float) -> list[str]:
    """Greedy lines at spaces; a longer word is cut after / - . _ or, failing that, anywhere."""
    lines, line = [], ""
    for word in re.split(r"[ \n\t]+", bind(printable(text, _glyphs()[STYLES[style].face]))):
        longer = f"{line} {word}".strip()
        if width(longer, style) <= limit:
            line = longer
            continue
        lines += [line] if line else []
        line = word
        while width(line, style) > limit:
            cut = _cut(line, style, limit)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def _cut(word: str, style: str, limit: float) -> int:
    """How many characters of an overlong word fit, at a soft place when there is one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(word[:middle], style) <= limit else (low, middle - 1)
    end = min(low, len(word) - TAIL_MIN)
    soft = max(word.rfind(mark, 0, end) for mark in "/-._\u00a0") + 1
    return soft if soft > low // 3 else low


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: title, x from the left margin, alignment, width when it wraps."""

    title: str
    x: float
    align: str = "l"
    width: float = 0


class Sheet:
    """A live canvas with a running head and foot; finished once by `bytes`."""

    def __init__(self, title: str, number: str, foot: str, english: bool = False) -> None:
        _glyphs()
        self.title, self.number, self.foot, self.page = title, number, foot, 1
        self.english, self._section = english, ""
        self._codes: dict[str, GlyphCodes] = {}
        self._drawn: list[list[str]] = []
        self._buffer = io.BytesIO()
        self._canvas = Canvas(
            self._buffer,
            A4,
            initialFontName=REGULAR,
            invariant=1,
            pageCompression=1,
            lang="en-GB" if english else "ru-RU",
        )
        self._canvas.setTitle(f"{title} № {number}")
        self._frame()

    def _frame(self) -> None:
        """Mark and running head above, foot with the number and the chain below."""
        y = TOP
        self._pen(ACCENT, 1.6, cap=1)
        self._canvas.arc(
            LEFT + 0.8, HEIGHT - y - 1.2, LEFT + 8.4, HEIGHT - y + 6.4, startAng=115, extent=310
        )
        self.put(LEFT + 13.5, y, "Минута", "strong")
        if self.page > 1:
            self.put(RIGHT, y, f"{self.title} № {self.number}", "label", "r")
            self.rule(y + 13)
        self.rule(800)
        self.put(LEFT, 813, f"{self.title} № {self.number}", "label")
        self.put(col(7), 813, self.foot, "monofine")

    def new_page(self) -> float:
        """Turn the page; answers the y where a section may begin."""
        assert self.page < PAGES_MAX, "a document without end"
        self._put_aside()
        self.page += 1
        self._frame()
        return TOP + 15

    def _put_aside(self) -> None:
        """A drawn page waits for its number until it is known how many there are."""
        self._drawn.append(self._canvas._code)
        self._canvas._code = []

    def continued(self) -> float:
        """Turn the page inside a section and hang its name again; answers the next baseline."""
        y = self.new_page() + 18
        self.put(LEFT, y, self._section, "strong")
        self.put(LEFT, y + 12, "continued" if self.english else "продолжение", "label")
        return y

    def room(self, y: float, height: float) -> float:
        """`y` itself when `height` more points fit on this page, else the top of the next."""
        return y if y + height <= BOTTOM else self.new_page()

    def codes(self, style: str) -> GlyphCodes:
        """The characters of a style as this document writes them."""
        if style not in self._codes:
            face = STYLES[style]
            font, known = pdfmetrics.getFont(face.face), _glyphs()[face.face]
            self._codes[style] = GlyphCodes(font, self._canvas._doc, face.size, known)
        return self._codes[style]

    def block(self, operators: Sequence[str], style: str) -> None:
        """Operators of one text object, in the ink of a style; y runs upwards from the foot."""
        ink = STYLES[style].ink
        colour = f"{ink.red:.4g} {ink.green:.4g} {ink.blue:.4g} rg"
        self._canvas._code.append(f"BT {colour} {' '.join(operators)} ET")

    def bytes(self) -> bytes:
        """The whole file, each page with its number."""
        self._put_aside()
        page, of = ("Page", "of") if self.english else ("Лист", "из")
        for n, code in enumerate(self._drawn, 1):
            self._canvas._code = code
            self.put(RIGHT, 813, f"{page} {n} {of} {self.page}", "label", "r")
            self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def put(self, x: float, y: float, text: str, style: str = "body", align: str = "l") -> None:
        """One line of text; what the font lacks is named, never silently lost."""
        face = STYLES[style]
        self._canvas.setFont(face.face, face.size)
        self._canvas.setFillColor(face.ink)
        draw = {"l": "drawString", "r": "drawRightString", "c": "drawCentredString"}[align]
        getattr(self._canvas, draw)(x, HEIGHT - y, printable(text, _glyphs()[face.face]))

    def flow(self, x: float, y: float, limit: float, text: str, style: str = "body") -> float:
        """Wrapped text that may turn the page; returns the baseline after its last line."""
        for line in wrap(text, style, limit):
            if y > BOTTOM:
                y = self.continued()
            self.put(x, y, line, style)
            y += STYLES[style].leading
        return y

    def rule(
        self,
        y: float,
        x0: float = LEFT,
        x1: float = RIGHT,
        ink: Color = LINE,
        weight: float = 0.5,
    ) -> None:
        self._pen(ink, weight)
        self._canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)

    def rules(self, ys: Sequence[float]) -> None:
        """Hairlines across the whole width, in one stroke."""
        self._pen(LINE)
        feet = [f"{HEIGHT - y:.2f}" for y in ys]
        strokes = [f"{LEFT:.2f} {foot} m {RIGHT:.2f} {foot} l" for foot in feet]
        self._canvas._code.append(f"n {' '.join(strokes)} S")

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: Color | None = None,
        stroke: Color | None = None,
    ) -> None:
        self._pen(stroke or INK, 0.6, fill or INK)
        self._canvas.rect(x, HEIGHT - y - h, w, h, stroke=int(bool(stroke)), fill=int(bool(fill)))

    def hatch(self, x: float, y: float, w: float, h: float, ink: Color, step: float = 2.4) -> None:
        """Diagonal lines inside a rectangle."""
        with self._kept():
            clip = self._canvas.beginPath()
            clip.rect(x, HEIGHT - y - h, w, h)
            self._canvas.clipPath(clip, stroke=0)
            self._pen(ink, 0.6)
            foot = HEIGHT - y - h
            for i in range(int((h + w) / step) + 1):
                self._canvas.line(x, foot - w + i * step, x + w, foot + i * step)

    def dots(self, x: float, y: float, w: float, h: float, ink: Color) -> None:
        """A column of dots in the middle of a rectangle."""
        n = max(2, round(h / 4.5))
        self._pen(ink, fill=ink)
        for i in range(n):
            centre = HEIGHT - y - h + h * (i + 0.5) / n
            self._canvas.circle(x + w / 2, centre, 0.95, stroke=0, fill=1)

    def qr(self, right: float, y: float, side: float, data: str) -> None:
        """Dark modules flush with `right` and `y`; the quiet zone is the white around."""
        rows = segno.make(data, error="m", micro=False, boost_error=False).matrix
        path, unit = self._canvas.beginPath(), side / len(rows)
        for r, cells in enumerate(rows):
            for run in re.finditer(rb"\x01+", bytes(cells)):
                at, length = right - side + run.start() * unit, len(run[0]) * unit
                path.rect(at, HEIGHT - y - (r + 1) * unit, length, unit)
        self._pen(INK)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def section(self, y: float, ru: str, en: str = "", keep: float = 48) -> float:
        """Hairline across, name hung in columns 1 to 3; returns the first baseline."""
        fresh, self._section = self.page, ru
        y = self.room(y, keep)
        if self.page == fresh:
            self.rule(y)
        self.put(LEFT, y + 18, ru, "strong")
        self.put(LEFT, y + 30, en, "label")
        return y + 18

    def fact(
        self, x: float, y: float, limit: float, label: str, value: str, style: str = "body"
    ) -> float:
        """A label over its value; returns the baseline after the value."""
        self.put(x, y, label, "label")
        return self.flow(x, y + STYLES[style].leading, limit, value, style)

    def figures(self, y: float, items: Sequence[tuple[str, str]]) -> float:
        """Four modules of three columns: label over a large figure, the last one in accent."""
        self.rule(y, ink=INK)
        for i, (label, value) in enumerate(items):
            style = "total" if i == len(items) - 1 else "figure"
            style = style if width(value, style) <= span(3) else "number"
            self.put(col(1 + 3 * i), y + 18, label, "label")
            self.put(col(1 + 3 * i), y + 42, value, style)
        return y + 60

    def columns(self, y: float, columns: Sequence[Column]) -> float:
        for column in columns:
            self.put(LEFT + column.x, y, column.title, "label", column.align)
        self.rule(y + 6, ink=INK)
        return y + 20

    def row(self, y: float, columns: Sequence[Column], values: Sequence[str], fine: str) -> float:
        """A row of a table, fine print under its wrapping column; the head repeats."""
        texts = [
            wrap(value, "body", column.width) if column.width else [value]
            for value, column in zip(values, columns, strict=True)
        ]
        below = wrap(fine, "fine", max(c.width for c in columns)) if fine else []
        height = max(len(lines) for lines in texts) * ROW + len(below) * 9
        if y + height > BOTTOM:
            y = self.columns(self.new_page() + 18, columns)
        for lines, column in zip(texts, columns, strict=True):
            for i, line in enumerate(lines):
                self.put(LEFT + column.x, y + i * ROW, line, "body", column.align)
            if column.width:
                for i, line in enumerate(below):
                    self.put(LEFT + column.x, y + len(lines) * ROW - 2 + i * 9, line, "fine")
        y += height + 6
        self.rule(y - 12)
        return y

    def _pen(self, ink: Color, weight: float = 0.5, fill: Color = INK, cap: int = 0) -> None:
        self._canvas.setStrokeColor(ink)
        self._canvas.setFillColor(fill)
        self._canvas.setLineWidth(weight)
        self._canvas.setLineCap(cap)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        self._canvas.saveState()
        yield
        self._canvas.restoreState()


def drawn(
    title: str, number: str, foot: str, layout: Callable[[Sheet], None], english: bool = False
) -> bytes:
    """Run a layout on a new sheet; its file. Safe from several threads."""
    with _DRAWING:
        sheet = Sheet(title, number, foot, english)
        layout(sheet)
        return sheet.bytes()
