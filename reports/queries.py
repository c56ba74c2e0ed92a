"""With `queries_period` the only file in the house that looks into other rooms' tables; it only
reads.

`session_facts` gathers one session from the broker, metering and the ledger into the plain values
that paper is made of. Call it in the transaction that issues, so that all of it is one moment.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import schema as parties
from broker.sessions import schema as sessions
from ledger import JournalView, journals_of
from metering import schema as metering
from reports.canonical import Json
from reports.errors import SessionUnknown
from reports.facts import (
    ChargeFact,
    EntryFact,
    JournalFact,
    PartyFacts,
    PauseFact,
    ReviewFact,
    SessionFacts,
)
from reports.moments import moment
from reports.proofs import hidden

#: Charges, settlement, rulings and corrections, and the tax inside our income, which stands under a
#: reference of its own; what a reserve or a bonus does to the earnings is between the platform and
#: the consultant.
_OWN_JOURNALS = ("tick:", "settle:", "rule:", "reverse:", "vat:")
_SIGNER = ("leg", "stand", "key", "why", "by")
_SIGNED = ("seq", "n", "leg", "receipt", "signature", "prev", "node", "counter")
_ASKED = ("asked", "hang_up", "hung_up", "")


async def session_facts(db: AsyncConnection, number: str, at: datetime) -> SessionFacts:
    """Everything known about a session at the moment `at`. Raises: SessionUnknown.

    Reviews that the other side may not see yet are left out; the chain keeps their digests.
    """
    table = sessions.sessions
    row = (await db.execute(select(table).where(table.c.number == number))).mappings().first()
    if row is None:
        raise SessionUnknown(number)
    tariff = json.loads(row["tariff"])
    reviews = await _reviews(db, number)
    shown = len(reviews) == 2 or _scores_open(row, tariff, at)
    charges, receipts = await _charges(db, number)
    record = await _record(db, number)
    return SessionFacts(
        number=number,
        topic=row["topic"],
        plan=row["plan"],
        state=row["state"],
        host=await _host(db, row["host"]),
        client=PartyFacts(row["client"] or "", row["client_name"] or ""),
        tariff=tariff,
        currency=tariff.get("currency", "RUB"),
        rate_minor=row["rate_minor"] if row["plan"] == "host-pays" else None,
        created_at=moment_of(row["created_us"]),
        started_at=moment_of(row["started_us"]),
        ended_at=moment_of(row["ended_us"]),
        cause=_cause(row),
        result=_joined(row["result"], row["result_comment"]),
        outcome=row["outcome"] or "",
        outcome_comment=row["outcome_comment"],
        outcome_due_at=moment_of(row["outcome_due_us"]),
        segments=await _segments(db, number),
        pauses=_pauses(record, moment_of(row["ended_us"])),
        charges=charges,
        receipts=receipts,
        record=tuple(
            hidden(fact) if fact["kind"] == "review" and not shown else fact for fact in record
        ),
        journals=await _journals(db, number),
        reviews=reviews if shown else (),
        cosigning=await _cosigning(db, number),
    )


async def _cosigning(db: AsyncConnection, number: str) -> Json:
    """Who was to sign the receipts, and the chain of signatures; empty where nobody was."""
    said, chain = metering.cosigners, metering.cosignatures
    order = (said.c.said_us, said.c.leg, said.c.stand)
    signers = select(said).where(said.c.session == number).order_by(*order)
    links = select(chain).where(chain.c.session == number).order_by(chain.c.seq)
    found = [
        {name: row[name] for name in _SIGNER} | {"at": _instant(row["said_us"])}
        for row in (await db.execute(signers)).mappings()
    ]
    signed = [
        {name: row[name] for name in _SIGNED} | {"at": _instant(row["signed_us"])}
        for row in (await db.execute(links)).mappings()
    ]
    return {"signers": found, "signatures": signed} if found else {}


async def _journals(db: AsyncConnection, number: str) -> tuple[JournalFact, ...]:
    found = [*await journals_of(db, number), *await journals_of(db, f"vat:{number}")]
    return tuple(_journal(one) for one in found if one.id.startswith(_OWN_JOURNALS))


async def _host(db: AsyncConnection, id: str) -> PartyFacts:
    people = parties.people
    name = (await db.execute(select(people.c.name).where(people.c.id == id))).scalar()
    return PartyFacts(id, name or "")


async def _segments(db: AsyncConnection, number: str) -> tuple[tuple[int, int], ...]:
    """Witnessed runs; runs that touch are one."""
    table = metering.segments
    query = select(table.c.from_second, table.c.to_second).where(table.c.session == number)
    found: list[tuple[int, int]] = []
    for begin, end in await db.execute(query.order_by(table.c.from_second)):
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return tuple(found)


async def _charges(
    db: AsyncConnection, number: str
) -> tuple[tuple[ChargeFact, ...], tuple[Json, ...]]:
    """Charges and the bodies of their receipts as they were hashed."""
    charges, receipts = metering.charges, metering.receipts
    same = and_(receipts.c.session == charges.c.session, receipts.c.n == charges.c.n)
    query = (
        select(charges, receipts.c.total_minor, receipts.c.prev, receipts.c.hash)
        .select_from(charges.join(receipts, same))
        .where(charges.c.session == number)
        .order_by(charges.c.n)
    )
    rows = (await db.execute(query)).mappings().all()
    covered = await _covered(db, number)
    lines = tuple(
        ChargeFact(
            n=r["n"],
            from_s=r["from_s"],
            to_s=r["to_s"],
            minor=r["amount_minor"],
            second=r["second"],
            receipt=r["hash"],
            allowance_s=covered.get(r["n"], 0),
        )
        for r in rows
    )
    return lines, tuple(_receipt(r) for r in rows)


async def _covered(db: AsyncConnection, number: str) -> dict[int, int]:
    """Seconds bought in advance that paid, by increment."""
    uses = metering.allowance_uses
    query = select(uses.c.n, func.sum(uses.c.covered_s)).where(uses.c.session == number)
    return {n: int(seconds) for n, seconds in await db.execute(query.group_by(uses.c.n))}


def _receipt(row: RowMapping) -> Json:
    names = ("session", "n", "from_s", "to_s", "amount_minor", "total_minor", "currency")
    return {"v": 1, **{name: row[name] for name in (*names, "second", "prev")}}


async def _record(db: AsyncConnection, number: str) -> list[Json]:
    table = sessions.facts
    query = select(table).where(table.c.session == number).order_by(table.c.seq)
    return [
        {
            "seq": row["seq"],
            "at": _instant(row["at_us"]),
            "kind": row["kind"],
            "body": json.loads(row["body"]),
            "prev": row["prev"],
            "hash": row["hash"],
        }
        for row in (await db.execute(query)).mappings()
    ]


def _pauses(record: Sequence[Json], ended_at: datetime | None) -> tuple[PauseFact, ...]:
    """From each "paused" to the next "resumed", or to the end; unix seconds."""
    found: list[PauseFact] = []
    begun: tuple[int, str, str] | None = None
    for fact in record:
        if fact["kind"] == "paused" and begun is None:
            body: Mapping[str, Any] = fact["body"]
            since = body.get("since")
            second = since if isinstance(since, int) else _second(fact)
            begun = (second, body.get("by") or "", body.get("cause") or "")
        elif fact["kind"] == "resumed" and begun is not None:
            found.append(PauseFact(begun[0], _second(fact), begun[1], begun[2]))
            begun = None
    if begun is not None and ended_at is not None:
        found.append(PauseFact(begun[0], int(ended_at.timestamp()), begun[1], begun[2]))
    return tuple(found)


def _second(fact: Json) -> int:
    return int(datetime.fromisoformat(fact["at"]).timestamp())


async def _reviews(db: AsyncConnection, number: str) -> tuple[ReviewFact, ...]:
    table = sessions.reviews
    query = select(table).where(table.c.session == number).order_by(table.c.role)
    return tuple(
        ReviewFact(
            side=row["role"],
            quality=row["quality"],
            punctuality=row["punctuality"],
            courtesy=row["courtesy"],
            comment=row["comment"],
            at=moment(row["at_us"]),
        )
        for row in (await db.execute(query)).mappings()
    )


def _scores_open(row: RowMapping, tariff: Json, at: datetime) -> bool:
    """The time to give scores is over: nobody can answer a score with a score any more."""
    ended = moment_of(row["ended_us"])
    window = timedelta(seconds=tariff.get("dispute_window_s", 259_200))
    return ended is not None and at >= ended + window


def _journal(one: JournalView) -> JournalFact:
    entries = tuple(
        EntryFact(entry.account.kind.name, entry.account.owner, entry.amount.minor)
        for entry in one.entries
    )
    return JournalFact(one.id, one.kind, one.at, entries)


def _cause(row: RowMapping) -> str:
    """Who hung up, when somebody did; else why the session ended."""
    cause = row["cause"] or ""
    return row["ended_by"] or cause if cause in _ASKED else cause


def _joined(*parts: str | None) -> str:
    return ". ".join(part.rstrip(".") for part in parts if part)


def moment_of(us: int | None) -> datetime | None:
    return None if us is None else moment(us)


def _instant(us: int) -> str:
    return f"{moment(us):%Y-%m-%dT%H:%M:%S.%fZ}"
