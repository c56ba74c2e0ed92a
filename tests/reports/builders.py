"""Sessions made by hand, with evidence, charges and journals that agree."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reports.canonical import Json, chain, digest
from reports.documents import ACT, PROTOCOL, Document, Heading, build
from reports.facts import (
    ChargeFact,
    EntryFact,
    JournalFact,
    PartyFacts,
    PauseFact,
    ReviewFact,
    SessionFacts,
)
from reports.issuer import Issuer

BEGIN = datetime(2026, 11, 20, 11, 3, 12, tzinfo=UTC)
ISSUED = datetime(2026, 11, 20, 12, 55, 4, tzinfo=UTC)
FIRST = int(BEGIN.timestamp())
HOST, CLIENT = (
    PartyFacts("h1", "Ким Марина Олеговна"),
    PartyFacts("c1", "ООО «Верхневолжские технологии»"),
)
TOPIC = "Зарплата: не сходится НДФЛ в расчётных листках с регистром и уведомлением за октябрь"


def tariff(plan: str, rate: int) -> Json:
    segment = {"from_second": 0, "rate": rate, "per_seconds": 60, "increment_seconds": 60}
    return {
        "plan": plan,
        "version": 1,
        "payer": plan[:-5],
        "currency": "RUB",
        "segments": [segment],
    }


def segments_of(seconds: int, gaps: Sequence[tuple[int, int]] = ()) -> tuple[tuple[int, int], ...]:
    """Evidence of `seconds` on the billing clock; gaps are (clock second, length)."""
    out, at, clock = [], FIRST, 0
    for where, length in gaps:
        out.append((at, at + where - clock))
        at, clock = at + where - clock + length, where
    if seconds > clock:
        out.append((at, at + seconds - clock))
    return tuple(out)


def record_of(*events: tuple[str, Json]) -> tuple[Json, ...]:
    """A journal of events, chained as the sessions room chains it."""
    at = [BEGIN + timedelta(seconds=i) for i in range(len(events))]
    bodies = [
        {"seq": i + 1, "at": f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}", "kind": kind, "body": body}
        for i, (moment, (kind, body)) in enumerate(zip(at, events, strict=True))
    ]
    heads = chain(bodies)
    befores = ["0" * 64, *heads]
    return tuple(
        one | {"prev": prev, "hash": head}
        for one, prev, head in zip(bodies, befores, heads, strict=False)
    )


def receipts_of(number: str, charges: Sequence[ChargeFact]) -> tuple[Json, ...]:
    """A receipt for each charge, chained as metering chains them."""
    out: list[Json] = []
    for charge in charges:
        body = {
            "v": 1,
            "session": number,
            "n": charge.n,
            "from_s": charge.from_s,
            "to_s": charge.to_s,
            "amount_minor": charge.minor,
            "total_minor": charge.minor * charge.n,
            "currency": "RUB",
            "second": charge.second,
            "prev": digest(out[-1]) if out else "0" * 64,
        }
        out.append(body)
    return tuple(out)


def journal(n: int, kind: str, id: str, *entries: tuple[str, str, int]) -> JournalFact:
    at = BEGIN + timedelta(minutes=n)
    return JournalFact(id, kind, at, tuple(EntryFact(*entry) for entry in entries))


def facts(
    plan: str = "host-pays",
    seconds: int = 2325,
    gaps: Sequence[tuple[int, int]] = ((1020, 300), (1640, 45)),
    number: str = "S-2026-000417",
) -> SessionFacts:
    """Thirty-nine minutes with a pause and a lost connection, unless told otherwise."""
    rate = 100 if plan == "host-pays" else 2000
    credit = ("COMMISSION", "") if plan == "host-pays" else ("ESCROW", number)
    payer = HOST.id if plan == "host-pays" else CLIENT.id
    segments = segments_of(seconds, gaps)
    count = -(-seconds // 60)
    charges = tuple(
        ChargeFact(n, n * 60 - 60, n * 60, rate, FIRST + n * 60) for n in range(1, count + 1)
    )
    receipts = receipts_of(number, charges)
    charges = tuple(replace(c, receipt=digest(r)) for c, r in zip(charges, receipts, strict=True))
    journals = tuple(
        journal(n, "tick", f"tick:{number}:{n}", ("PREPAID", payer, -rate), (*credit, rate))
        for n in range(1, count + 1)
    )
    pause = segments[1][0] if len(segments) > 1 else 0
    return SessionFacts(
        number=number,
        topic=TOPIC,
        plan=plan,
        state="ended",
        host=HOST,
        client=CLIENT,
        tariff=tariff(plan, rate),
        rate_minor=2000 if plan == "host-pays" else None,
        created_at=BEGIN - timedelta(minutes=9),
        started_at=BEGIN if seconds else None,
        ended_at=datetime.fromtimestamp(segments[-1][1], UTC) if segments else BEGIN,
        cause="host",
        segments=segments,
        pauses=(PauseFact(pause - gaps[0][1], pause, "client", "pause"),) if gaps else (),
        charges=charges,
        receipts=receipts,
        record=record_of(
            ("created", {"topic": TOPIC}), ("joined", {}), ("ended", {"cause": "host"})
        ),
        journals=journals,
        reviews=(),
    )


def settled(one: SessionFacts, outcome: str) -> SessionFacts:
    """The escrow divided: 10/90, or 20 % kept and the rest sent back."""
    total = sum(charge.minor for charge in one.charges)
    fee = total // 10
    kept = total if outcome == "resolved" else total // 5
    entries = [
        ("ESCROW", one.number, -total),
        ("COMMISSION", "", fee),
        ("EARNINGS", HOST.id, kept - fee),
    ]
    if kept < total:
        entries.append(("PREPAID", CLIENT.id, total - kept))
    comment = "Отчёт так и не сошёлся" if outcome == "unresolved" else ""
    return replace(
        one,
        state="settled",
        outcome=outcome,
        outcome_comment=comment,
        journals=(*one.journals, journal(90, "settle", f"settle:{one.number}", *entries)),
    )


def reviewed(one: SessionFacts) -> SessionFacts:
    at = BEGIN + timedelta(minutes=52)
    return replace(
        one,
        result="Сторнировали лишнюю корректировку, регистр и уведомление совпали.",
        reviews=(
            ReviewFact(
                "client",
                5,
                4,
                5,
                "Разобрались, спасибо. https://its.example.ru/db/metod8dev/"
                "content/4711/hdoc/_top/уведомления-по-ндфл-за-2026-год",
                at,
            ),
            ReviewFact("host", 5, 5, 5, "Перед сдачей РСВ проверьте отпускные за октябрь.", at),
        ),
    )


def heading(kind: str = PROTOCOL, revision: int = 1) -> Heading:
    return Heading(kind, f"{kind[0].upper()}-2026-000001", revision, ISSUED)


def document(kind: str = PROTOCOL, one: SessionFacts | None = None) -> Document:
    return build(heading(kind), Issuer(), one or facts())


def act(one: SessionFacts | None = None) -> Document:
    return document(ACT, one)
