"""The act for a period: who did what for whom, every session, sums by rate, annex of records."""

from collections.abc import Sequence
from itertools import accumulate

from reports.issuer import AGENT, Vat
from reports.pdf import INK, LEFT, LINE, RIGHT, WIDTH, Sheet, col, drawn, span
from reports.period import ACT_FILE, CLIENT, Customer, PeriodAct, PeriodLine
from reports.period_parts import Told, period_heading, period_seal, room_for, short_day, side
from reports.period_words import Say, speaker
from reports.price import time_text
from reports.roll import Cell, Roll, draw_roll
from reports.sums_in_words import sum_text
from reports.wording import NB, SIGNS, count, figure, long_date, money, percent

STEP, ANNEX_STEP = 24.0, 14.0


def title(act: PeriodAct) -> str:
    return speaker(act.scope.locale)("act")


def draw(act: PeriodAct, sha256: str) -> bytes:
    """The pages; `sha256` is the digest of the attachment printed at the foot and in the box."""
    told = Told(act.heading, act.issuer, act.scope, ACT_FILE, sha256)

    def layout(sheet: Sheet) -> None:
        y = period_heading(sheet, told)
        y = sheet.figures(y, _figures(act, told))
        y = _sides(sheet, y, act, told)
        y = draw_roll(sheet, y + 8, lines_roll(act, told))
        y = _rates(sheet, y + 6, act, told)
        y = _totals(sheet, y, act, told)
        y = _accepted(sheet, y, act, told)
        y = _signatures(sheet, y + 6, act, told)
        y = period_seal(sheet, y, told)
        _annex(sheet, y, act, told)

    return drawn(title(act), act.heading.number, sha256[:16], layout, told.english)


def _figures(act: PeriodAct, told: Told) -> list[tuple[str, str]]:
    totals, say, english = act.totals, told.say, told.english
    currency = act.scope.currency
    taxed = any(one.vat_bp is not None for one in act.rates)
    third = (say("vat"), money(totals.vat, currency, english) if taxed else say("no_vat"))
    if totals.refunded:
        third = (say("refunded"), money(totals.refunded, currency, english))
    return [
        (say("sessions"), count(totals.sessions, english)),
        (say("minutes"), time_text(_seconds(act), english)),
        third,
        (say("total"), money(totals.kept, currency, english)),
    ]


def _seconds(act: PeriodAct) -> int:
    return sum(line.seconds for line in act.lines)


def _sides(sheet: Sheet, y: float, act: PeriodAct, told: Told) -> float:
    say, issuer, role = told.say, act.issuer, act.scope.role
    y = side(sheet, y, say("supplier"), issuer.name, [issuer.tax_id, issuer.address])
    lines = [*requisite_lines(say, act.customer), say(role)]
    y = side(sheet, y, say("customer"), act.customer.name, lines)
    other = ""
    if act.scope.other:
        key = "with_consultant" if role == CLIENT else "with_client"
        other = say(key, name=act.lines[0].other_name)
    y = side(sheet, y, say("basis"), issuer.contract, [say(f"service_{role}"), other])
    return y + 4


def requisite_lines(say: Say, customer: Customer) -> list[str]:
    """Numbers in one line, the address in another; nothing for what is not known."""
    names = ("inn", "kpp", "ogrn", "vat_id")
    numbers = [say(n, n=getattr(customer, n)) for n in names if getattr(customer, n)]
    return [", ".join(numbers), customer.address]


