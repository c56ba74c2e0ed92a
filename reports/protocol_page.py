"""The session protocol on paper: when, how long, minute by minute, what was said, what it cost."""

from datetime import UTC, datetime

from reports.company_part import company
from reports.documents import SessionProtocol
from reports.minute_log import minute_log
from reports.minute_strip import strip
from reports.page_parts import day, heading, moment, pairs, seal_box
from reports.pdf import BOTTOM, RIGHT, Sheet, col, drawn, span, wrap
from reports.price import minute_price, per_minute, quantity
from reports.recording_part import recordings
from reports.session_words import Words
from reports.signatures import signed_line
from reports.sums_in_words import sum_text
from reports.timeline import GAP_DRAWN_S, PAUSE, gaps, short_gaps
from reports.wording import NB, OUTCOMES, PLANS, SIDES, cause, offset, side

X = col(4)


def draw(protocol: SessionProtocol, sha256: str) -> bytes:
    """The pages of a protocol; `sha256` is the digest of the attachment printed in the seal box."""

    say = Words(protocol.heading.english)

    def layout(sheet: Sheet) -> None:
        under = say("under_protocol", n=protocol.facts.number)
        y = heading(sheet, protocol, f"№{NB}{protocol.heading.number}", under)
        y = sheet.figures(y, _figures(protocol, say))
        y = strip(sheet, y, protocol, say)
        for part in (_parties, company, _session, _events, _charges, _split, _said, recordings):
            y = part(sheet, y, protocol, say)
        y = minute_log(sheet, y, protocol, say)
        seal_box(sheet, y, protocol, sha256)

    number, foot = protocol.heading.number, protocol.facts.head[:16]
    return drawn(say("protocol"), number, foot, layout, say.english)


def _figures(protocol: SessionProtocol, say: Words) -> list[tuple[str, str]]:
    totals, facts = protocol.totals, protocol.facts
    first = [
        (say("elapsed"), _short(totals.elapsed_s, say)),
        (say("billable"), quantity(facts, say)),
    ]
    if totals.owed is not None:
        rate = say.money(facts.rate_minor or 0, totals.currency)
        return [
            *first,
            (say("host_rate"), rate),
            (say("due"), say.money(totals.owed, totals.currency)),
        ]
    price = minute_price(facts)
    return [
        *first,
        (say("rate"), say.money(price, totals.currency) if price is not None else "—"),
        (say("charged"), say.money(totals.charged, totals.currency)),
    ]


def _short(seconds: int, say: Words) -> str:
    return say.duration(seconds if seconds < 3600 else seconds - seconds % 60)


