"""The statement of account: opening balance, every movement, closing balance, sums by kind."""

from collections.abc import Sequence
from itertools import accumulate

from reports.page_parts import moment
from reports.pdf import LEFT, WIDTH, Sheet, drawn
from reports.period_page import requisite_lines
from reports.period_parts import Told, period_heading, period_seal, room_for, side
from reports.period_words import speaker
from reports.roll import Cell, Roll, draw_roll
from reports.statement import CHARGED, STATEMENT_FILE, Movement, Statement
from reports.statement_words import movement_words, phrase
from reports.sums_in_words import sum_text
from reports.wording import SIGNS, count, figure, money

STEP = 24.0


def title(statement: Statement) -> str:
    return speaker(statement.scope.locale)("statement")


def draw(statement: Statement, sha256: str) -> bytes:
    """The pages; `sha256` is the digest of the attachment printed at the foot and in the box."""
    told = Told(statement.heading, statement.issuer, statement.scope, STATEMENT_FILE, sha256)

    def layout(sheet: Sheet) -> None:
        y = period_heading(sheet, told, "issued_f")
        y = sheet.figures(y, _figures(statement, told))
        y = _sides(sheet, y, statement, told)
        y = draw_roll(sheet, y + 8, movements_roll(statement, told))
        y = _kinds(sheet, y + 6, statement, told)
        y = _closing(sheet, y, statement, told)
        period_seal(sheet, y, told)

    number = statement.heading.number
    return drawn(title(statement), number, sha256[:16], layout, told.english)


def _figures(statement: Statement, told: Told) -> list[tuple[str, str]]:
    totals, currency, locale = statement.totals, statement.scope.currency, told.scope.locale
    return [
        (phrase(name, locale), money(getattr(totals, name), currency, told.english))
        for name in ("opening", "credits", "debits", "closing")
    ]


def _sides(sheet: Sheet, y: float, statement: Statement, told: Told) -> float:
    issuer, locale, customer = statement.issuer, told.scope.locale, statement.customer
    lines = [issuer.tax_id, issuer.address]
    y = side(sheet, y, phrase("keeper", locale), issuer.name, lines)
    lines = [*requisite_lines(told.say, customer), phrase(told.scope.role, locale)]
    return side(sheet, y, phrase("holder", locale), customer.name, lines) + 4


def movements_roll(statement: Statement, told: Told) -> Roll:
    """Every movement: when, what over its number, minutes, debit, credit, balance after it."""
    locale, english = told.scope.locale, told.english
    sign = SIGNS.get(told.scope.currency, told.scope.currency)
    columns = (
        Cell(phrase("when", locale), 0),
        Cell(phrase("what", locale), 96, "l", 192),
        Cell("", 96, "l", 192, "fine", 9.5),
        Cell(phrase("charges", locale), 318, "r"),
        Cell(f"{phrase('debit', locale)}, {sign}", 376, "r"),
        Cell(f"{phrase('credit', locale)}, {sign}", 434, "r"),
        Cell(f"{phrase('balance', locale)}, {sign}", WIDTH, "r"),
    )
    moved = [(one.charges, max(-one.minor, 0), max(one.minor, 0)) for one in statement.movements]
    sums = [list(accumulate((one[i] for one in moved), initial=0)) for i in range(3)]
    balances = [statement.totals.opening, *(one.balance for one in statement.movements)]

    def carried(n: int) -> Sequence[str]:
        charges, debits, credits = (column[n] for column in sums)
        texts = (figure(minor, english) for minor in (debits, credits, balances[n]))
        return [told.say("carried"), "", "", count(charges, english), *texts]

    rows = [_row(one, told) for one in statement.movements]
    return Roll(columns, rows, STEP, carried)


def _row(one: Movement, told: Told) -> list[str]:
    english, zone = told.english, told.issuer.zone
    fine = [one.ref]
    if one.until != one.at:
        fine.append(f"{moment(one.at, zone)} – {moment(one.until, zone)[-8:]}")
    return [
        moment(one.at, zone)[:-3],
        movement_words(one.kind, told.scope.locale),
        ", ".join(part for part in fine if part),
        count(one.charges, english) if one.charges else "",
        figure(-one.minor, english) if one.minor < 0 else "",
        figure(one.minor, english) if one.minor > 0 else "",
        figure(one.balance, english),
    ]


def _kinds(sheet: Sheet, y: float, statement: Statement, told: Told) -> float:
    """Sums by kind of movement, in the order in which kinds first appear."""
    locale, english = told.scope.locale, told.english
    sums: dict[str, list[int]] = {}
    for one in statement.movements:
        kind = sums.setdefault(movement_words(one.kind, locale), [0, 0, 0, 0])
        for i, more in enumerate((1, one.charges, max(-one.minor, 0), max(one.minor, 0))):
            kind[i] += more
    if not sums:
        y = sheet.flow(LEFT, y + 6, WIDTH, phrase("nothing", locale), "quiet")
        return y + 8
    columns = (
        Cell(phrase("by_kind", locale), 0, "l", 240),
        Cell(phrase("times", locale), 288, "r"),
        Cell(phrase("charges", locale), 346, "r"),
        Cell(phrase("debit", locale), 418, "r"),
        Cell(phrase("credit", locale), WIDTH, "r"),
    )
    rows = [
        [name, *(count(n, english) if n else "" for n in kind[:2])]
        + [figure(minor, english) if minor else "" for minor in kind[2:]]
        for name, kind in sums.items()
    ]
    return draw_roll(sheet, room_for(sheet, y + 12, 72), Roll(columns, rows, 15)) + 8


def _closing(sheet: Sheet, y: float, statement: Statement, told: Told) -> float:
    """The closing balance in words, and how minutes were gathered."""
    locale, totals = told.scope.locale, statement.totals
    y = room_for(sheet, y, 60)
    words = sum_text(totals.closing, told.scope.currency, locale)
    y = sheet.flow(LEFT, y, WIDTH, f"{phrase('closing', locale)}: {words}", "strong")
    if any(one.kind == CHARGED for one in statement.movements):
        y = sheet.flow(LEFT, y, WIDTH, phrase("grouped", locale), "fine")
    return y + 6
