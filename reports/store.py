"""Rows of the register: the only file that reads and writes its tables."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Label,
    RowMapping,
    Table,
    and_,
    false,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import schema
from reports.moments import microseconds, moment
from reports.register import PERIOD_KINDS, SERIES, Filter, Issued, Paper, PeriodIssued

LIMIT_MAX = 1_000_000  # entries are small; the bytes are never listed
_D = schema.documents
_P = schema.period_papers
_PLAIN = [column for column in _D.c if column.name != "pdf"]
_PERIOD = [column for column in _P.c if column.name != "pdf"]
#: First letters of the numbers of papers for a period.
_LETTERS = tuple(SERIES[kind] for kind in PERIOD_KINDS)


def newest_of(table: Table) -> Label[int]:
    """The last revision of the same number."""
    every = table.alias("every")
    last = select(func.max(every.c.revision)).where(every.c.number == table.c.number)
    return last.scalar_subquery().label("newest")


_NEWEST, _PERIOD_NEWEST = newest_of(_D), newest_of(_P)


async def advance_series(db: AsyncConnection, series: str, year: int) -> int:
    """Add one to the series and answer it; the row stays locked until the transaction ends."""
    new = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = new(schema.series).values(series=series, year=year, last=1)
    moved = statement.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": schema.series.c.last + 1}
    ).returning(schema.series.c.last)
    return int((await db.execute(moved)).scalar_one())


async def last_of_series(db: AsyncConnection, series: str, year: int) -> int:
    """Where the series stands, 0 before the first of the year."""
    table = schema.series
    query = select(table.c.last).where(table.c.series == series, table.c.year == year)
    return int((await db.execute(query)).scalar_one_or_none() or 0)


async def lock(db: AsyncConnection, session: str, kind: str) -> None:
    """One issuer of one paper at a time. SQLite's writer is alone anyway."""
    if db.dialect.name == "postgresql":
        key = f"reports:{kind}:{session}"
        await db.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
        )


async def latest(db: AsyncConnection, session: str, kind: str) -> Issued | None:
    """The newest revision of a session's paper."""
    query = (
        select(*_PLAIN, _NEWEST)
        .where(_D.c.session == session, _D.c.kind == kind)
        .order_by(_D.c.revision.desc())
        .limit(1)
    )
    row = (await db.execute(query)).mappings().first()
    return _issued(row) if row else None


async def write(db: AsyncConnection, paper: Paper) -> None:
    one = paper.issued
    table, columns = (_P, _PERIOD) if isinstance(one, PeriodIssued) else (_D, _PLAIN)
    values: dict[str, Any] = {column.name: getattr(one, column.name, None) for column in columns}
    values |= {"issued_us": microseconds(one.issued_at), "pdf": paper.pdf}
    await db.execute(insert(table).values(values))


async def paper(db: AsyncConnection, number: str, revision: int | None) -> Paper | None:
    """A file by number; the newest revision when none is named."""
    about_days = number.startswith(_LETTERS)
    columns: Sequence[Column[Any]] = _PERIOD if about_days else _PLAIN
    table, newest = (_P, _PERIOD_NEWEST) if about_days else (_D, _NEWEST)
    query = select(*columns, newest, table.c.pdf).where(table.c.number == number)
    if revision is not None:
        query = query.where(table.c.revision == revision)
    last = query.order_by(table.c.revision.desc()).limit(1)
    row = (await db.execute(last)).mappings().first()
    return Paper((_period if about_days else _issued)(row), bytes(row["pdf"])) if row else None


async def by_sha256(db: AsyncConnection, sha256: str) -> Issued | PeriodIssued | None:
    query = select(*_PLAIN, _NEWEST).where(_D.c.sha256 == sha256)
    row = (await db.execute(query)).mappings().first()
    if row:
        return _issued(row)
    query = select(*_PERIOD, _PERIOD_NEWEST).where(_P.c.sha256 == sha256)
    row = (await db.execute(query)).mappings().first()
    return _period(row) if row else None


async def latest_of_subject(db: AsyncConnection, kind: str, subject: str) -> PeriodIssued | None:
    """The newest revision of a paper for a period."""
    query = (
        select(*_PERIOD, _PERIOD_NEWEST)
        .where(_P.c.kind == kind, _P.c.subject == subject)
        .order_by(_P.c.revision.desc())
        .limit(1)
    )
    row = (await db.execute(query)).mappings().first()
    return _period(row) if row else None


async def listed_of_periods(db: AsyncConnection, wanted: Filter) -> list[PeriodIssued]:
    """Newest first, without the bytes; what is asked of a session finds nothing."""
    query = (
        select(*_PERIOD, _PERIOD_NEWEST)
        .where(*_asked_of_periods(wanted))
        .order_by(_P.c.issued_us.desc(), _P.c.number.desc(), _P.c.revision.desc())
        .limit(min(wanted.limit, LIMIT_MAX))
    )
    return [_period(row) for row in (await db.execute(query)).mappings()]


