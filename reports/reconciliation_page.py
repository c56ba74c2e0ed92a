"""The reconciliation act: every document between two balances; the partner's half is empty."""

from collections.abc import Sequence
from itertools import accumulate

from reports.page_parts import day
from reports.pdf import INK, LEFT, RIGHT, WIDTH, Sheet, col, drawn, span
from reports.period_page import requisite_lines
from reports.period_parts import Told, period_heading, period_seal, room_for, side, signatures
from reports.period_words import Say
from reports.reconciliation import RECONCILIATION_FILE, Posting, Reconciliation, postings
from reports.roll import Cell, Roll, draw_roll
from reports.settlement_words import settlement_words
from reports.statement_words import movement_words
from reports.sums_in_words import sum_text
from reports.wording import SIGNS, count, figure, long_date, money

STEP = 24.0
#: Right edges of our debit, credit and balance, then of the partner's debit and credit.
DEBIT, CREDIT, BALANCE = 248.0, 308.0, 370.0
THEIRS, THEIR_DEBIT = 390.0, 438.0


def title(act: Reconciliation) -> str:
    return settlement_words(act.scope.locale)("reconciliation")


def draw(act: Reconciliation, sha256: str) -> bytes:
    """The pages; `sha256` is the digest of the attachment printed at the foot and in the box."""
    told = Told(act.heading, act.issuer, act.scope, RECONCILIATION_FILE, sha256)
    say = settlement_words(act.scope.locale)

    def layout(sheet: Sheet) -> None:
        y = period_heading(sheet, told)
        y = sheet.figures(y, _figures(act, told))
        y = _sides(sheet, y, act, told)
        y = _halves(sheet, y + 8, act)
        y = draw_roll(sheet, y, postings_roll(act, told))
        y = _turnovers(sheet, y, act, told)
        y = _by_account(sheet, y, act, told)
        y = _owed(sheet, y, act, told)
        y = signatures(sheet, y, told, (say("platform"), say("partner")), act.customer.name)
        period_seal(sheet, y, told)

    return drawn(title(act), act.heading.number, sha256[:16], layout, told.english)


def _figures(act: Reconciliation, told: Told) -> list[tuple[str, str]]:
    say, totals = settlement_words(act.scope.locale), act.totals
    sums = {
        "opening": totals.opening,
        "turnover_debit": totals.debits,
        "turnover_credit": totals.credits,
        "closing": totals.closing,
    }
    currency = act.scope.currency
    return [(say(name), money(minor, currency, told.english)) for name, minor in sums.items()]


def _sides(sheet: Sheet, y: float, act: Reconciliation, told: Told) -> float:
    say, issuer = settlement_words(act.scope.locale), act.issuer
    y = side(sheet, y, say("platform"), issuer.name, [issuer.tax_id, issuer.address])
    y = side(sheet, y, say("partner"), act.customer.name, requisite_lines(told.say, act.customer))
    code = say("currency", code=act.scope.currency)
    return side(sheet, y, say("basis"), issuer.contract, [code]) + 4


def _halves(sheet: Sheet, y: float, act: Reconciliation) -> float:
    """Whose books the columns below are."""
    say = settlement_words(act.scope.locale)
    y = room_for(sheet, y, 120)
    whose = say("our_books", name=act.issuer.name)
    sheet.put(LEFT, y, sheet.codes("label").fitted(whose, BALANCE), "label")
    sheet.put(LEFT + THEIRS, y, say("their_books"), "label")
    sheet.rule(y + 5, LEFT, LEFT + BALANCE)
    sheet.rule(y + 5, LEFT + THEIRS, RIGHT)
    return y + 18


def postings_roll(act: Reconciliation, told: Told) -> Roll:
    """The opening balance and every document, in our columns; the partner's stay empty."""
    say, english = settlement_words(act.scope.locale), told.english
    sign = SIGNS.get(act.scope.currency, act.scope.currency)
    columns = (
        Cell(say("date"), 0),
        Cell(say("document"), 50, "l", 136),
        Cell("", 50, "l", 136, "fine", 9.5),
        Cell(say("debit", sign=sign), DEBIT, "r"),
        Cell(say("credit", sign=sign), CREDIT, "r"),
        Cell(say("balance", sign=sign), BALANCE, "r"),
        Cell(say("debit", sign=sign), THEIR_DEBIT, "r"),
        Cell(say("credit", sign=sign), WIDTH, "r"),
    )
    found, opening = list(postings(act)), act.totals.opening
    acts = dict(act.acts)
    rows = [["", say("opening"), "", *_sided(opening, english), figure(opening, english), "", ""]]
    rows += [_row(one, told, say, acts) for one in found]
    moved = [one.movement.minor for one in found]
    debits = [0, *accumulate((max(-minor, 0) for minor in moved), initial=0)]
    credits = [0, *accumulate((max(minor, 0) for minor in moved), initial=0)]
    balances = [opening, opening, *(one.balance for one in found)]

    def carried(n: int) -> Sequence[str]:
        sums = (figure(one[n], english) for one in (debits, credits, balances))
        return ["", told.say("carried"), "", *sums, "", ""]

    return Roll(columns, rows, STEP, carried)