def lines_roll(act: PeriodAct, told: Told) -> Roll:
    """Every session: number, day, service over record and other side, minutes, price, tax, sum."""
    say, sign, english = told.say, SIGNS.get(act.scope.currency, act.scope.currency), told.english
    taxed = any(one.vat_bp is not None for one in act.rates)
    room = 222.0 if taxed else 264.0
    columns = [
        Cell(say("no"), 20, "r"),
        Cell(say("date"), 30),
        Cell(say(f"what_{act.scope.role}"), 84, "l", room),
        Cell("", 84, "l", room, "fine", 9.5),
        Cell(say("minutes"), 348 if taxed else 374, "r"),
        Cell(say("price", sign=sign), 398 if taxed else 430, "r"),
        *([Cell(say("vat_column", sign=sign), 442, "r")] if taxed else []),
        Cell(say("sum", sign=sign), WIDTH, "r"),
    ]
    rows = [_row(n, one, told, taxed) for n, one in enumerate(act.lines, 1)]
    sums = [
        list(accumulate((getattr(one, name) for one in act.lines), initial=0))
        for name in ("seconds", "vat", "kept")
    ]

    def carried(n: int) -> Sequence[str]:
        seconds, vat, kept = (column[n] for column in sums)
        tax = [figure(vat, english)] if taxed else []
        sum_ = figure(kept, english)
        return ["", "", say("carried"), "", time_text(seconds, english), "", *tax, sum_]

    return Roll(tuple(columns), rows, STEP, carried)


def _row(n: int, line: PeriodLine, told: Told, taxed: bool) -> list[str]:
    say, english = told.say, told.english
    fine = ", ".join(one for one in (line.protocol or line.session, line.other_name) if one)
    if line.refunded:
        fine = f"{say('back', sum=figure(line.refunded, english))}, {fine}"
    elif line.escrow:
        fine = f"{say('open')}, {fine}"
    return [
        str(n),
        short_day(line.ended_at, told),
        line.topic,
        fine,
        time_text(line.seconds, english),
        figure(line.price, english) if line.price is not None else say("mixed"),
        *([figure(line.vat, english)] if taxed else []),
        figure(line.kept, english),
    ]


def _rates(sheet: Sheet, y: float, act: PeriodAct, told: Told) -> float:
    """Sums by price and tax, when there is more than one."""
    if len(act.rates) < 2:
        return y + 8
    say, english = told.say, told.english
    rows = [
        [
            figure(one.price, english) if one.price is not None else say("mixed"),
            say("no_vat") if one.vat_bp is None else percent(one.vat_bp, english),
            count(one.sessions, english),
            count(one.minutes, english),
            figure(one.charged, english),
            figure(one.refunded, english),
            figure(one.vat, english),
            figure(one.kept, english),
        ]
        for one in act.rates
    ]
    sign = SIGNS.get(act.scope.currency, act.scope.currency)
    titles = [
        "price",
        "vat_column",
        "sessions",
        "minutes",
        "sum",
        "refunded",
        "vat_column",
        "total",
    ]
    places = (54, 108, 162, 216, 288, 356, 424, WIDTH)
    cells = [
        Cell(say(name, sign=sign if i != 1 else "%").strip(), x, "r")
        for i, (name, x) in enumerate(zip(titles, places, strict=True))
    ]
    y = room_for(sheet, y, 72)
    sheet.put(LEFT, y + 6, say("by_rate"), "strong")
    return draw_roll(sheet, y + 26, Roll(tuple(cells), rows, 15)) + 8


def _totals(sheet: Sheet, y: float, act: PeriodAct, told: Told) -> float:
    """Total, tax and sum in words, with the rule by which the tax was reckoned."""
    y = room_for(sheet, y, 84)
    say, totals, currency, english = told.say, act.totals, act.scope.currency, told.english
    rates = {one.vat_bp for one in act.rates}
    name, value = say("vat_mixed"), figure(totals.vat, english)
    if rates == {None}:
        value = say("no_vat")
    elif len(rates) == 1:
        name = say("vat_at", rate=percent(next(iter(rates)) or 0, english))
    rows = [
        (say("subtotal"), figure(totals.kept, english), "body"),
        (name, value, "body"),
        (say("total"), money(totals.kept, currency, english), "strong"),
    ]
    for i, (label, text, style) in enumerate(rows):
        sheet.put(col(9), y + i * 15, label, style)
        sheet.put(RIGHT, y + i * 15, text, style, "r")
        if i < 2:
            sheet.rule(y + 5 + i * 15, col(9), RIGHT, INK if i else LINE)
    counts = {
        "sessions": count(totals.sessions, english),
        "minutes": time_text(_seconds(act), english),
    }
    sheet.put(LEFT, y, say("services", **counts), "label")
    words = sum_text(totals.kept, currency, told.scope.locale)
    end = sheet.flow(LEFT, y + 15, span(7), words, "strong")
    for text in _notes(act, told):
        end = sheet.flow(LEFT, end, span(7), text, "fine")
    return max(end, y + 42) + 12


