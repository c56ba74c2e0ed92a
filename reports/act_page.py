"""The act of services rendered: who did what for whom, how much of it, at what price."""

from datetime import date

from reports.documents import Act
from reports.issuer import AGENT
from reports.page_parts import day, heading, requisites, seal_box
from reports.pdf import INK, LEFT, LINE, RIGHT, WIDTH, Column, Sheet, col, drawn, span
from reports.sums_in_words import sum_text
from reports.wording import (
    NB,
    count,
    figure,
    long_date,
    minutes,
    money,
    percent,
)

TITLE = "Акт об оказании услуг"
COLUMNS = (
    Column("№", 12, "r"),
    Column("Дата", 24),
    Column("Услуга", 84, "l", 234),
    Column("Минут", 354, "r"),
    Column("Цена, ₽", 414, "r"),
    Column("Сумма, ₽", WIDTH, "r"),
)


def draw(act: Act, sha256: str) -> bytes:
    """The pages of an act; `sha256` is the digest of the attachment printed in the seal box."""

    def layout(sheet: Sheet) -> None:
        y = heading(
            sheet, act, _number(act), [f"Certificate of services, сеанс {act.facts.number}"]
        )
        y = sheet.figures(y, _figures(act))
        y = _sides(sheet, y, act)
        y = _table(sheet, y + 8, act)
        y = _totals(sheet, y + 8, act)
        y = _accepted(sheet, y, act)
        y = _signatures(sheet, y + 6, act)
        seal_box(sheet, y, act, sha256)

    return drawn(TITLE, act.heading.number, act.facts.head[:16], layout)


def _number(act: Act) -> str:
    head = act.heading
    text = f"№{NB}{head.number} от {long_date(head.issued_at.astimezone(act.issuer.zone))}"
    return text + (f", исправление{NB}{head.revision - 1}" if head.revision > 1 else "")


def _figures(act: Act) -> list[tuple[str, str]]:
    totals = act.totals
    middle = (
        ("Возвращено / refunded", money(totals.refunded, totals.currency))
        if totals.refunded
        else ("НДС / VAT", money(act.vat, totals.currency) if act.vat else "без НДС")
    )
    return [
        ("Минут / minutes", count(totals.billed_minutes)),
        ("Начислено / charged", money(totals.charged, totals.currency)),
        middle,
        ("Всего / total", money(act.total, totals.currency)),
    ]


def _sides(sheet: Sheet, y: float, act: Act) -> float:
    issuer, facts = act.issuer, act.facts
    y = requisites(
        sheet, y, ("Исполнитель", "Supplier"), issuer.name, [issuer.tax_id, issuer.address]
    )
    role = "консультант" if act.buyer_role == "host" else "клиент"
    y = requisites(
        sheet, y, ("Заказчик", "Customer"), act.buyer, [f"{role} в сеансе {facts.number}"]
    )
    other = facts.client.name if act.buyer_role == "host" else facts.host.name
    label = "Получатель помощи" if act.buyer_role == "host" else "Консультант"
    lines = [f"{label}: {other}"]
    y = sheet.section(y, "Основание", "Basis")
    y = sheet.flow(col(4), y, span(9), issuer.contract, "body")
    for line in lines:
        y = sheet.flow(col(4), y, span(9), line, "quiet")
    return y + 6


def _table(sheet: Sheet, y: float, act: Act) -> float:
    at = act.facts.ended_at or act.heading.issued_at
    y = sheet.columns(sheet.room(y, 60), COLUMNS)
    for n, line in enumerate(act.lines, 1):
        price = figure(line.price_minor) if line.price_minor is not None else ""
        quantity = count(line.minutes) if line.minutes else ""
        values = (
            str(n),
            day(at, act.issuer.zone),
            line.service,
            quantity,
            price,
            figure(line.minor),
        )
        y = sheet.row(y, COLUMNS, values, line.detail)
    return y


