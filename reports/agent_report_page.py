"""The agent's report: sessions sold, the split of the revenue, payouts, the act of the fee."""

from collections.abc import Sequence
from itertools import accumulate

from reports.agent_report import (
    AGENT_REPORT_FILE,
    GIVEN_BACK,
    PAID,
    AgentReport,
    Sold,
    fee_vat,
)
from reports.issuer import AGENT
from reports.page_parts import day
from reports.pdf import INK, LEFT, WIDTH, Sheet, drawn
from reports.period_page import annex, requisite_lines
from reports.period_parts import (
    Told,
    period_heading,
    period_seal,
    room_for,
    short_day,
    side,
    signatures,
)
from reports.period_words import Say
from reports.roll import Cell, Roll, draw_roll
from reports.settlement_words import settlement_words
from reports.sums_in_words import sum_text
from reports.wording import SIGNS, count, figure, money

STEP, LOW_STEP = 24.0, 15.0


def title(report: AgentReport) -> str:
    """Who sells in its own name gives a register: there is no principal to report to."""
    return settlement_words(report.scope.locale)("report" if _is_agent(report) else "register")


def draw(report: AgentReport, sha256: str) -> bytes:
    """The pages; `sha256` is the digest of the attachment printed at the foot and in the box."""
    told = Told(report.heading, report.issuer, report.scope, AGENT_REPORT_FILE, sha256)
    say = settlement_words(report.scope.locale)
    roles = ("agent", "principal") if _is_agent(report) else ("platform", "consultant")

    def layout(sheet: Sheet) -> None:
        y = period_heading(sheet, told)
        y = sheet.figures(y, _figures(report, told))
        y = _sides(sheet, y, report, told, roles)
        y = _sessions(sheet, y + 8, report, told)
        y = _shares(sheet, y, report, told)
        y = _split(sheet, y, report, told) if report.lines else y
        y = _reckoning(sheet, y, report, told)
        y = _payouts(sheet, y, report, told)
        y = _fee_act(sheet, y, report, told)
        words = say(roles[0]), say(roles[1])
        y = signatures(sheet, y + 6, told, words, report.customer.name)
        y = period_seal(sheet, y, told)
        if report.lines:
            annex(sheet, y, [one.line for one in report.lines], told)

    return drawn(title(report), report.heading.number, sha256[:16], layout, told.english)


def _is_agent(report: AgentReport) -> bool:
    return report.issuer.vat_mode == AGENT


def _taxed(report: AgentReport) -> bool:
    return any(one.line.vat_bp is not None for one in report.lines)


def _figures(report: AgentReport, told: Told) -> list[tuple[str, str]]:
    say, totals, agent = settlement_words(report.scope.locale), report.totals, _is_agent(report)
    sums = {
        "sold": totals.sold,
        "fee" if agent else "share": totals.fee,
        "due" if agent else "due_consultant": totals.own + totals.shared,
    }
    currency = report.scope.currency
    return [
        (say("sessions"), count(totals.sessions, told.english)),
        *((say(name), money(minor, currency, told.english)) for name, minor in sums.items()),
    ]


def _sides(
    sheet: Sheet, y: float, report: AgentReport, told: Told, roles: tuple[str, str]
) -> float:
    say, issuer, customer = settlement_words(report.scope.locale), report.issuer, report.customer
    y = side(sheet, y, say(roles[0]), issuer.name, [issuer.tax_id, issuer.address])
    y = side(sheet, y, say(roles[1]), customer.name, requisite_lines(told.say, customer))
    return side(sheet, y, say("basis"), issuer.contract, []) + 4


def _sessions(sheet: Sheet, y: float, report: AgentReport, told: Told) -> float:
    say = settlement_words(report.scope.locale)
    if not report.lines:
        return sheet.flow(LEFT, y + 6, WIDTH, say("none"), "quiet") + 8
    roll = sessions_roll(report, told)
    y = room_for(sheet, draw_roll(sheet, y, roll), 12)
    assert roll.carried is not None
    texts = ["", "", say("total"), *roll.carried(len(report.lines))[3:]]
    for cell, text in zip(roll.columns, texts, strict=True):
        sheet.put(LEFT + cell.x, y, text, "strong", cell.align)
    sheet.rule(y + 6, ink=INK)
    return y + 12