def _parties(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    facts, issuer = protocol.facts, protocol.issuer
    y = sheet.section(y, *say.section("parties"), keep=66)
    ends = [y + 24]
    for i, (role, name, rest) in enumerate(
        (
            (say("client"), facts.client.name, _role(protocol, "client", say)),
            (say("host"), facts.host.name, _role(protocol, "host", say)),
            (say("platform"), issuer.name, issuer.tax_id),
        )
    ):
        x = col(4 + 3 * i)
        end = sheet.fact(x, y, span(3), role, name, "strong")
        ends.append(sheet.flow(x, end, span(3), rest, "quiet"))
    return max(ends) + 4


def _role(protocol: SessionProtocol, party: str, say: Words) -> str:
    payer = "host" if protocol.facts.plan == "host-pays" else "client"
    return say("pays" if payer == party else "pays_not")


def _session(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    facts, zone = protocol.facts, protocol.issuer.zone
    begin, end = facts.started_at, facts.ended_at
    y = sheet.section(y, *say.section("session"), keep=96)
    shift = offset((begin or protocol.heading.issued_at).astimezone(zone))
    for i, (label, value) in enumerate(
        (
            (say("begin"), moment(begin, zone) if begin else say("not_started")),
            (say("end"), moment(end, zone) if end else "—"),
            (say("zone"), f"{shift}, {protocol.issuer.zone_name}"),
            (say("plan"), say.code(PLANS, facts.plan)),
            (say("rounding"), _rounding(protocol, say)),
            (say("reason"), cause(facts.cause, say.english)),
        )
    ):
        sheet.fact(col(4 + i % 3 * 3), y + i // 3 * 30, span(3), label, value)
    y = sheet.fact(X, y + 60, span(9), say("topic"), facts.topic or "—")
    if facts.result:
        y = sheet.fact(X, y + 6, span(9), say("result"), facts.result)
    return y + 4


def _rounding(protocol: SessionProtocol, say: Words) -> str:
    segments = protocol.facts.tariff.get("segments") or [{}]
    step = segments[0].get("increment_seconds", 60)
    return say("whole_minute") if step == 60 else say("step", time=say.duration(step))


def _events(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    zone = protocol.issuer.zone
    drawn_gaps = [gap for gap in gaps(protocol.facts) if gap.seconds >= GAP_DRAWN_S]
    y = sheet.section(y, *say.section("pauses"))
    if not drawn_gaps:
        sheet.put(X, y, _unbroken(protocol, say), "quiet")
        return y + 28
    for gap in drawn_gaps:
        y = y if y <= BOTTOM else sheet.continued()
        since = (_unix(gap.begin).astimezone(zone), _unix(gap.end).astimezone(zone))
        sheet.put(X, y, f"{since[0]:%H:%M:%S}–{since[1]:%H:%M:%S}", "body")
        sheet.put(col(6) + 12, y, side(gap.side, say.english) if gap.side else "—", "quiet")
        why = say("pause") if gap.state == PAUSE else cause(gap.cause, say.english)
        sheet.put(RIGHT, y, say.duration(gap.seconds), "quiet", "r")
        y = sheet.flow(col(8), y, span(4), say("clock_stood", why=why))
    return y + 10


def _unbroken(protocol: SessionProtocol, say: Words) -> str:
    short, seconds = short_gaps(protocol.facts)
    if not protocol.facts.segments:
        return say("no_clock")
    if short:
        return say("short_only", n=short, time=say.duration(seconds))
    return say("unbroken")


def _unix(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _charges(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    totals, facts = protocol.totals, protocol.facts
    currency = totals.currency
    y = sheet.section(y, *say.section("charges"), keep=60)
    if line := signed_line(facts, say.english):
        y = sheet.flow(X, y, span(9), line, "label") + 4
    price = minute_price(facts)
    times = f" × {per_minute(facts, price, say)}" if price is not None else ""
    own = facts.plan == "host-pays"
    what = say("connection" if own else "consultation")
    text = f"{what}: {quantity(facts, say)}{times}"
    y = pairs(sheet, X, y, text, say.figure(totals.charged), "strong")
    if totals.promo and not own:  # on what a consultant pays with, the act is the paper
        y = pairs(sheet, X, y, say("promo_kept"), say.figure(totals.promo))
    if totals.owed is not None:
        rate = say.money(facts.rate_minor or 0, currency)
        text = f"{say('owes')}: {say.minutes(totals.billed_minutes)} × {rate}"
        y = pairs(sheet, X, y, text, say.figure(totals.owed), "strong")
        y = sheet.flow(X, y, span(9), sum_text(totals.owed, currency, say.locale), "label")
        return sheet.flow(X, y, span(9), say("outside"), "label") + 10
    return sheet.flow(X, y, span(9), sum_text(totals.charged, currency, say.locale), "label") + 10


def _split(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    totals, facts = protocol.totals, protocol.facts
    if facts.plan == "host-pays":
        if not facts.outcome:
            return y
        return _outcome(sheet, sheet.section(y, *say.section("decision")), protocol, say)
    if not totals.charged:
        return y
    y = sheet.section(y, *say.section("split"), keep=60)
    shares = [
        (say("to_host", name=facts.host.name), totals.consultant),
        (say("to_platform", name=protocol.issuer.name), totals.platform),
        (say("to_client"), totals.refunded),
        (say("to_escrow"), totals.escrow),
    ]
    for name, part in shares:
        if not part:
            continue
        sheet.put(col(11) - 6, y, say.percent(part * 10_000 // totals.charged), "quiet", "r")
        y = pairs(sheet, X, y, name, say.figure(part))
    return _outcome(sheet, y, protocol, say)


def _outcome(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    facts, zone = protocol.facts, protocol.issuer.zone
    text = say("outcome", what=say.code(OUTCOMES, facts.outcome))
    if not facts.outcome and facts.outcome_due_at:
        text += say("silence", day=day(facts.outcome_due_at, zone))
    y = sheet.flow(X, y, span(9), text, "label")
    if facts.outcome_comment:
        y = sheet.flow(X, y, span(9), say("quote", text=facts.outcome_comment), "body")
    return y + 10


def _said(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    if not protocol.facts.reviews:
        return y
    zone, none = protocol.issuer.zone, say("no_comment")
    said = [wrap(one.comment or none, "body", span(9)) for one in protocol.facts.reviews]
    height = 18 + sum(18 + 12 * len(lines) for lines in said)
    y = sheet.section(y, *say.section("reviews"), keep=min(height, 300))
    for review in protocol.facts.reviews:
        y = y if y + 12 <= BOTTOM else sheet.continued()
        at = review.at.astimezone(zone)
        who = say.code(SIDES, review.side).capitalize()
        scores = say("scores", q=review.quality, p=review.punctuality, c=review.courtesy)
        sheet.put(X, y, f"{who}, {at:%d.%m, %H:%M}", "strong")
        sheet.put(RIGHT, y, scores, "label", "r")
        y = sheet.flow(X, y + 12, span(9), review.comment or none) + 6
    return y + 2