def _sided(minor: int, english: bool) -> list[str]:
    """A sum in the debit or in the credit column; zero is in neither."""
    return [
        figure(-minor, english) if minor < 0 else "",
        figure(minor, english) if minor > 0 else "",
    ]


def _row(one: Posting, told: Told, say: Say, acts: dict[str, str]) -> list[str]:
    english, moved = told.english, one.movement
    words, fine = movement_words(moved.kind, told.scope.locale), moved.ref
    if moved.ref in acts:
        fine = f"{say('act_no', number=acts[moved.ref])}, {fine}"
    if moved.charges:
        words = f"{words}, {say('minutes', n=count(moved.charges, english))}"
    return [
        day(moved.at, told.issuer.zone),
        words,
        fine,
        *_sided(moved.minor, english),
        figure(one.balance, english),
        "",
        "",
    ]


def _turnovers(sheet: Sheet, y: float, act: Reconciliation, told: Told) -> float:
    """Turnovers and the closing balance under their columns, in ours only."""
    say, totals, english = settlement_words(act.scope.locale), act.totals, told.english
    y = room_for(sheet, y, 48)
    turned = [figure(totals.debits, english), figure(totals.credits, english)]
    for name, texts in (("turnovers", turned), ("closing", _sided(totals.closing, english))):
        sheet.put(LEFT + 50, y, say(name), "strong")
        for x, text in zip((DEBIT, CREDIT), texts, strict=True):
            sheet.put(LEFT + x, y, text, "strong", "r")
        sheet.rule(y + 6, LEFT, LEFT + BALANCE, INK)
        sheet.rule(y + 6, LEFT + THEIRS, RIGHT, INK)
        y += 18
    return y + 6


def _by_account(sheet: Sheet, y: float, act: Reconciliation, told: Told) -> float:
    """Balances and turnovers of each account, when there is more than one."""
    if len(act.parts) < 2:
        return y
    say, english = settlement_words(act.scope.locale), told.english
    sign = SIGNS.get(act.scope.currency, act.scope.currency)
    columns = (
        Cell(say("by_account"), 0, "l", 200),
        Cell(say("opening"), 268, "r"),
        Cell(say("debit", sign=sign), 342, "r"),
        Cell(say("credit", sign=sign), 416, "r"),
        Cell(say("closing"), WIDTH, "r"),
    )
    names = ("opening", "debits", "credits", "closing")
    rows = [
        [say(part.account), *(figure(getattr(part.totals, name), english) for name in names)]
        for part in act.parts
    ]
    return draw_roll(sheet, room_for(sheet, y + 6, 84), Roll(columns, rows, 15)) + 10


def _owed(sheet: Sheet, y: float, act: Reconciliation, told: Told) -> float:
    """In whose favour the balance is, by our books and, on lines to fill in, by the partner's."""
    say, closing, currency = (
        settlement_words(act.scope.locale),
        act.totals.closing,
        act.scope.currency,
    )
    keeper, last = act.issuer.name, long_date(act.scope.last, told.english)
    y = room_for(sheet, y, 90)
    text = say("nothing_owed", keeper=keeper, day=last)
    if closing:
        text = say(
            "owed",
            keeper=keeper,
            day=last,
            name=act.customer.name if closing > 0 else keeper,
            sum=money(abs(closing), currency, told.english),
            words=sum_text(abs(closing), currency, act.scope.locale),
        )
    y = sheet.flow(LEFT, y, WIDTH, text, "strong") + 6
    y = room_for(sheet, y, 48)
    sheet.put(LEFT, y, say("partner_owed", day=last))
    sheet.rule(y + 2, col(8), RIGHT, INK, 0.4)
    return sheet.flow(LEFT, y + 18, span(12), say("signs"), "fine") + 6
