"""The session protocol on paper: when, how long, minute by minute, what was said, what it cost."""

from datetime import UTC, datetime

from reports.company_part import company
from reports.documents import SessionProtocol
from reports.minute_log import minute_log
from reports.minute_strip import strip
from reports.page_parts import day, heading, moment, pairs, seal_box
from reports.pdf import BOTTOM, RIGHT, Sheet, col, drawn, span, wrap
from reports.recording_part import recordings
from reports.signatures import signed_line
from reports.sums_in_words import in_words
from reports.timeline import GAP_DRAWN_S, gaps, short_gaps
from reports.wording import (
    NB,
    OUTCOMES,
    PLANS,
    SIDES,
    cause,
    duration,
    figure,
    minutes,
    money,
    offset,
    percent,
    side,
)

TITLE = "Протокол сеанса"
X = col(4)
NO_COMMENT = "без комментария"


def draw(protocol: SessionProtocol, sha256: str) -> bytes:
    """The pages of a protocol; `sha256` is the digest of the attachment printed in the seal box."""

    def layout(sheet: Sheet) -> None:
        y = heading(
            sheet,
            protocol,
            f"№{NB}{protocol.heading.number}",
            [f"Session protocol, сеанс {protocol.facts.number}"],
        )
        y = sheet.figures(y, _figures(protocol))
        y = strip(sheet, y, protocol)
        for part in (_parties, company, _session, _events, _charges, _split, _said, recordings):
            y = part(sheet, y, protocol)
        y = minute_log(sheet, y, protocol)
        seal_box(sheet, y, protocol, sha256)

    return drawn(TITLE, protocol.heading.number, protocol.facts.head[:16], layout)


def _figures(protocol: SessionProtocol) -> list[tuple[str, str]]:
    totals, facts = protocol.totals, protocol.facts
    first = [
        ("Длительность / elapsed", _short(totals.elapsed_s)),
        ("Оплачивается / billable", minutes(totals.billed_minutes)),
    ]
    if totals.owed is not None:
        rate = money(facts.rate_minor or 0, totals.currency)
        return [
            *first,
            ("Ставка консультанта / rate", rate),
            ("К оплате консультанту / due", money(totals.owed, totals.currency)),
        ]
    price = _price(protocol)
    return [
        *first,
        ("Ставка за минуту / rate", money(price, totals.currency) if price is not None else "—"),
        ("Начислено / charged", money(totals.charged, totals.currency)),
    ]


def _short(seconds: int) -> str:
    return duration(seconds) if seconds < 3600 else duration(seconds - seconds % 60)


def _price(protocol: SessionProtocol) -> int | None:
    """Price of a minute when it was the same throughout, else None."""
    totals, segments = protocol.totals, protocol.facts.tariff.get("segments") or []
    if totals.billed_minutes and totals.charged % totals.billed_minutes == 0:
        return totals.charged // totals.billed_minutes
    return segments[0].get("rate") if len(segments) == 1 and not totals.billed_minutes else None


