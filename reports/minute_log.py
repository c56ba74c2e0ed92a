"""The minute log: every billed minute with the seconds that were witnessed and its receipt."""

from dataclasses import dataclass
from datetime import UTC, datetime, timezone

from reports.documents import SessionProtocol
from reports.minute_strip import cell
from reports.page_parts import SEAL_HEIGHT
from reports.pdf import BOTTOM, INK, LEFT, TOP, Sheet, col, span
from reports.session_words import Words
from reports.timeline import Gap, Minute, line
from reports.wording import SIGNS

STEP = 10.0
HALF_MIN = 5


@dataclass(frozen=True, slots=True)
class _Told:
    """What a row needs beside itself: words, clock, sign of the currency."""

    say: Words
    zone: timezone
    sign: str


def minute_log(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    """Two balanced columns over as many pages as it takes; returns the next section's y."""
    rows = list(line(protocol.facts))
    if not rows:
        return y
    y = sheet.section(y, *say.section("log"), keep=_keep(len(rows)))
    y = sheet.flow(col(4), y, span(9), say("log_note"), "fine") + 12
    currency = protocol.totals.currency
    told = _Told(say, protocol.issuer.zone, SIGNS.get(currency, currency))
    while rows:
        fit = int((BOTTOM - y - 16) // STEP)
        per_half = min(fit, max(HALF_MIN, -(-len(rows) // 2)))
        here, rows = rows[: 2 * per_half], rows[2 * per_half :]
        _half(sheet, LEFT, y, here[:per_half], told)
        if here[per_half:]:
            _half(sheet, col(7), y, here[per_half:], told)
        y += 18 + per_half * STEP
        if rows:
            y = sheet.new_page() + 18
    return y + 10


def _keep(rows: int) -> float:
    """Log and seal share a page when one page holds them; a long log begins where it stands."""
    height = 66 + max(HALF_MIN, -(-rows // 2)) * STEP + SEAL_HEIGHT
    return height if height <= BOTTOM - TOP - 24 else 180


def _half(sheet: Sheet, x: float, y: float, rows: list[Minute | Gap], told: _Told) -> None:
    edge, say = x + span(6), told.say
    for at, title, align in (
        (x + 14, say("no"), "r"),
        (x + 26, say("started"), "l"),
        (x + 104, say("seconds"), "r"),
        (x + 156, told.sign, "r"),
        (edge, say("receipt"), "r"),
    ):
        sheet.put(at, y, title, "label", align)
    sheet.rule(y + 6, x, edge, INK)
    for i, row in enumerate(rows):
        _row(sheet, x, y + 18 + i * STEP, row, told)


def _row(sheet: Sheet, x: float, y: float, row: Minute | Gap, told: _Told) -> None:
    say = told.say
    second = row.begin if isinstance(row, Gap) else row.second
    style = "logquiet" if isinstance(row, Gap) else "log"
    at = datetime.fromtimestamp(second, UTC).astimezone(told.zone)
    sheet.put(x + 26, y, f"{at:%H:%M:%S}", style)
    if isinstance(row, Gap):
        cell(sheet, x + 8, y - 5.6, row.state, 6, 6)
        sheet.put(x + 104, y, say.duration(row.seconds), style, "r")
        sheet.put(x + 156, y, say.figure(0), style, "r")
        sheet.put(x + span(6), y, say("not_billed", state=say(row.state)), style, "r")
        return
    sheet.put(x + 14, y, str(row.n), style, "r")
    sheet.put(x + 104, y, str(row.seconds), style, "r")
    sheet.put(x + 156, y, say.figure(row.minor), style, "r")
    sheet.put(x + span(6), y, row.receipt[:16], "mono", "r")
