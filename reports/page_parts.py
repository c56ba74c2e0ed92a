"""Parts that every document of the house has: heading, requisites, the box of the seal."""

import re
from datetime import datetime, timezone

from reports.documents import Document, Heading
from reports.issuer import Issuer
from reports.pdf import LEFT, MUTED, RIGHT, WIDTH, Sheet, col, span, width, wrap
from reports.wording import NB, long_date, offset

QR_SIDE = 79.4  # 28 mm
SEAL_HEIGHT = 122.0
LAST_LINE = 789.0  # a framed box may stand lower than a line of text


def moment(at: datetime, zone: timezone) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y, %H:%M:%S}"


def day(at: datetime, zone: timezone) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y}"


def heading(sheet: Sheet, document: Document, number: str, lines: list[str]) -> float:
    """Title, number, quiet lines and the QR to check; returns the y of the figures."""
    head, issuer = document.heading, document.issuer
    sheet.put(LEFT - 1, 96, sheet.title, "h1")
    sheet.put(LEFT, 114, number, "number")
    y = 132.0
    for line in (*lines, *_issued(head, issuer)):
        for part in wrap(line, "quiet", span(9)):
            sheet.put(LEFT, y, part, "quiet")
            y += 12
    if head.replaces:
        y = _replaced(sheet, y, head, issuer)
    link = f"{issuer.verify_url}?n={head.name}&h={document.facts.head[:32]}"
    sheet.qr(RIGHT, 42, QR_SIDE, link)
    sheet.put(RIGHT - QR_SIDE, 132, "Проверить / Verify", "label")
    return max(162.0, y + 6)


def _issued(head: Heading, issuer: Issuer) -> list[str]:
    at = head.issued_at.astimezone(issuer.zone)
    revision = f"редакция{NB}{head.revision}"
    return [f"Составлен {long_date(at)}, {at:%H:%M:%S} {offset(at)}, {revision}"]


def _replaced(sheet: Sheet, y: float, head: Heading, issuer: Issuer) -> float:
    old = head.replaces
    assert old is not None
    text = (
        f"Заменяет редакцию{NB}{old.revision} от {day(old.issued_at, issuer.zone)},"
        f" SHA-256 файла {old.sha256[:16]}…"
    )
    sheet.put(LEFT, y, text, "strong")
    return y + 12


def requisites(
    sheet: Sheet, y: float, title: tuple[str, str], name: str, lines: list[str]
) -> float:
    """A hung title, a name and quiet lines; returns where the next section begins."""
    y = sheet.section(y, *title)
    y = sheet.flow(col(4), y, span(9), name, "strong")
    for line in lines:
        y = sheet.flow(col(4), y, span(9), line, "quiet")
    return y + 2


def seal_box(sheet: Sheet, y: float, document: Document, sha256: str) -> float:
    """What the platform's seal covers and how anyone can check it."""
    x, y = col(4), y + 6
    if y + SEAL_HEIGHT > LAST_LINE:
        y = sheet.new_page() + 6
    issuer = document.issuer
    sheet.box(LEFT - 12, y, WIDTH + 24, SEAL_HEIGHT, stroke=MUTED)
    sheet.put(LEFT, y + 18, "Печать платформы", "strong")
    sheet.put(LEFT, y + 30, "Seal", "label")
    for place, label, value in (
        (x, "Сертификат", issuer.seal_name),
        (col(7), "Подпись", "PAdES B-B, ECDSA P-256"),
        (col(10), "Запечатан", moment(document.heading.issued_at, issuer.zone)),
    ):
        sheet.fact(place, y + 18, span(3), label, value)
    for i, (label, value) in enumerate(
        (
            ("SHA-256 вложения session.json", sha256),
            ("Голова цепочки событий сеанса", document.facts.head),
        )
    ):
        sheet.fact(x, y + 48 + i * 24, span(9), label, " ".join(re.findall(".{8}", value)), "mono")
    sheet.flow(
        x,
        y + 100,
        span(9),
        "Проверка: 1) откройте код с первого листа; 2) сверьте 16 знаков внизу листов; "
        "3) без сети: minuta verify ФАЙЛ. Подпись усиленная неквалифицированная; все данные "
        "страниц лежат в файле, во вложении session.json.",
        "fine",
    )
    return y + SEAL_HEIGHT + 12


def pairs(sheet: Sheet, x: float, y: float, label: str, value: str, style: str = "body") -> float:
    """A label left and a figure flush right on one baseline; long labels wrap."""
    room = RIGHT - x - width(value, style) - 24
    sheet.put(RIGHT, y, value, style, "r")
    return sheet.flow(x, y, room, label, style)
