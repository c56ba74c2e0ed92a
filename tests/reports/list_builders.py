"""Rows of sessions and of issued papers, written as plainly as lists read them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import schema as parties
from broker.sessions import schema as sessions
from metering import schema as metering
from reports import schema as register
from reports.moments import microseconds

NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
IVAN, ANNA, MARIA = "ivan", "anna", "maria"
NAMES = {IVAN: "Иван Кузнецов", ANNA: "Анна Петрова", MARIA: "Мария Белова"}
TARIFF = '{"currency":"RUB"}'


async def add_people(db: AsyncConnection) -> None:
    plain = {"roles": "[]", "locale": "ru", "guest": False, "created_us": 0}
    people = [{"id": id, "name": name, "email": id, **plain} for id, name in NAMES.items()]
    await db.execute(insert(parties.people), people)


async def add_session(
    db: AsyncConnection, n: int, host: str = IVAN, client: str = ANNA, **facts: Any
) -> str:
    """A session of ten minutes at 20.00, resolved, that ended `n` hours before NOON; its number."""
    plan = facts.pop("plan", "client-pays")
    ended = facts.pop("ended_at", NOON - timedelta(hours=n))
    charged = 20_000 if plan == "client-pays" else 1_000
    sums = (charged, charged // 10, charged - charged // 10, 0)
    if plan == "host-pays":
        sums = (charged, charged, 0, 0)
    number = f"S-2026-{1000 - n:06d}"
    names = ("total_minor", "platform_minor", "provider_minor", "refunded_minor")
    row = {
        "number": number,
        "topic": "Не проводится документ",
        "plan": plan,
        "tariff": TARIFF,
        "rate_minor": 2000,
        "host": host,
        "client": client,
        "client_name": NAMES[client],
        "created_us": microseconds(ended - timedelta(minutes=20)),
        "started_us": microseconds(ended - timedelta(minutes=10)),
        "ended_us": microseconds(ended),
        "settled_us": microseconds(ended),
        "state": "settled",
        "outcome": "resolved" if plan == "client-pays" else None,
        "host_claim": "{}",
        "client_claim": "{}",
        "result_comment": "",
        "outcome_comment": "",
        **dict.fromkeys(("client_guest", "host_pressed", "client_pressed"), False),
        **dict.fromkeys(("host_online", "client_online"), False),
        **dict(zip(names, sums, strict=True)),
    } | facts
    await db.execute(insert(sessions.sessions).values(row))
    meter = {
        **dict.fromkeys(("tariff", "payer", "credit", "exact", "windows", "cause"), ""),
        **dict.fromkeys(("warned", "receipt_hash"), ""),
        **dict.fromkeys(("ticks", "paid_s", "funded_s", "version", "armed_us", "saved_us"), 0),
        "session": number,
        "state": "stopped",
        "clock_s": 600,
        "charged_minor": charged,
        "refused": False,
    }
    await db.execute(insert(metering.meters).values(meter))
    return number


async def add_paper(
    db: AsyncConnection, n: int, kind: str = "act", revision: int = 1, **facts: Any
) -> str:
    """A paper about the session of the same `n`, issued `n` hours before NOON; its number."""
    number = f"{'A' if kind == 'act' else 'P'}-2026-{1000 - n:06d}"
    row = {
        "number": number,
        "revision": revision,
        "kind": kind,
        "session": f"S-2026-{1000 - n:06d}",
        "host": IVAN,
        "client": ANNA,
        "host_name": NAMES[IVAN],
        "client_name": NAMES[ANNA],
        "buyer": ANNA,
        "content": "",
        "sha256": f"{number}-{revision}",
        "size": 1,
        "minutes": 10,
        "total_minor": 20_000,
        "currency": "RUB",
        "issued_us": microseconds(NOON - timedelta(hours=n) + timedelta(minutes=revision)),
        "pdf": b"%PDF",
    } | facts
    await db.execute(insert(register.documents).values(row))
    return number


async def add_period_paper(db: AsyncConnection, n: int, buyer: str, **facts: Any) -> str:
    """An act of October made out to a buyer."""
    number = f"U-2026-{n:06d}"
    row = {
        "number": number,
        "revision": 1,
        "kind": "period-act",
        "subject": number,
        "buyer": buyer,
        "other": "",
        "buyer_name": NAMES[buyer],
        "other_name": "",
        "first_on": NOON.date().replace(day=1),
        "last_on": NOON.date(),
        "locale": "ru",
        "sessions": 1,
        "minutes": 10,
        "total_minor": 70_000,
        "currency": "RUB",
        "content": "",
        "sha256": number,
        "size": 1,
        "issued_us": microseconds(NOON),
        "pdf": b"%PDF",
    } | facts
    await db.execute(insert(register.period_papers).values(row))
    return number
