"""Parts that every paper for a period has, in its own language: heading, sides, box of the seal."""

import re
from dataclasses import dataclass
from datetime import datetime

from reports.headings import Heading
from reports.issuer import Issuer
from reports.page_parts import LAST_LINE, QR_SIDE, SEAL_HEIGHT, day, moment
from reports.pdf import BOTTOM, INK, LEFT, MUTED, RIGHT, WIDTH, Sheet, col, span, wrap
from reports.period import Scope
from reports.period_words import Say, days_text, speaker
from reports.wording import NB, long_date, offset


@dataclass(frozen=True, slots=True)
class Told:
    """What the parts need to know of a paper: `file` is its attachment, `sha256` its digest."""

    heading: Heading
    issuer: Issuer
    scope: Scope
    file: str
    sha256: str

    @property
    def english(self) -> bool:
        return self.scope.locale != "ru"

    @property
    def say(self) -> Say:
        return speaker(self.scope.locale)


def period_heading(sheet: Sheet, told: Told, issued: str = "issued") -> float:
    """Title, number, days, moment of issue and the QR to check; the y of the figures."""
    head, issuer, say, english = told.heading, told.issuer, told.say, told.english
    at = head.issued_at.astimezone(issuer.zone)
    number = f"№{NB}{head.number} {say('of', day=long_date(at, english))}"
    if head.revision > 1:
        number += say("correction", n=head.revision - 1)
    sheet.put(LEFT - 1, 96, sheet.title, "h1")
    sheet.put(LEFT, 114, number, "number")
    lines = [days_text(say, told.scope.first, told.scope.last, english)]
    facts = {"day": long_date(at, english), "time": f"{at:%H:%M:%S}", "zone": offset(at)}
    lines.append(say(issued, n=head.revision, **facts))
    y = 132.0
    for line in lines:
        for part in wrap(line, "quiet", span(9)):
            sheet.put(LEFT, y, part, "quiet")
            y += 12
    if head.replaces:
        old = head.replaces
        before = day(old.issued_at, issuer.zone)
        text = say("replaces", n=old.revision, day=before, sha=old.sha256[:16])
        sheet.put(LEFT, y, text, "strong")
        y += 12
    sheet.qr(RIGHT, 42, QR_SIDE, f"{issuer.verify_url}?n={head.name}&h={told.sha256[:32]}")
    sheet.put(RIGHT - QR_SIDE, 132, say("check"), "label")
    return max(162.0, y + 6)


def side(sheet: Sheet, y: float, title: str, name: str, lines: list[str]) -> float:
    """A hung title, a name and quiet lines; where the next section begins."""
    y = sheet.section(y, title)
    y = sheet.flow(col(4), y, span(9), name, "strong")
    for line in lines:
        if line:
            y = sheet.flow(col(4), y, span(9), line, "quiet")
    return y + 2


def short_day(at: datetime, told: Told) -> str:
    return day(at, told.issuer.zone)


def room_for(sheet: Sheet, y: float, height: float) -> float:
    """`y` itself when so much fits below it, else the first baseline of the next page."""
    return y if y + height <= BOTTOM else sheet.new_page() + 18


def signatures(sheet: Sheet, y: float, told: Told, roles: tuple[str, str], partner: str) -> float:
    """The issuer, sealed, and the other side with a line to sign on; `roles` are words."""
    y = room_for(sheet, y, 72)
    say, issuer = told.say, told.issuer
    post, low = f"{issuer.signer_post}, {issuer.name}", y + 46
    for x, role, who, name, how in (
        (LEFT, roles[0], post, issuer.signer, say("seal_signed")),
        (col(7), roles[1], partner, "", say("signature")),
    ):
        sheet.put(x, y + 10, role, "strong")
        end = sheet.flow(x, y + 22, span(5), who, "quiet")
        line = max(end + 4, y + 46)
        sheet.rule(line, x, x + span(5), INK, 0.4)
        sheet.put(x, line + 10, how, "label")
        sheet.put(x + span(5), line + 10, name, "label", "r")
        low = max(low, line)
    return low + 24


def period_seal(sheet: Sheet, y: float, told: Told) -> float:
    """What the platform's seal covers and how anyone can check it."""
    say, issuer, y = told.say, told.issuer, y + 6
    if y + SEAL_HEIGHT > LAST_LINE:
        y = sheet.new_page() + 6
    sheet.box(LEFT - 12, y, WIDTH + 24, SEAL_HEIGHT - 24, stroke=MUTED)
    sheet.put(LEFT, y + 18, say("seal"), "strong")
    for x, label, value in (
        (col(4), say("certificate"), issuer.seal_name),
        (col(7), say("signed_how"), "PAdES B-B, ECDSA P-256"),
        (col(10), say("sealed_at"), moment(told.heading.issued_at, issuer.zone)),
    ):
        sheet.fact(x, y + 18, span(3), label, value)
    sha256 = " ".join(re.findall(".{8}", told.sha256))
    sheet.fact(col(4), y + 48, span(9), say("attached", file=told.file), sha256, "mono")
    sheet.flow(col(4), y + 74, span(9), say("how", file=told.file), "fine")
    return y + SEAL_HEIGHT - 12
