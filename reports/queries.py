"""The only file in the house that looks into other rooms' tables; it only reads.

`session_facts` gathers one session from the broker, metering and the ledger into the plain values
that paper is made of. Call it in the transaction that issues, so that all of it is one moment.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import schema as parties
from broker.sessions import schema as sessions
from ledger import AccountKind, JournalView, Moved, journals_of, moved_about
from metering import schema as metering
from reports import schema as register
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
from reports.period import CLIENT, CONSULTANT, Pair, Scope, SessionSums
from reports.proofs import hidden

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Charges, settlement, rulings and corrections, and the tax inside our income, which stands under a
#: reference of its own; what a reserve or a bonus does to the earnings is between the platform and
#: the consultant.
_OWN_JOURNALS = ("tick:", "settle:", "rule:", "reverse:", "vat:")
_PAID_BY = {CLIENT: "client-pays", CONSULTANT: "host-pays"}
_OVER = ("ended", "settled")
_PAYER = (AccountKind.PREPAID, AccountKind.PROMO)
_BATCH = 500
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
        created_at=_moment(row["created_us"]),
        started_at=_moment(row["started_us"]),
        ended_at=_moment(row["ended_us"]),
        cause=_cause(row),
        result=_joined(row["result"], row["result_comment"]),
        outcome=row["outcome"] or "",
        outcome_comment=row["outcome_comment"],
        outcome_due_at=_moment(row["outcome_due_us"]),
        segments=await _segments(db, number),
        pauses=_pauses(record, _moment(row["ended_us"])),
        charges=charges,
        receipts=receipts,
        record=tuple(
            hidden(fact) if fact["kind"] == "review" and not shown else fact for fact in record
        ),
        journals=await _journals(db, number),
        reviews=reviews if shown else (),
    )


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
            "at": f"{_since_epoch(row['at_us']):%Y-%m-%dT%H:%M:%S.%fZ}",
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
            at=_since_epoch(row["at_us"]),
        )
        for row in (await db.execute(query)).mappings()
    )


def _scores_open(row: RowMapping, tariff: Json, at: datetime) -> bool:
    """The time to give scores is over: nobody can answer a score with a score any more."""
    ended = _moment(row["ended_us"])
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


def _moment(us: int | None) -> datetime | None:
    return None if us is None else _since_epoch(us)


def _since_epoch(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


# --- a period


async def sessions_of_period(
    db: AsyncConnection, scope: Scope, since: datetime, until: datetime
) -> tuple[list[SessionSums], tuple[int, int]]:
    """Charged sessions that ended from `since` to before `until`, in the order of their end, and
    what the ledger moved on the buyer's accounts for them: (debits, credits)."""
    found: list[SessionSums] = []
    debits = credits = 0
    rows = (await db.execute(_period_query(scope, since, until))).mappings().all()
    for begin in range(0, len(rows), _BATCH):
        batch = rows[begin : begin + _BATCH]
        numbers = [row["number"] for row in batch]
        charges, papers = await _charged_each(db, numbers), await _protocols(db, numbers)
        moved = await moved_about(db, numbers, scope.currency)
        refs = [f"vat:{number}" for number in numbers]
        taxes = await moved_about(db, refs, scope.currency, ("vat",))
        names = await names_of_parties(db, {row["host"] for row in batch})
        for row in batch:
            number = row["number"]
            if number not in charges or _currency(row) != scope.currency:
                continue
            lines = moved.get(number, [])
            tax = taxes.get(f"vat:{number}")
            other = "host" if scope.role == CLIENT else "client"
            name = names.get(row["host"], "") if other == "host" else row["client_name"] or ""
            debits -= _sum_on(lines, *_PAYER, divides=False, owner=scope.buyer)
            credits += _sum_on(lines, *_PAYER, divides=True, owner=scope.buyer)
            found.append(_sums(row, (row[other] or "", name), charges[number], lines, tax, papers))
    return found, (debits, credits)


def _period_query(scope: Scope, since: datetime, until: datetime) -> Select[Any]:
    table = sessions.sessions
    mine, others = table.c.client, table.c.host
    if scope.role == CONSULTANT:
        mine, others = others, mine
    ended = table.c.ended_us.between(_us(since), _us(until) - 1)
    query = select(table).where(
        mine == scope.buyer, table.c.plan == _PAID_BY[scope.role], table.c.state.in_(_OVER), ended
    )
    return (query.where(others == scope.other) if scope.other else query).order_by(
        table.c.ended_us, table.c.number
    )


