"""What `queries` is for one session, for all sessions of a period: reads other rooms' tables, only.

Call it in the transaction that issues, so that all of it is one moment.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import schema as parties
from broker.sessions import schema as sessions
from ledger import DIVIDING, AccountKind, Moved, moved_about
from metering import schema as metering
from reports import schema as register
from reports.agent_report import PRINCIPAL_OF, Shared
from reports.moments import microseconds
from reports.period import CLIENT, CONSULTANT, Pair, Scope, SessionSums
from reports.price import MINUTE_S, rate_of
from reports.queries import moment_of

_PAID_BY = {CLIENT: "client-pays", CONSULTANT: "host-pays", PRINCIPAL_OF: "client-pays"}
_OVER = ("ended", "settled")
_PAYER = (AccountKind.PREPAID, AccountKind.PROMO)
_BATCH = 500
ENDED_PAGE = 500


@dataclass(frozen=True, slots=True)
class EndedSession:
    """One session of the register; `names` of consultant and client, `sums` None when nothing was
    charged."""

    number: str
    ended_at: datetime
    plan: str
    names: tuple[str, str]
    currency: str
    sums: SessionSums | None


async def sessions_of_period(
    db: AsyncConnection, scope: Scope, since: datetime, until: datetime
) -> tuple[list[SessionSums], tuple[int, int]]:
    """Charged sessions that ended from `since` to before `until`, in the order of their end, and
    what the ledger moved on the accounts of who paid: (debits, credits)."""
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
            payer = row["host"] if scope.role == CONSULTANT else row["client"]
            name = names.get(row["host"], "") if other == "host" else row["client_name"] or ""
            debits -= _sum_on(lines, *_PAYER, divides=False, owner=payer)
            credits += _sum_on(lines, *_PAYER, divides=True, owner=payer)
            found.append(_sums(row, (row[other] or "", name), charges[number], lines, tax, papers))
    return found, (debits, credits)


def _period_query(scope: Scope, since: datetime, until: datetime) -> Select[Any]:
    table = sessions.sessions
    mine, others = table.c.client, table.c.host
    if scope.role != CLIENT:
        mine, others = others, mine
    ended = table.c.ended_us.between(microseconds(since), microseconds(until) - 1)
    query = select(table).where(
        mine == scope.buyer, table.c.plan == _PAID_BY[scope.role], table.c.state.in_(_OVER), ended
    )
    return (query.where(others == scope.other) if scope.other else query).order_by(
        table.c.ended_us, table.c.number
    )


async def own_shares(
    db: AsyncConnection, numbers: Sequence[str], party: str, currency: str
) -> dict[str, int]:
    """What a consultant got of each of these sessions; those without a share are left out."""
    moved = await moved_about(db, numbers, currency, (*DIVIDING, "reverse"))
    shares = {
        number: sum(
            one.minor for one in lines if one.kind is AccountKind.EARNINGS and one.owner == party
        )
        for number, lines in moved.items()
    }
    return {number: minor for number, minor in shares.items() if minor}


async def shared_sessions(
    db: AsyncConnection, scope: Scope, since: datetime, until: datetime
) -> list[Shared]:
    """Sessions of others in which the buyer helped for a share, in the order of their end."""
    table, company = sessions.sessions, sessions.company
    called = select(company.c.session).where(
        company.c.party == scope.buyer, company.c.part == "colleague"
    )
    query = (
        select(table)
        .where(table.c.number.in_(called), table.c.host != scope.buyer, *_ended(since, until))
        .order_by(table.c.ended_us, table.c.number)
    )
    rows = (await db.execute(query)).mappings().all()
    shares = await own_shares(db, [row["number"] for row in rows], scope.buyer, scope.currency)
    names = await names_of_parties(db, {row["host"] for row in rows})
    return [
        Shared(
            row["number"],
            _ended_at(row),
            names.get(row["host"], ""),
            row["topic"],
            shares[row["number"]],
        )
        for row in rows
        if row["number"] in shares
    ]


async def acts_of(db: AsyncConnection, numbers: Sequence[str]) -> dict[str, str]:
    """The number of the act of each session; those without one are left out."""
    table, found = register.documents, dict[str, str]()
    for begin in range(0, len(numbers), _BATCH):
        batch = numbers[begin : begin + _BATCH]
        query = select(table.c.session, table.c.number).where(
            table.c.session.in_(batch), table.c.kind == "act"
        )
        found |= {row.session: row.number for row in await db.execute(query)}
    return found


async def payers_of_period(
    db: AsyncConnection, role: str, since: datetime, until: datetime, after: str, limit: int
) -> list[str]:
    """Who paid as `role` for sessions that ended in the period, charged or not, in the order of
    their ids, from behind `after`."""
    table = sessions.sessions
    mine = table.c.client if role == CLIENT else table.c.host
    query = select(mine).where(*_ended(since, until), table.c.plan == _PAID_BY[role], mine > after)
    return list((await db.execute(query.distinct().order_by(mine).limit(limit))).scalars())


async def turnover_of_period(
    db: AsyncConnection, since: datetime, until: datetime, currency: str
) -> int:
    """What sessions that ended in the period took from those who paid, less what came back, by the
    ledger alone."""
    table, after, minor = sessions.sessions, (-1, ""), 0
    named = (table.c.number, table.c.ended_us, table.c.plan, table.c.host, table.c.client)
    while True:
        query = select(*named).where(*_ended(since, until), _behind(*after))
        query = query.order_by(table.c.ended_us, table.c.number).limit(_BATCH)
        rows = (await db.execute(query)).all()
        if not rows:
            return minor
        moved = await moved_about(db, [row.number for row in rows], currency)
        for row in rows:
            payer = row.client if row.plan == _PAID_BY[CLIENT] else row.host
            minor -= _sum_on(moved.get(row.number, []), *_PAYER, owner=payer)
        after = (rows[-1].ended_us, rows[-1].number)


async def count_ended(db: AsyncConnection, since: datetime, until: datetime) -> int:
    """Sessions with a client that ended from `since` to before `until`."""
    counted = select(func.count()).select_from(sessions.sessions).where(*_ended(since, until))
    return int((await db.execute(counted)).scalar_one())


async def ended_sessions(
    db: AsyncConnection, since: datetime, until: datetime, after: tuple[datetime, str] | None = None
) -> list[EndedSession]:
    """The next `ENDED_PAGE` sessions in the order of their end, from behind `after`."""
    table = sessions.sessions
    query = select(table).where(*_ended(since, until))
    if after is not None:
        query = query.where(_behind(microseconds(after[0]), after[1]))
    query = query.order_by(table.c.ended_us, table.c.number).limit(ENDED_PAGE)
    rows = (await db.execute(query)).mappings().all()
    numbers = [row["number"] for row in rows]
    charges, papers = await _charged_each(db, numbers), await _protocols(db, numbers)
    names = await names_of_parties(db, {row["host"] for row in rows})
    moved: dict[str, list[Moved]] = {}
    for currency in {_currency(row) for row in rows}:
        mine = [row["number"] for row in rows if _currency(row) == currency]
        moved |= await moved_about(db, mine, currency)
        moved |= await moved_about(db, [f"vat:{one}" for one in mine], currency, ("vat",))
    return [_ended_session(row, names, charges, moved, papers) for row in rows]


def _ended(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    table = sessions.sessions
    return (
        table.c.state.in_(_OVER),
        table.c.client.is_not(None),
        table.c.ended_us.between(microseconds(since), microseconds(until) - 1),
    )


def _behind(ended_us: int, number: str) -> ColumnElement[bool]:
    """In the order of their end, as a range that the index of it answers."""
    table = sessions.sessions
    return tuple_(table.c.ended_us, table.c.number) > tuple_(literal(ended_us), literal(number))


def _ended_session(
    row: RowMapping,
    names: Mapping[str, str],
    charges: Mapping[str, tuple[int, int]],
    moved: Mapping[str, Sequence[Moved]],
    papers: Mapping[str, tuple[str, str]],
) -> EndedSession:
    number, ended_at, sums = row["number"], _ended_at(row), None
    if number in charges:
        tax = moved.get(f"vat:{number}")
        sums = _sums(row, ("", ""), charges[number], moved.get(number, ()), tax, papers)
    both = (names.get(row["host"], ""), row["client_name"] or "")
    return EndedSession(number, ended_at, row["plan"], both, _currency(row), sums)


async def pairs_of_period(
    db: AsyncConnection, since: datetime, until: datetime, party: str, most: int
) -> list[Pair]:
    """Who had ended sessions with whom, once by who pays; of one party, or of all ("")."""
    table = sessions.sessions
    query = select(table.c.plan, table.c.host, table.c.client, func.max(table.c.client_name)).where(
        table.c.state.in_(_OVER),
        table.c.client.is_not(None),
        table.c.ended_us.between(microseconds(since), microseconds(until) - 1),
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
    """Billed seconds and the sum of charges, by session; those without a charge are left out."""
    charges = metering.charges
    query = (
        select(charges.c.session, func.max(charges.c.to_s), func.sum(charges.c.amount_minor))
        .where(charges.c.session.in_(numbers))
        .group_by(charges.c.session)
    )
    found = await db.execute(query)
    return {number: (int(to), int(minor)) for number, to, minor in found if minor}


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
    tariff, minutes = json.loads(row["tariff"]), -(-charged[0] // MINUTE_S)
    return SessionSums(
        session=row["number"],
        ended_at=_ended_at(row),
        other=other[0],
        other_name=other[1],
        topic=row["topic"],
        minutes=minutes,
        charged=charged[1],
        refunded=_sum_on(moved, *_PAYER, divides=True),
        platform=_sum_on(moved, AccountKind.COMMISSION),
        consultant=_sum_on(moved, AccountKind.EARNINGS),
        escrow=_sum_on(moved, AccountKind.ESCROW),
        passed_on=_sum_on(moved, AccountKind.SUPPLIER),
        promo=-_sum_on(moved, AccountKind.PROMO),
        provider_bp=tariff.get("provider_bp", 9000),
        vat_booked=_sum_on(tax, AccountKind.VAT) if tax else None,
        protocol=protocol,
        protocol_sha256=sha256,
        spare_s=minutes * MINUTE_S - charged[0],
        rate=rate_of(tariff),
    )


def _ended_at(row: RowMapping) -> datetime:
    ended_at = moment_of(row["ended_us"])
    assert ended_at is not None, "asked for by its end"
    return ended_at


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
