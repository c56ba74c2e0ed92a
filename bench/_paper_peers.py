"""One producer of the same long act in its own process: `python _paper_peers.py NAME ROWS OUT`.

Prints one JSON object: CPU seconds of making the file, without imports and without making the rows,
and the peak memory of the whole process in MB. Ours is the product's engine, loaded without the
rest of the house; the peers draw the same cells, widths and sizes, each by its usual table.
"""

import html
import json
import sys
import time
import types
from itertools import accumulate
from pathlib import Path
from typing import Any

import font_roboto

ROOT = Path(__file__).resolve().parent.parent
TITLES = ("№", "Дата", "Услуга", "Протокол", "Минут", "Цена, ₽", "НДС, ₽", "Сумма, ₽")
WIDTHS = (24, 50, 168, 70, 34, 44, 48, 54)  # points, 492 in all
LEFT_COLUMNS = (1, 2, 3)
SIZE = 7
FONT = Path(str(font_roboto.__file__)).parent / "files" / "Roboto-Regular.ttf"
Rows = list[list[str]]


def figure(minor: int) -> str:
    return f"{minor // 100:,}".replace(",", "\u00a0") + f",{minor % 100:02d}"


def rows_of(count: int) -> Rows:
    found = []
    for n in range(1, count + 1):
        minutes, price = 5 + n * 7 % 115, 20_00 + n % 60 * 100
        whole = minutes * price
        found.append(
            [
                str(n),
                f"{1 + n % 28:02d}.10.2026",
                f"Настройка обмена с банком, {n % 97}",
                f"P-2026-{n:06d}",
                str(minutes),
                figure(price),
                figure(whole * 22 // 122),
                figure(whole),
            ]
        )
    return found


def ours() -> Any:
    """The engine alone: the door of the room would load the database and the seal as well."""
    room = types.ModuleType("reports")
    room.__path__ = [str(ROOT / "reports")]
    sys.modules["reports"], sys.path[:0] = room, [str(ROOT)]
    from reports.pdf import drawn
    from reports.roll import Cell, Roll, draw_roll

    edges = list(accumulate(WIDTHS, initial=0))
    columns = tuple(
        Cell(name, edges[n] + 4, "l", WIDTHS[n] - 4, "log")
        if n in LEFT_COLUMNS
        else Cell(name, edges[n + 1], "r", 0, "log")
        for n, name in enumerate(TITLES)
    )

    def make(rows: Rows, out: str) -> None:
        sums = list(accumulate((int(row[4]) for row in rows), initial=0))

        def layout(sheet: Any) -> None:
            roll = Roll(columns, rows, 13, lambda n: [*[""] * 4, str(sums[n]), "", "", ""])
            draw_roll(sheet, 100, roll)

        Path(out).write_bytes(drawn("Акт", "U-2026-000001", "0" * 16, layout))

    return make


def long_table() -> Any:
    from reportlab import rl_config
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import LongTable, SimpleDocTemplate, TableStyle

    rl_config.invariant, rl_config.useA85 = 1, 0

    def make(rows: Rows, out: str) -> None:
        pdfmetrics.registerFont(TTFont("R", str(FONT)))
        rights = [("ALIGN", (n, 0), (n, -1), "RIGHT") for n in (0, 4, 5, 6, 7)]
        style = TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "R", SIZE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.lightgrey),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                *rights,
            ]
        )
        table = LongTable([list(TITLES), *rows], colWidths=WIDTHS, repeatRows=1, style=style)

        def numbered(canvas: Any, page: Any) -> None:
            canvas.setFont("R", SIZE)
            canvas.drawRightString(540, 28, f"Лист {page.page}")

        sheet = SimpleDocTemplate(out, pagesize=A4, leftMargin=50, rightMargin=50,
                                  initialFontName="R")  # fmt: skip
        sheet.build([table], onFirstPage=numbered, onLaterPages=numbered)

    return make


def fpdf2() -> Any:
    from fpdf import FPDF

    def make(rows: Rows, out: str) -> None:
        paper = FPDF("P", "pt", "A4")
        paper.set_margins(50, 50, 50)
        paper.set_auto_page_break(True, 50)
        paper.add_font("R", "", str(FONT))
        paper.add_page()
        paper.set_font("R", "", SIZE)

        def line(texts: Any) -> None:
            for n, (text, width) in enumerate(zip(texts, WIDTHS, strict=True)):
                paper.cell(width, 13, text, border="B", align="L" if n in LEFT_COLUMNS else "R")
            paper.ln()

        line(TITLES)
        for row in rows:
            if paper.will_page_break(13):
                paper.add_page()
                line(TITLES)
            line(row)
        paper.output(out)

    return make


def weasyprint() -> Any:
    from weasyprint import HTML

    def make(rows: Rows, out: str) -> None:
        css = (
            f"@font-face{{font-family:R;src:url('file://{FONT}')}}"
            "@page{size:A4;margin:50pt;@bottom-right{content:'Лист ' counter(page);font:7pt R}}"
            "table{border-collapse:collapse;table-layout:fixed;width:492pt;font:7pt R}"
            "td,th{border-bottom:.5pt solid #ddd;padding:2pt 1pt;text-align:right}"
            "td:nth-child(2),td:nth-child(3),td:nth-child(4){text-align:left}"
        )
        columns = "".join(f'<col style="width:{width}pt">' for width in WIDTHS)
        head = "".join(f"<th>{html.escape(one)}</th>" for one in TITLES)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(one)}</td>" for one in row) + "</tr>"
            for row in rows
        )
        page = f"<html lang=ru><style>{css}</style><table><colgroup>{columns}</colgroup>"
        HTML(string=f"{page}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>").write_pdf(
            out
        )

    return make


MAKERS = {"ours": ours, "LongTable": long_table, "fpdf2": fpdf2, "WeasyPrint": weasyprint}


def peak_mb() -> float:
    """Of this program. `ru_maxrss` would be the parent's where that was larger when it forked."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def main(name: str, count: str, out: str) -> None:
    make, rows = MAKERS[name](), rows_of(int(count))
    began = time.process_time()
    make(rows, out)
    cpu_s = time.process_time() - began
    size = Path(out).stat().st_size
    print(json.dumps({"cpu_s": cpu_s, "peak_mb": peak_mb(), "bytes": size}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
