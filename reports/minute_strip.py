"""The strip: a cell a billed minute, sixty a row, gaps where the clock stood. Readable in grey."""

from datetime import UTC, datetime, timezone

from reports.documents import SessionProtocol
from reports.pdf import ACCENT, BOTTOM, LEFT, MUTED, RIGHT, WARN, WIDTH, Sheet, width
from reports.session_words import Words
from reports.timeline import FREE, LOST, PAID, PAUSE, Gap, Minute, cells_of, line, short_gaps
from reports.wording import plural

PER_ROW = 60
PITCH = WIDTH / PER_ROW
CELL = 6.2
ROW_HEIGHT = 54.0


def cell(sheet: Sheet, x: float, y: float, state: str, w: float = CELL, h: float = 18) -> None:
    """One minute. The fill tells the state without colour: solid, hatched, dotted, half."""
    if state == PAID:
        sheet.box(x, y, w, h, fill=ACCENT)
        return
    ink = {PAUSE: MUTED, LOST: WARN}.get(state, ACCENT)
    if state == FREE:
        sheet.box(x, y + h / 2, w, h / 2, fill=ink)
    elif state == PAUSE:
        sheet.hatch(x, y, w, h, ink)
    else:
        sheet.dots(x, y, w, h, ink)
    sheet.box(x + 0.3, y + 0.3, w - 0.6, h - 0.6, stroke=ink)


def strip(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    """Cells with clock marks under and gaps named above; returns where the next section begins."""
    items = list(line(protocol.facts))
    sheet.rule(y)
    name, under = say.section("strip")
    sheet.put(LEFT, y + 18, name, "strong")
    sheet.put(LEFT + width(name, "strong") + 5, y + 18, under, "label")
    _legend(sheet, y + 18, items, say)
    if not items:
        sheet.put(LEFT, y + 42, say("never_met"), "quiet")
        return y + 60
    short, seconds = short_gaps(protocol.facts)
    top = _cells(sheet, y + 48, items, protocol.issuer.zone, say)
    if short:
        gaps = plural(short, "короткий пропуск", "коротких пропуска", "коротких пропусков")
        if say.english:
            gaps = "gap" if short == 1 else "gaps"
        text = say("short_gaps", n=short, gaps=gaps, time=say.duration(seconds))
        sheet.put(LEFT, top, text, "label")
        top += 12
    return top + 6


def _legend(sheet: Sheet, y: float, items: list[Minute | Gap], say: Words) -> None:
    x = RIGHT
    for state in (FREE, LOST, PAUSE, PAID):
        here = [one for one in items if one.state == state]
        if not here and state != PAID:
            continue
        spent = sum(one.seconds for one in here)
        amount = say.duration(spent) if state in (LOST, PAUSE) else say.minutes(len(here))
        text = f"{say(state)} {amount}"
        sheet.put(x, y, text, "label", "r")
        x -= width(text, "label") + 24
        cell(sheet, x + 14, y - 6.5, state, CELL, 8)


def _cells(
    sheet: Sheet, top: float, items: list[Minute | Gap], zone: timezone, say: Words
) -> float:
    """Draw the rows; returns the y under the last one."""
    at, named_to, marked_to = 0, 0.0, 0.0
    for index, item in enumerate(items):
        wide = cells_of(item) if isinstance(item, Gap) else 1
        for part in range(wide):
            column = at % PER_ROW
            if at and not column:
                top += ROW_HEIGHT
                if top + 36 > BOTTOM:
                    top = sheet.new_page() + 24
                named_to = marked_to = 0.0
            x = LEFT + column * PITCH
            cell(sheet, x, top, item.state)
            if part == 0 and isinstance(item, Gap) and x >= named_to:
                text = f"{say(item.state)} {say.duration(item.seconds)}"
                start = min(x, RIGHT - width(text, "label"))
                sheet.put(start, top - 5, text, "label")
                named_to = start + width(text, "label") + 6
            if isinstance(item, Minute) and x >= marked_to and _worth(item, column, index):
                _mark(sheet, x, top, _clock(item.second, zone), "l")
                marked_to = x + 27
            at += 1
    last = items[-1]
    ended = last.end if isinstance(last, Gap) else last.second + last.seconds
    x = LEFT + ((at - 1) % PER_ROW) * PITCH + CELL
    if x - 20 >= marked_to:
        _mark(sheet, x, top, _clock(ended, zone), "r")
    return top + 48


def _worth(minute: Minute, column: int, index: int) -> bool:
    return column == 0 or index == 0 or (minute.n - 1) % 10 == 0


def _mark(sheet: Sheet, x: float, top: float, text: str, align: str) -> None:
    edge = x - 0.25 if align == "r" else x + 0.25
    sheet.box(edge - 0.25, top + 20.5, 0.5, 3, fill=MUTED)
    sheet.put(x, top + 33, text, "label", align)


def _clock(second: int, zone: timezone) -> str:
    return f"{datetime.fromtimestamp(second, UTC).astimezone(zone):%H:%M}"