def _notes(act: PeriodAct, told: Told) -> list[str]:
    """Promo credit; of every rate of VAT in the period its ground and what it was taken from."""
    say, totals, currency, english = told.say, act.totals, act.scope.currency, told.english
    notes, bases = [], dict[Vat, int]()
    if totals.promo:
        paid = money(totals.kept - totals.promo, currency, english)
        notes.append(say("promo", promo=money(totals.promo, currency, english), paid=paid))
    for one in act.lines:
        vat = act.issuer.vat_on(one.ended_at.astimezone(act.issuer.zone).date())
        bases[vat] = bases.get(vat, 0) + one.vat_base
    for vat, base in bases.items():
        if vat.rate_bp is None:
            notes.append(say("free_ground", ground=vat.ground))
            continue
        ground = ", ".join(one for one in (percent(vat.rate_bp, english), vat.ground) if one)
        key = "agent" if act.issuer.vat_mode == AGENT else "principal"
        notes.append(say(key, base=money(base, currency, english), ground=ground))
    return notes


def _accepted(sheet: Sheet, y: float, act: PeriodAct, told: Told) -> float:
    say, totals = told.say, act.totals
    y = room_for(sheet, y, 60)
    text = say("accepted")
    if totals.open:
        left = money(totals.open_minor, act.scope.currency, told.english)
        text = say("accepted_open", n=totals.open, sum=left)
    return sheet.flow(LEFT, y, span(12), f"{text} {say('once')}")


def _signatures(sheet: Sheet, y: float, act: PeriodAct, told: Told) -> float:
    y = room_for(sheet, y, 72)
    say, issuer = told.say, act.issuer
    post = f"{issuer.signer_post}, {issuer.name}"
    foot = y + 70
    for x, role, who, name, how in (
        (LEFT, say("supplier"), post, issuer.signer, say("seal_signed")),
        (col(7), say("customer"), act.customer.name, "", say("signature")),
    ):
        sheet.put(x, y + 10, role, "strong")
        end = sheet.flow(x, y + 22, span(5), who, "quiet")
        line = max(end + 4, y + 46)
        sheet.rule(line, x, x + span(5), INK, 0.4)
        sheet.put(x, line + 10, how, "label")
        sheet.put(x + span(5), line + 10, name, "label", "r")
        foot = max(foot, line + 24)  # a long name is a tall one
    return foot


def _annex(sheet: Sheet, y: float, act: PeriodAct, told: Told) -> None:
    """Which records prove the minutes, each with the digest of its file."""
    say = told.say
    columns = (
        Cell(say("no"), 20, "r"),
        Cell(say("date"), 30),
        Cell(say("session"), 84),
        Cell(say("record"), 158),
        Cell(say("sha"), WIDTH, "r", 0, "mono"),
    )
    rows = [
        [
            str(n),
            short_day(one.ended_at, told),
            one.session,
            one.protocol or say("no_record"),
            one.protocol_sha256,
        ]
        for n, one in enumerate(act.lines, 1)
    ]
    y = room_for(sheet, y + 12, 96)
    sheet.put(LEFT, y + 6, say("annex"), "strong")
    at = act.heading.issued_at.astimezone(act.issuer.zone)
    note = f"{act.heading.number} {say('of', day=long_date(at, told.english))}"
    sheet.put(RIGHT, y + 6, f"№{NB}{note}", "label", "r")
    draw_roll(sheet, y + 28, Roll(columns, rows, ANNEX_STEP))
