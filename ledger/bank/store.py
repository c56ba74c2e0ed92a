"""Rows ↔ values: accounts, files, statements and lines."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.bank import schema
from ledger.bank.matching import Found
from ledger.bank.statements import Line, Section, Side
from ledger.requisites import Requisites
from ledger.store import at_of, insert_new, us_of

CHUNK = 500  # parameters of one IN list
_A, _L, _S, _F = schema.account, schema.line, schema.statement, schema.file


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of ours; `since` and `opening` (minor) are None until a statement begins it."""

    number: str
    requisites: Requisites
    since: date | None
    opening: int | None
    currency: str = "RUB"


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line as it is on the books. `state`: booked, waiting, proposed, decided, given_back."""

    id: str
    account: str
    line: Line
    state: str
    rule: str
    invoice: str = ""
    party: str = ""
    pay_out: str = ""


@dataclass(frozen=True, slots=True)
class BookedStatement:
    """A section that was booked: `fresh` lines were new, `seen` were known."""

    file: str
    account: str
    format: str
    first_day: date
    last_day: date
    opening: int
    credited: int
    debited: int
    closing: int
    fresh: int
    seen: int
    booked_by: str
    booked_at: datetime


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    found = sorted(set(values))
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


# --- accounts


async def keep_account(db: AsyncConnection, requisites: Requisites, at: datetime) -> None:
    """The account becomes known; changed requisites are taken over."""
    told = json.dumps(asdict(requisites), ensure_ascii=False)
    row = {
        "number": requisites.account,
        "currency": "RUB",
        "requisites": told,
        "kept_us": us_of(at),
    }
    await db.execute(insert_new(db, _A).values(row))
    kept = update(_A).where(_A.c.number == requisites.account, _A.c.requisites != told)
    await db.execute(kept.values(requisites=told, kept_us=us_of(at)))


async def begin_account(db: AsyncConnection, number: str, since: date, opening: int) -> None:
    begun = update(_A).where(_A.c.number == number, _A.c.since.is_(None))
    await db.execute(begun.values(since=since, opening=opening))


async def accounts(db: AsyncConnection, lock: bool = False) -> list[BankAccount]:
    """All of ours, by number."""
    query = select(_A).order_by(_A.c.number)
    rows = await db.execute(query.with_for_update() if lock else query)
    return [
        BankAccount(
            row.number, Requisites(**json.loads(row.requisites)), row.since, row.opening,
            row.currency,
        )
        for row in rows
    ]  # fmt: skip


# --- files


async def keep_file(
    db: AsyncConnection, sha256: str, name: str, data: bytes, by: str, at: datetime
) -> None:
    row = {
        "sha256": sha256,
        "name": name,
        "data": data,
        "size": len(data),
        "kept_by": by,
        "kept_us": us_of(at),
    }
    await db.execute(insert_new(db, _F).values(row))


async def file_of(db: AsyncConnection, sha256: str) -> tuple[str, bytes, datetime | None] | None:
    """Name, bytes, and when it was booked."""
    query = select(_F.c.name, _F.c.data, _F.c.booked_us).where(_F.c.sha256 == sha256)
    row = (await db.execute(query)).first()
    if row is None:
        return None
    return row[0], bytes(row[1]), None if row[2] is None else at_of(row[2])


async def booked_file(db: AsyncConnection, sha256: str, at: datetime) -> None:
    await db.execute(update(_F).where(_F.c.sha256 == sha256).values(booked_us=us_of(at)))


# --- statements and lines


async def spans(db: AsyncConnection, account: str) -> tuple[tuple[date, date], ...]:
    query = select(_S.c.first_day, _S.c.last_day).where(_S.c.account == account).distinct()
    return tuple((row[0], row[1]) for row in await db.execute(query))


async def balance_before(db: AsyncConnection, account: str, day: date) -> int:
    """Sum of the lines before a day, without the opening balance."""
    query = select(func.coalesce(func.sum(_L.c.amount), 0)).where(
        _L.c.account == account, _L.c.day < day
    )
    return int((await db.execute(query)).scalar_one())


async def lines_from(db: AsyncConnection, account: str, day: date) -> list[Line]:
    """In parts, between which others may work."""
    query = select(_L).where(_L.c.account == account, _L.c.day >= day)
    found = await db.stream(query.execution_options(yield_per=CHUNK))
    return [line_of(row) async for part in found.partitions() for row in part]


async def add_statement(
    db: AsyncConnection,
    file: str,
    number: int,
    format: str,
    section: Section,
    counts: tuple[int, int],
    by: str,
    at: datetime,
) -> None:
    """The next of its account. `counts`: fresh and seen lines."""
    last = select(func.coalesce(func.max(_S.c.ordinal), 0)).where(_S.c.account == section.account)
    row = {
        "ordinal": (await db.execute(last)).scalar_one() + 1,
        "file": file,
        "number": number,
        "account": section.account,
        "format": format,
        "first_day": section.first_day,
        "last_day": section.last_day,
        "opening": section.opening,
        "credited": section.credited,
        "debited": section.debited,
        "closing": section.closing,
        "fresh": counts[0],
        "seen": counts[1],
        "booked_by": by,
        "booked_us": us_of(at),
    }
    await db.execute(insert(_S).values(row))


async def add_lines(
    db: AsyncConnection,
    account: str,
    file: str,
    found: Sequence[tuple[str, Line, Found]],
    parties: dict[str, str],
    asks: Collection[Any],
    at: datetime,
) -> None:
    """Lines with what they are; `parties`: of their invoices, `asks`: rules that are questions."""
    rows = [
        {
            "id": id,
            "account": account,
            "day": line.day,
            "amount": line.minor,
            "currency": "RUB",
            "reference": line.reference,
            "document_on": line.document_on,
            "other_name": line.other.name,
            "other_inn": line.other.inn,
            "other_kpp": line.other.kpp,
            "other_account": line.other.account,
            "other_bank": line.other.bank,
            "other_bik": line.other.bik,
            "purpose": line.purpose,
            "statement": file,
            "state": "waiting" if what.rule in asks else "booked",
            "rule": what.rule.value,
            "invoice": what.invoice,
            "party": parties.get(what.invoice, ""),
            "pay_out": what.pay_out,
            "changed_us": us_of(at),
        }
        for id, line, what in found
    ]
    if rows:
        await db.execute(insert(_L), rows)


async def save_line(db: AsyncConnection, id: str, at: datetime, **changes: str) -> None:
    """`changes`: state, rule, invoice, party, pay_out."""
    values = {**changes, "changed_us": us_of(at)}
    await db.execute(update(_L).where(_L.c.id == id).values(values))


async def line_by_id(db: AsyncConnection, id: str, lock: bool = False) -> BookedLine | None:
    query = select(_L).where(_L.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).first()
    return booked_line(row) if row else None


async def lines_in(db: AsyncConnection, states: Collection[str], limit: int) -> list[BookedLine]:
    """Oldest first."""
    query = select(_L).where(_L.c.state.in_(states)).order_by(_L.c.day, _L.c.id).limit(limit)
    return [booked_line(row) for row in await db.execute(query)]


async def lines_of_account(
    db: AsyncConnection, account: str, limit: int, before: date | None = None
) -> list[BookedLine]:
    """Newest first."""
    query = select(_L).where(_L.c.account == account)
    if before is not None:
        query = query.where(_L.c.day < before)
    rows = await db.execute(query.order_by(_L.c.day.desc(), _L.c.id).limit(limit))
    return [booked_line(row) for row in rows]


async def waiting_in(db: AsyncConnection, account: str) -> list[BookedLine]:
    """Money of nobody: lines that came in and wait."""
    query = select(_L).where(and_(_L.c.account == account, _L.c.state == "waiting"))
    return [booked_line(row) for row in await db.execute(query.where(_L.c.amount > 0))]


async def statements_of(db: AsyncConnection, limit: int) -> list[BookedStatement]:
    """Newest first."""
    query = select(_S).order_by(_S.c.booked_us.desc(), _S.c.file, _S.c.number.desc()).limit(limit)
    return [_statement(row) for row in await db.execute(query)]


async def last_statement(db: AsyncConnection, account: str) -> BookedStatement | None:
    """The one that tells most: of the latest day, and of it the last that told news."""
    query = (
        select(_S)
        .where(_S.c.account == account)
        .order_by(_S.c.last_day.desc(), case((_S.c.fresh > 0, 0), else_=1), _S.c.ordinal.desc())
    )
    row = (await db.execute(query.limit(1))).first()
    return _statement(row) if row else None


def _statement(row: Row[Any]) -> BookedStatement:
    facts = {name: getattr(row, name) for name in BookedStatement.__slots__ if name != "booked_at"}
    return BookedStatement(**facts, booked_at=at_of(row.booked_us))


def booked_line(row: Row[Any]) -> BookedLine:
    return BookedLine(
        row.id, row.account, line_of(row), row.state, row.rule, row.invoice, row.party, row.pay_out
    )


def line_of(row: Row[Any]) -> Line:
    other = Side(
        row.other_name,
        row.other_inn,
        row.other_kpp,
        row.other_account,
        row.other_bank,
        row.other_bik,
    )
    return Line(row.day, row.amount, row.reference, other, row.purpose, row.document_on)


async def waiting_sums(db: AsyncConnection, account: str) -> tuple[int, int]:
    """What waits of an account: money that came in, money that went out (zero or less)."""
    waits = and_(_L.c.account == account, _L.c.state.in_(("waiting", "proposed")))
    sums = []
    for side in (_L.c.amount > 0, _L.c.amount < 0):
        query = select(func.coalesce(func.sum(_L.c.amount), 0)).where(waits, side)
        sums.append(int((await db.execute(query)).scalar_one()))
    return sums[0], sums[1]