def _parties(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    facts, issuer = protocol.facts, protocol.issuer
    y = sheet.section(y, "Стороны", "Parties", keep=66)
    ends = [y + 24]
    for i, (role, name, rest) in enumerate(
        (
            ("Клиент / client", facts.client.name, _role(protocol, "client")),
            ("Консультант / consultant", facts.host.name, _role(protocol, "host")),
            ("Платформа / platform", issuer.name, issuer.tax_id),
        )
    ):
        x = col(4 + 3 * i)
        end = sheet.fact(x, y, span(3), role, name, "strong")
        ends.append(sheet.flow(x, end, span(3), rest, "quiet"))
    return max(ends) + 4


def _role(protocol: SessionProtocol, party: str) -> str:
    payer = "host" if protocol.facts.plan == "host-pays" else "client"
    return "платит за минуты" if payer == party else "за связь не платит"


def _session(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    facts, zone = protocol.facts, protocol.issuer.zone
    begin, end = facts.started_at, facts.ended_at
    y = sheet.section(y, "Сеанс", "Session", keep=96)
    shift = offset((begin or protocol.heading.issued_at).astimezone(zone))
    for i, (label, value) in enumerate(
        (
            ("Начало / started", moment(begin, zone) if begin else "счётчик не запускался"),
            ("Конец / ended", moment(end, zone) if end else "—"),
            ("Часовой пояс / time zone", f"{shift}, {protocol.issuer.zone_name}"),
            ("Тарифный план / plan", PLANS.get(facts.plan, (facts.plan,))[0]),
            ("Округление / rounding", _rounding(protocol)),
            ("Завершение / end reason", cause(facts.cause)),
        )
    ):
        sheet.fact(col(4 + i % 3 * 3), y + i // 3 * 30, span(3), label, value)
    y = sheet.fact(X, y + 60, span(9), "Тема / topic", facts.topic or "—")
    if facts.result:
        y = sheet.fact(X, y + 6, span(9), "Результат / result", facts.result)
    return y + 4


def _rounding(protocol: SessionProtocol) -> str:
    segments = protocol.facts.tariff.get("segments") or [{}]
    step = segments[0].get("increment_seconds", 60)
    return "начатая минута — целая" if step == 60 else f"шаг {duration(step)}"


def _events(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    zone = protocol.issuer.zone
    drawn_gaps = [gap for gap in gaps(protocol.facts) if gap.seconds >= GAP_DRAWN_S]
    y = sheet.section(y, "Паузы", "Pauses")
    if not drawn_gaps:
        sheet.put(X, y, _unbroken(protocol), "quiet")
        return y + 28
    for gap in drawn_gaps:
        y = y if y <= BOTTOM else sheet.continued()
        since = (_unix(gap.begin).astimezone(zone), _unix(gap.end).astimezone(zone))
        sheet.put(X, y, f"{since[0]:%H:%M:%S}–{since[1]:%H:%M:%S}", "body")
        sheet.put(col(6) + 12, y, side(gap.side) if gap.side else "—", "quiet")
        why = (
            "пауза, счётчик стоял" if gap.state == "pause" else f"{cause(gap.cause)}, счётчик стоял"
        )
        sheet.put(RIGHT, y, duration(gap.seconds), "quiet", "r")
        y = sheet.flow(col(8), y, span(4), why)
    return y + 10


def _unbroken(protocol: SessionProtocol) -> str:
    short, seconds = short_gaps(protocol.facts)
    if not protocol.facts.segments:
        return "Счётчик не запускался."
    if short:
        return f"Без пауз; коротких пропусков медиа {short}, всего {duration(seconds)}."
    return "Без пауз: связь и медиапоток не прерывались."


def _unix(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _charges(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    totals = protocol.totals
    y = sheet.section(y, "Начисления", "Charges", keep=60)
    if line := signed_line(protocol.facts):
        y = sheet.flow(X, y, span(9), line, "label") + 4
    price = _price(protocol)
    times = f" × {money(price, totals.currency)}" if price is not None else ""
    own = protocol.facts.plan == "host-pays"
    what = "Услуга связи, платит консультант платформе" if own else "Консультация"
    text = f"{what}: {minutes(totals.billed_minutes)}{times}"
    y = pairs(sheet, X, y, text, figure(totals.charged), "strong")
    if totals.promo and not own:  # on what a consultant pays with, the act is the paper
        y = pairs(sheet, X, y, "Из удержанного оплачено промокредитом", figure(totals.promo))
    if totals.owed is not None:
        rate = money(protocol.facts.rate_minor or 0, totals.currency)
        text = f"Клиент должен консультанту: {minutes(totals.billed_minutes)} × {rate}"
        y = pairs(sheet, X, y, text, figure(totals.owed), "strong")
        y = sheet.flow(X, y, span(9), _words(protocol, totals.owed), "label")
        note = "Для собственного счёта консультанта; через платформу эти деньги не проходят."
        return sheet.flow(X, y, span(9), note, "label") + 10
    return sheet.flow(X, y, span(9), _words(protocol, totals.charged), "label") + 10


def _words(protocol: SessionProtocol, minor: int) -> str:
    return in_words(minor) if protocol.totals.currency == "RUB" else ""


def _split(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    totals, facts = protocol.totals, protocol.facts
    if facts.plan == "host-pays":
        if not facts.outcome:
            return y
        return _outcome(sheet, sheet.section(y, "Решение", "Outcome"), protocol)
    if not totals.charged:
        return y
    y = sheet.section(y, "Распределение", "Split", keep=60)
    shares = [
        (f"Консультант: {facts.host.name}", totals.consultant),
        (f"Платформа: {protocol.issuer.name}", totals.platform),
        ("Возвращено клиенту", totals.refunded),
        ("Хранится до решения клиента", totals.escrow),
    ]
    for name, part in shares:
        if not part:
            continue
        sheet.put(col(11) - 6, y, percent(part * 10_000 // totals.charged), "quiet", "r")
        y = pairs(sheet, X, y, name, figure(part))
    return _outcome(sheet, y, protocol)


def _outcome(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    facts, zone = protocol.facts, protocol.issuer.zone
    text = f"Решение клиента: {OUTCOMES.get(facts.outcome, (facts.outcome,))[0]}"
    if not facts.outcome and facts.outcome_due_at:
        text += f" до {day(facts.outcome_due_at, zone)}, молчание означает «решено»"
    y = sheet.flow(X, y, span(9), text, "label")
    if facts.outcome_comment:
        y = sheet.flow(X, y, span(9), f"«{facts.outcome_comment}»", "body")
    return y + 10


def _said(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    if not protocol.facts.reviews:
        return y
    zone = protocol.issuer.zone
    said = [wrap(one.comment or NO_COMMENT, "body", span(9)) for one in protocol.facts.reviews]
    height = 18 + sum(18 + 12 * len(lines) for lines in said)
    y = sheet.section(y, "Отзывы", "Reviews", keep=min(height, 300))
    for review in protocol.facts.reviews:
        y = y if y + 12 <= BOTTOM else sheet.continued()
        at = review.at.astimezone(zone)
        who = SIDES.get(review.side, (review.side,))[0].capitalize()
        scores = (
            f"качество {review.quality} · пунктуальность {review.punctuality}"
            f" · вежливость {review.courtesy}"
        )
        sheet.put(X, y, f"{who}, {at:%d.%m, %H:%M}", "strong")
        sheet.put(RIGHT, y, scores, "label", "r")
        y = sheet.flow(X, y + 12, span(9), review.comment or NO_COMMENT) + 6
    return y + 2