def sessions_roll(report: AgentReport, told: Told) -> Roll:
    """Every session: day, service over record and client, minutes, revenue and who got it."""
    say, english, taxed = settlement_words(report.scope.locale), told.english, _taxed(report)
    room = 180.0 if taxed else 216.0
    columns = (
        Cell(say("no"), 20, "r"),
        Cell(say("date"), 30),
        Cell(say("what"), 84, "l", room),
        Cell("", 84, "l", room, "fine", 9.5),
        Cell(say("min"), 286 if taxed else 322, "r"),
        Cell(say("sold_column"), 342 if taxed else 378, "r"),
        Cell(say("fee_column"), 394 if taxed else 436, "r"),
        *([Cell(say("vat_column"), 438, "r")] if taxed else []),
        Cell(say("own_column"), WIDTH, "r"),
    )
    rows = [_row(n, one, told, say, taxed) for n, one in enumerate(report.lines, 1)]
    figures = [
        (one.line.kept, one.line.platform, fee_vat(one.line, report.issuer), one.own)
        for one in report.lines
    ]
    minutes = list(accumulate((one.line.minutes for one in report.lines), initial=0))
    sums = [list(accumulate((row[i] for row in figures), initial=0)) for i in range(4)]

    def carried(n: int) -> Sequence[str]:
        kept, fee, vat, own = (figure(column[n], english) for column in sums)
        tax = [vat] if taxed else []
        return ["", "", told.say("carried"), "", count(minutes[n], english), kept, fee, *tax, own]

    return Roll(columns, rows, STEP, carried)


def _row(n: int, one: Sold, told: Told, say: Say, taxed: bool) -> list[str]:
    english, line = told.english, one.line
    notes = {
        "back": line.refunded,
        "waits": line.escrow,
        "to_colleagues": one.colleagues,
        "to_suppliers": line.passed_on,
    }
    fine = [say(name, sum=figure(minor, english)) for name, minor in notes.items() if minor]
    fine += [text for text in (line.protocol or line.session, line.other_name) if text]
    tax = [figure(fee_vat(line, told.issuer), english)] if taxed else []
    return [
        str(n),
        short_day(line.ended_at, told),
        line.topic,
        ", ".join(fine),
        count(line.minutes, english),
        figure(line.kept, english),
        figure(line.platform, english),
        *tax,
        figure(one.own, english),
    ]


def _shares(sheet: Sheet, y: float, report: AgentReport, told: Told) -> float:
    """Sessions that colleagues sold, of which the principal has a share."""
    if not report.shares:
        return y
    say, english = settlement_words(report.scope.locale), told.english
    columns = (
        Cell(say("shares"), 0),
        Cell("", 84, "l", 180),
        Cell(say("host"), 276, "l", 140),
        Cell(say("own_column"), WIDTH, "r"),
    )
    rows = [
        [short_day(one.ended_at, told), one.session, one.host_name, figure(one.own, english)]
        for one in report.shares
    ]
    return draw_roll(sheet, room_for(sheet, y + 12, 84), Roll(columns, rows, LOW_STEP)) + 6


def _split(sheet: Sheet, y: float, report: AgentReport, told: Told) -> float:
    """Totals per party: they add up to what clients paid."""
    totals, agent = report.totals, _is_agent(report)
    rows = [
        ("paid_by_clients", totals.charged, True),
        ("refunded", -totals.refunded, totals.refunded),
        ("net", totals.sold, True),
        ("of_fee" if agent else "of_share", totals.fee, True),
        ("of_own" if agent else "of_own_consultant", totals.own, True),
        ("of_colleagues", totals.colleagues, totals.colleagues),
        ("of_suppliers", totals.passed_on, totals.passed_on),
        ("of_waiting", totals.waiting, totals.waiting),
    ]
    return _table(sheet, y, "split", [row[:2] for row in rows if row[2]], report, told)