async def pairs_of_period(
    db: AsyncConnection, since: datetime, until: datetime, party: str, most: int
) -> list[Pair]:
    """Who had ended sessions with whom, once by who pays; of one party, or of all ("")."""
    table = sessions.sessions
    query = select(table.c.plan, table.c.host, table.c.client, func.max(table.c.client_name)).where(
        table.c.state.in_(_OVER),
        table.c.client.is_not(None),
        table.c.ended_us.between(_us(since), _us(until) - 1),
    )
    if party:
        query = query.where(or_(table.c.host == party, table.c.client == party))
    pair = (table.c.plan, table.c.host, table.c.client)
    rows = (await db.execute(query.group_by(*pair).order_by(*pair).limit(most))).all()
    names = await names_of_parties(db, {row[1] for row in rows})
    return [
        Pair(CONSULTANT, (host, names.get(host, "")), (client, name or ""))
        if plan == _PAID_BY[CONSULTANT]
        else Pair(CLIENT, (client, name or ""), (host, names.get(host, "")))
        for plan, host, client, name in rows
    ]


async def _charged_each(db: AsyncConnection, numbers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Billed minutes and the sum of charges, by session; those without a charge are left out."""
    charges = metering.charges
    query = (
        select(charges.c.session, func.max(charges.c.to_s), func.sum(charges.c.amount_minor))
        .where(charges.c.session.in_(numbers))
        .group_by(charges.c.session)
    )
    found = await db.execute(query)
    return {number: (-(-int(to) // 60), int(minor)) for number, to, minor in found if minor}


async def _protocols(db: AsyncConnection, numbers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name and digest of the newest protocol, by session."""
    table = register.documents
    query = (
        select(table.c.session, table.c.number, table.c.revision, table.c.sha256)
        .where(table.c.session.in_(numbers), table.c.kind == "protocol")
        .order_by(table.c.session, table.c.revision)
    )
    rows = await db.execute(query)
    return {session: (f"{number}-r{n}", sha256) for session, number, n, sha256 in rows}


async def names_of_parties(db: AsyncConnection, ids: Collection[str]) -> dict[str, str]:
    """Names by party; those who do not exist are left out."""
    people = parties.people
    rows = await db.execute(select(people.c.id, people.c.name).where(people.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _sums(
    row: RowMapping,
    other: tuple[str, str],
    charged: tuple[int, int],
    moved: Sequence[Moved],
    tax: Sequence[Moved] | None,
    papers: Mapping[str, tuple[str, str]],
) -> SessionSums:
    protocol, sha256 = papers.get(row["number"], ("", ""))
    ended_at = _moment(row["ended_us"])
    assert ended_at is not None, "asked for by its end"
    return SessionSums(
        session=row["number"],
        ended_at=ended_at,
        other=other[0],
        other_name=other[1],
        topic=row["topic"],
        minutes=charged[0],
        charged=charged[1],
        refunded=_sum_on(moved, *_PAYER, divides=True),
        platform=_sum_on(moved, AccountKind.COMMISSION),
        consultant=_sum_on(moved, AccountKind.EARNINGS),
        escrow=_sum_on(moved, AccountKind.ESCROW),
        passed_on=_sum_on(moved, AccountKind.SUPPLIER),
        promo=-_sum_on(moved, AccountKind.PROMO),
        provider_bp=json.loads(row["tariff"]).get("provider_bp", 9000),
        vat_booked=_sum_on(tax, AccountKind.VAT) if tax else None,
        protocol=protocol,
        protocol_sha256=sha256,
    )


def _sum_on(
    moved: Sequence[Moved], *kinds: AccountKind, divides: bool | None = None, owner: str = ""
) -> int:
    """Of these kinds; `owner` is asked of wallets only: credit lies in purses of its own."""
    return sum(
        one.minor
        for one in moved
        if one.kind in kinds
        and divides in (None, one.divides)
        and (not owner or one.kind is AccountKind.PROMO or one.owner == owner)
    )


def _currency(row: RowMapping) -> str:
    return str(json.loads(row["tariff"]).get("currency", "RUB"))


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
