"""The act of services rendered: who did what for whom, how much of it, at what price."""

from datetime import date

from reports.documents import Act
from reports.issuer import AGENT, Vat
from reports.page_parts import day, heading, requisites, seal_box
from reports.pdf import INK, LEFT, LINE, RIGHT, WIDTH, Column, Sheet, col, drawn, span
from reports.price import by_the_second, quantity
from reports.session_words import Words
from reports.sums_in_words import sum_text
from reports.wording import NB, SIGNS, count, long_date


def draw(act: Act, sha256: str) -> bytes:
    """The pages of an act; `sha256` is the digest of the attachment printed in the seal box."""
    say = Words(act.heading.english)

    def layout(sheet: Sheet) -> None:
        y = heading(sheet, act, _number(act, say), say("under_act", n=act.facts.number))
        y = sheet.figures(y, _figures(act, say))
        y = _sides(sheet, y, act, say)
        y = _table(sheet, y + 8, act, say)
        y = _totals(sheet, y + 8, act, say)
        y = _accepted(sheet, y, act, say)
        y = _signatures(sheet, y + 6, act, say)
        seal_box(sheet, y, act, sha256)

    return drawn(say("act"), act.heading.number, act.facts.head[:16], layout, say.english)


def _number(act: Act, say: Words) -> str:
    head = act.heading
    day = long_date(head.issued_at.astimezone(act.issuer.zone), say.english)
    text = f"№{NB}{head.number} {say('of', day=day)}"
    return text + (say("correction", n=head.revision - 1) if head.revision > 1 else "")


def _figures(act: Act, say: Words) -> list[tuple[str, str]]:
    totals, seconds = act.totals, act.lines[0].seconds
    middle = (
        (say("refunded"), say.money(totals.refunded, totals.currency))
        if totals.refunded
        else (say("vat"), say.money(act.vat, totals.currency) if act.vat else say("no_vat"))
    )
    sold = (say("quantity"), count(totals.billed_minutes, say.english))
    return [
        (say("time"), say.duration(seconds)) if by_the_second(seconds) else sold,
        (say("charged"), say.money(totals.charged, totals.currency)),
        middle,
        (say("total"), say.money(act.total, totals.currency)),
    ]


def _sides(sheet: Sheet, y: float, act: Act, say: Words) -> float:
    issuer, facts = act.issuer, act.facts
    lines = [issuer.tax_id, issuer.address]
    y = requisites(sheet, y, say.section("supplier"), issuer.name, lines)
    own = act.buyer_role == "host"
    role = say("as_host" if own else "as_client", n=facts.number)
    y = requisites(sheet, y, say.section("customer"), act.buyer, [role])
    other = say("helped", name=facts.client.name) if own else say("helper", name=facts.host.name)
    y = sheet.section(y, *say.section("basis"))
    y = sheet.flow(col(4), y, span(9), issuer.contract, "body")
    return sheet.flow(col(4), y, span(9), other, "quiet") + 6


def _columns(act: Act, say: Words) -> tuple[Column, ...]:
    """A price beside seconds is named for what it is: of a minute."""
    sign = SIGNS.get(act.totals.currency, act.totals.currency)
    seconds = by_the_second(act.lines[0].seconds)
    return (
        Column(say("no"), 12, "r"),
        Column(say("date"), 24),
        Column(say("service"), 84, "l", 216),
        Column(say("quantity_sold" if seconds else "minutes"), 354, "r"),
        Column(say("price_of_minute" if seconds else "price", sign=sign), 424, "r"),
        Column(say("sum", sign=sign), WIDTH, "r"),
    )


def _table(sheet: Sheet, y: float, act: Act, say: Words) -> float:
    at, columns = act.facts.ended_at or act.heading.issued_at, _columns(act, say)
    y = sheet.columns(sheet.room(y, 60), columns)
    for n, line in enumerate(act.lines, 1):
        values = (
            str(n),
            day(at, act.issuer.zone),
            line.service,
            _quantity(line.seconds, say),
            say.figure(line.price_minor) if line.price_minor is not None else "",
            say.figure(line.minor),
        )
        y = sheet.row(y, columns, values, line.detail)
    return y


