"""Parts that every document of the house has: heading, requisites, the box of the seal."""

import re
from datetime import datetime, timezone

from reports.documents import Document, Heading
from reports.issuer import Issuer
from reports.pdf import LEFT, MUTED, RIGHT, WIDTH, Sheet, col, span, width, wrap
from reports.session_words import Words
from reports.wording import long_date, offset

QR_SIDE = 79.4  # 28 mm
SEAL_HEIGHT = 122.0
LAST_LINE = 789.0  # a framed box may stand lower than a line of text


def moment(at: datetime, zone: timezone) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y, %H:%M:%S}"


def day(at: datetime, zone: timezone) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y}"


def heading(sheet: Sheet, document: Document, number: str, under: str) -> float:
    """Title, number, quiet lines and the QR to check; returns the y of the figures."""
    head, issuer = document.heading, document.issuer
    say = Words(head.english)
    sheet.put(LEFT - 1, 96, sheet.title, "h1")
    sheet.put(LEFT, 114, number, "number")
    y = 132.0
    for line in (under, _issued(head, issuer, say)):
        for part in wrap(line, "quiet", span(9)):
            sheet.put(LEFT, y, part, "quiet")
            y += 12
    if head.replaces:
        y = _replaced(sheet, y, head, issuer, say)
    link = f"{issuer.verify_url}?n={head.name}&h={document.facts.head[:32]}"
    sheet.qr(RIGHT, 42, QR_SIDE, link)
    sheet.put(RIGHT - QR_SIDE, 132, say("check"), "label")
    return max(162.0, y + 6)


def _issued(head: Heading, issuer: Issuer, say: Words) -> str:
    at = head.issued_at.astimezone(issuer.zone)
    facts = {"day": long_date(at, say.english), "time": f"{at:%H:%M:%S}", "zone": offset(at)}
    return say("issued", n=head.revision, **facts)


def _replaced(sheet: Sheet, y: float, head: Heading, issuer: Issuer, say: Words) -> float:
    old = head.replaces
    assert old is not None
    before = day(old.issued_at, issuer.zone)
    text = say("replaces", n=old.revision, day=before, sha=old.sha256[:16])
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
    issuer, say = document.issuer, Words(document.heading.english)
    title, under = say.section("seal")
    sheet.box(LEFT - 12, y, WIDTH + 24, SEAL_HEIGHT, stroke=MUTED)
    sheet.put(LEFT, y + 18, title, "strong")
    sheet.put(LEFT, y + 30, under, "label")
    for place, label, value in (
        (x, say("certificate"), issuer.seal_name),
        (col(7), say("signature_kind"), "PAdES B-B, ECDSA P-256"),
        (col(10), say("sealed_at"), moment(document.heading.issued_at, issuer.zone)),
    ):
        sheet.fact(place, y + 18, span(3), label, value)
    for i, (label, value) in enumerate(
        (
            (say("attached"), sha256),
            (say("head"), document.facts.head),
        )
    ):
        sheet.fact(x, y + 48 + i * 24, span(9), label, " ".join(re.findall(".{8}", value)), "mono")
    sheet.flow(x, y + 100, span(9), say("how"), "fine")
    return y + SEAL_HEIGHT + 12


def pairs(sheet: Sheet, x: float, y: float, label: str, value: str, style: str = "body") -> float:
    """A label left and a figure flush right on one baseline; long labels wrap."""
    room = RIGHT - x - width(value, style) - 24
    sheet.put(RIGHT, y, value, style, "r")
    return sheet.flow(x, y, room, label, style)