def _reckoning(sheet: Sheet, y: float, report: AgentReport, told: Told) -> float:
    """How the account got from its opening balance to the closing one."""
    sums = report.reckoning
    names = ("here", "elsewhere", "paid", "given_back", "reserved", "other")
    rows = [("opening", sums.opening)]
    rows += [(name, getattr(sums, name)) for name in names if getattr(sums, name)]
    rows.append(("closing", sums.closing))
    title = "reckoning" if _is_agent(report) else "reckoning_consultant"
    y = _table(sheet, y, title, rows, report, told)
    later = report.totals.own + report.totals.shared - sums.here
    if later > 0:
        say, currency = settlement_words(report.scope.locale), report.scope.currency
        text = say("later", sum=money(later, currency, told.english))
        y = sheet.flow(LEFT, room_for(sheet, y, 12), WIDTH, text, "fine")
    return y


def _table(
    sheet: Sheet,
    y: float,
    title: str,
    rows: Sequence[tuple[str, int]],
    report: AgentReport,
    told: Told,
) -> float:
    """Named sums, one a row, kept on one page."""
    say = settlement_words(report.scope.locale)
    sign = SIGNS.get(report.scope.currency, report.scope.currency)
    y = room_for(sheet, y + 12, 32 + LOW_STEP * len(rows))
    columns = (Cell(say(title, sign=sign), 0, "l", 380), Cell("", WIDTH, "r"))
    texts = [[say(name), figure(minor, told.english)] for name, minor in rows]
    return draw_roll(sheet, y, Roll(columns, texts, LOW_STEP)) + 2


def _payouts(sheet: Sheet, y: float, report: AgentReport, told: Told) -> float:
    """Each payout of the period with its number."""
    say, english = settlement_words(report.scope.locale), told.english
    rows = [
        [
            day(one.at, report.issuer.zone),
            say("payout" if one.kind in PAID else "payout_back", ref=one.ref),
            figure(-one.minor, english),
        ]
        for one in report.earnings.movements
        if one.kind in (*PAID, *GIVEN_BACK)
    ]
    if not rows:
        return y
    sign = SIGNS.get(report.scope.currency, report.scope.currency)
    columns = (
        Cell(say("payouts"), 0),
        Cell("", 84, "l", 300),
        Cell(say("sum", sign=sign), WIDTH, "r"),
    )
    return draw_roll(sheet, room_for(sheet, y + 12, 84), Roll(columns, rows, LOW_STEP)) + 2


def _fee_act(sheet: Sheet, y: float, report: AgentReport, told: Told) -> float:
    """The fee in words with its tax, what is not decided yet, and that the report is accepted."""
    say, totals, english = settlement_words(report.scope.locale), report.totals, told.english
    currency, y = report.scope.currency, room_for(sheet, y + 16, 84)
    if _is_agent(report) and report.lines:
        sheet.put(LEFT, y, say("fee_act"), "strong")
        facts = {
            "sum": money(totals.fee, currency, english),
            "words": sum_text(totals.fee, currency, report.scope.locale),
            "vat": _fee_tax(report, told),
        }
        y = sheet.flow(LEFT, y + 15, WIDTH, say("fee_text", **facts)) + 6
    if totals.open:
        waiting = money(totals.waiting, currency, english)
        text = say("not_due_yet", n=totals.open, sum=waiting)
        y = sheet.flow(LEFT, room_for(sheet, y, 24), WIDTH, text, "fine") + 6
    return sheet.flow(LEFT, room_for(sheet, y, 24), WIDTH, say("accepted"))


def _fee_tax(report: AgentReport, told: Told) -> str:
    """The tax inside the fee, or the grounds on which there is none."""
    say = settlement_words(report.scope.locale)
    if _taxed(report):
        vat = money(report.totals.vat, report.scope.currency, told.english)
        return say("fee_vat", vat=vat)
    zone = report.issuer.zone
    days = (one.line.ended_at.astimezone(zone).date() for one in report.lines)
    grounds = dict.fromkeys(report.issuer.vat_on(on).ground for on in days)
    return say("fee_free", ground="; ".join(grounds))