async def certified_in(
    db: AsyncConnection, first: date, last: date, currency: str, locale: str
) -> tuple[int, int]:
    """How many acts for exactly these days there are, and their sum; newest revisions, not acts of
    a pair, which say again what those of the whole say."""
    query = select(func.count(), func.coalesce(func.sum(_P.c.total_minor), 0)).where(
        *_of_days(first, last, currency, locale), _P.c.kind == "period-act"
    )
    acts, minor = (await db.execute(query)).one()
    return int(acts), int(minor)


async def buyers_in(
    db: AsyncConnection,
    first: date,
    last: date,
    currency: str,
    locale: str,
    after: str,
    limit: int,
) -> list[str]:
    """Who has papers for exactly these days, in the order of their ids."""
    query = select(_P.c.buyer).where(*_of_days(first, last, currency, locale), _P.c.buyer > after)
    return list((await db.execute(query.distinct().order_by(_P.c.buyer).limit(limit))).scalars())


async def of_buyer_in(
    db: AsyncConnection, first: date, last: date, currency: str, locale: str, buyer: str
) -> list[PeriodIssued]:
    """A buyer's papers for exactly these days, newest revisions, in the order of their numbers."""
    query = select(*_PERIOD, _PERIOD_NEWEST).where(
        *_of_days(first, last, currency, locale), _P.c.buyer == buyer
    )
    return [_period(row) for row in (await db.execute(query.order_by(_P.c.number))).mappings()]


def _of_days(
    first: date, last: date, currency: str, locale: str
) -> tuple[ColumnElement[bool], ...]:
    return (
        _P.c.first_on == first,
        _P.c.last_on == last,
        _P.c.currency == currency,
        _P.c.locale == locale,
        _P.c.other == "",
        _P.c.revision == newest_of(_P).element,
    )


async def count(db: AsyncConnection, wanted: Filter) -> int:
    """How many `listed` and `listed_of_periods` would find without a limit."""
    papers = select(func.count()).select_from(_D).where(*_asked_of_sessions(wanted))
    periods = select(func.count()).select_from(_P).where(*_asked_of_periods(wanted))
    found = [(await db.execute(query)).scalar_one() for query in (papers, periods)]
    return sum(map(int, found))


async def listed(db: AsyncConnection, wanted: Filter) -> list[Issued]:
    """Newest first, without the bytes."""
    query = (
        select(*_PLAIN, _NEWEST)
        .where(*_asked_of_sessions(wanted))
        .order_by(_D.c.issued_us.desc(), _D.c.number.desc(), _D.c.revision.desc())
        .limit(min(wanted.limit, LIMIT_MAX))
    )
    return [_issued(row) for row in (await db.execute(query)).mappings()]


def _asked_of_sessions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = _asked(_D, wanted)
    if wanted.party is not None:
        sides = or_(_D.c.host == wanted.party, _D.c.client == wanted.party)
        found.append(or_(and_(_D.c.kind != "act", sides), _D.c.buyer == wanted.party))
    if wanted.session is not None:
        found.append(_D.c.session == wanted.session)
    return found


def _asked_of_periods(wanted: Filter) -> list[ColumnElement[bool]]:
    found = _asked(_P, wanted)
    if wanted.party is not None:
        found.append(_P.c.buyer == wanted.party)
    if wanted.session is not None:
        found.append(false())
    return found


def _asked(table: Table, wanted: Filter) -> list[ColumnElement[bool]]:
    """What can be asked of every paper: its kind, when it was issued, where to go on, only the
    newest revision."""
    found: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        found.append(table.c.kind == wanted.kind)
    if wanted.since is not None:
        found.append(table.c.issued_us >= microseconds(wanted.since))
    if wanted.until is not None:
        found.append(table.c.issued_us < microseconds(wanted.until))
    if wanted.before is not None:
        at, number = microseconds(wanted.before[0]), wanted.before[1]
        earlier = and_(table.c.issued_us == at, table.c.number < number)
        found.append(or_(table.c.issued_us < at, earlier))
    if not wanted.superseded:
        found.append(table.c.revision == newest_of(table).element)
    return found


def _issued(row: RowMapping) -> Issued:
    values = {column.name: row[column.name] for column in _PLAIN}
    issued_at = moment(values.pop("issued_us"))
    return Issued(**values, issued_at=issued_at, newest=row["newest"])


def _period(row: RowMapping) -> PeriodIssued:
    values = {column.name: row[column.name] for column in _PERIOD}
    issued_at = moment(values.pop("issued_us"))
    return PeriodIssued(**values, issued_at=issued_at, newest=row["newest"])