def _totals(sheet: Sheet, y: float, act: Act) -> float:
    y = sheet.room(y, 54)
    currency, vat = act.totals.currency, act.issuer.vat_on(_service_day(act))
    rows = [("Итого", figure(act.total), "body")]
    if vat.rate_bp is None:
        rows.append(("НДС", "без НДС", "body"))
    else:
        rows.append((f"в том числе НДС {percent(vat.rate_bp)}", figure(act.vat), "body"))
    rows.append(("Всего", money(act.total, currency), "strong"))
    for i, (name, value, style) in enumerate(rows):
        sheet.put(col(9), y + i * 15, name, style)
        sheet.put(RIGHT, y + i * 15, value, style, "r")
        if i < 2:
            sheet.rule(y + 5 + i * 15, col(9), RIGHT, INK if i else LINE)
    sheet.put(LEFT, y, f"Оказано услуг: 1, {minutes(act.totals.billed_minutes)}, на сумму", "label")
    end = sheet.flow(LEFT, y + 15, span(7), sum_text(act.total, currency), "strong")
    if act.totals.promo:
        paid = act.total - act.totals.promo
        text = f"Из них промокредитом {money(act.totals.promo, currency)}"
        end = sheet.flow(LEFT, end, span(7), f"{text}, деньгами {money(paid, currency)}", "label")
    if vat.rate_bp is None:
        end = sheet.flow(LEFT, end, span(7), f"Без НДС: {vat.ground}", "label")
    elif act.issuer.vat_mode == AGENT:
        base, rule = money(act.vat_base, currency), f"{percent(vat.rate_bp)}, {vat.ground}"
        text = f"НДС исчислен с вознаграждения платформы как агента, {base}: {rule}"
        end = sheet.flow(LEFT, end, span(7), text, "label")
    return max(end, y + 42) + 12


def _service_day(act: Act) -> date:
    return (act.facts.ended_at or act.heading.issued_at).astimezone(act.issuer.zone).date()


def _accepted(sheet: Sheet, y: float, act: Act) -> float:
    facts, totals = act.facts, act.totals
    y = sheet.room(y, 48)
    if totals.refunded:
        kept = percent(totals.kept * 10_000 // totals.charged)
        text = (
            f"Заказчик сообщил, что вопрос не решён: удержано {kept} начисленного, "
            f"{money(totals.refunded, totals.currency)} возвращено на его лицевой счёт. "
            "Услуги приняты в указанном объёме."
        )
        if facts.outcome_comment:
            text += f" Замечание заказчика: «{facts.outcome_comment}»."
    elif facts.plan == "client-pays" and not facts.outcome and facts.outcome_due_at:
        text = (
            f"До {day(facts.outcome_due_at, act.issuer.zone)} заказчик вправе заявить, что вопрос "
            "не решён; тогда будет составлено исправление. В остальном услуги оказаны в полном "
            "объёме, претензий нет."
        )
    else:
        text = "Услуги оказаны в полном объёме и в срок, стороны претензий друг к другу не имеют."
    text += " Минуты подтверждены протоколом сеанса и вложенным журналом событий."
    return sheet.flow(LEFT, y, span(11), text)


def _signatures(sheet: Sheet, y: float, act: Act) -> float:
    y = sheet.room(y, 72)
    for x, role, post, name, how in (
        (
            LEFT,
            "Исполнитель",
            f"{act.issuer.signer_post}, {act.issuer.name}",
            act.issuer.signer,
            "электронная печать",
        ),
        (col(7), "Заказчик", act.buyer, "", "подпись"),
    ):
        sheet.put(x, y + 10, role, "strong")
        end = sheet.flow(x, y + 22, span(5), post, "quiet")
        line = max(end + 4, y + 46)
        sheet.rule(line, x, x + span(5), INK, 0.4)
        sheet.put(x, line + 10, how, "label")
        sheet.put(x + span(5), line + 10, name, "label", "r")
    return y + 70