def _quantity(seconds: int, say: Words) -> str:
    if by_the_second(seconds):
        return say.duration(seconds)
    return count(seconds // 60, say.english) if seconds else ""


def _totals(sheet: Sheet, y: float, act: Act, say: Words) -> float:
    y = sheet.room(y, 54)
    currency, vat = act.totals.currency, act.issuer.vat_on(_service_day(act))
    rows = [(say("subtotal"), say.figure(act.total), "body")]
    if vat.rate_bp is None:
        rows.append((say("vat_row"), say("no_vat"), "body"))
    else:
        rate = say("vat_at", rate=say.percent(vat.rate_bp))
        rows.append((rate, say.figure(act.vat), "body"))
    rows.append((say("grand_total"), say.money(act.total, currency), "strong"))
    for i, (name, value, style) in enumerate(rows):
        sheet.put(col(9), y + i * 15, name, style)
        sheet.put(RIGHT, y + i * 15, value, style, "r")
        if i < 2:
            sheet.rule(y + 5 + i * 15, col(9), RIGHT, INK if i else LINE)
    time = quantity(act.facts, say)
    sheet.put(LEFT, y, say("services", time=time), "label")
    end = sheet.flow(LEFT, y + 15, span(7), sum_text(act.total, currency, say.locale), "strong")
    for text in _notes(act, vat, say):
        end = sheet.flow(LEFT, end, span(7), text, "label")
    return max(end, y + 42) + 12


def _notes(act: Act, vat: Vat, say: Words) -> list[str]:
    """Promo credit; the ground on which there is no tax, or what the tax was reckoned from."""
    notes, currency, promo = [], act.totals.currency, act.totals.promo
    if promo:
        parts = {
            "promo": say.money(promo, currency),
            "paid": say.money(act.total - promo, currency),
        }
        notes.append(say("promo", **parts))
    if vat.rate_bp is None:
        return [*notes, say("free_ground", ground=vat.ground)]
    rule = ", ".join(one for one in (say.percent(vat.rate_bp), vat.ground) if one)
    base = say.money(act.vat_base, currency)
    agent = act.issuer.vat_mode == AGENT
    return [*notes, say("agent", base=base, rule=rule) if agent else say("principal", rule=rule)]


def _service_day(act: Act) -> date:
    return (act.facts.ended_at or act.heading.issued_at).astimezone(act.issuer.zone).date()


def _accepted(sheet: Sheet, y: float, act: Act, say: Words) -> float:
    facts, totals = act.facts, act.totals
    y = sheet.room(y, 48)
    if totals.refunded:
        kept = say.percent(totals.kept * 10_000 // totals.charged)
        text = say("unresolved", kept=kept, back=say.money(totals.refunded, totals.currency))
        if facts.outcome_comment:
            text += say("remark", text=facts.outcome_comment)
    elif facts.plan == "client-pays" and not facts.outcome and facts.outcome_due_at:
        text = say("open", day=day(facts.outcome_due_at, act.issuer.zone))
    else:
        text = say("accepted")
    return sheet.flow(LEFT, y, span(11), text + say("proved"))


def _signatures(sheet: Sheet, y: float, act: Act, say: Words) -> float:
    y = sheet.room(y, 72)
    issuer = act.issuer
    post = f"{issuer.signer_post}, {issuer.name}"
    foot = y + 70
    for x, role, who, name, how in (
        (LEFT, say.section("supplier")[0], post, issuer.signer, say("sealed_by")),
        (col(7), say.section("customer")[0], act.buyer, "", say("sign_here")),
    ):
        sheet.put(x, y + 10, role, "strong")
        end = sheet.flow(x, y + 22, span(5), who, "quiet")
        line = max(end + 4, y + 46)
        sheet.rule(line, x, x + span(5), INK, 0.4)
        sheet.put(x, line + 10, how, "label")
        sheet.put(x + span(5), line + 10, name, "label", "r")
        foot = max(foot, line + 24)  # a long name is a tall one
    return foot
