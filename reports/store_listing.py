"""The register as a list: both tables as one, by page, with totals over all pages.

Names are searched as they are printed. Bytes are never read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import schema, store
from reports.finding import contains
from reports.moments import microseconds, moment
from reports.register import PERIOD_KINDS, Issued, PeriodIssued, parse_name

IN_FORCE, SUPERSEDED, ALL = "issued", "superseded", "all"
REVISIONS_MAX = 100
_D, _P = schema.documents, schema.period_papers
_SUMMED = ("kind", "currency", "minor")


@dataclass(frozen=True, slots=True)
class PapersAsked:
    """What to list. `party` sees what is for that party, None is everybody's; `since` is inclusive,
    `until` exclusive, of the moment of issue; `who` is a part of a name on the paper; `state` one
    of IN_FORCE, SUPERSEDED and ALL."""

    party: str | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    state: str = IN_FORCE


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list. `session` is "" for papers of a period; `minor` is 0 where the reader may
    not know the sum; `parties` are the names as printed."""

    number: str
    revision: int
    kind: str
    session: str
    issued_at: datetime
    parties: tuple[str, ...]
    minor: int
    currency: str
    sha256: str
    superseded: bool

    @property
    def name(self) -> str:
        return f"{self.number}-r{self.revision}"


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Papers of one kind in one currency."""

    kind: str
    currency: str
    count: int
    minor: int


async def paper_totals(db: AsyncConnection, asked: PapersAsked) -> list[KindTotal]:
    """By kind and currency, over all pages."""
    found = union_all(
        *(
            part.with_only_columns(*(part.selected_columns[name] for name in _SUMMED))
            for part in _parts(db, asked)
        )
    )
    papers = found.subquery("papers")
    keys = (papers.c.kind, papers.c.currency)
    query = select(*keys, func.count(), func.sum(papers.c.minor)).group_by(*keys).order_by(*keys)
    return [
        KindTotal(kind, code, n, int(minor)) for kind, code, n, minor in await db.execute(query)
    ]


async def listed_papers(
    db: AsyncConnection, asked: PapersAsked, limit: int, skip: int = 0
) -> list[Listed]:
    """The newest first. Each table gives what may stand on the page, in the order of its index."""
    return await _page(db, _parts(db, asked), limit, skip)


async def revisions(db: AsyncConnection, number: str) -> list[Listed]:
    """Every file under a number, the newest first; sums are not hidden."""
    parts = [
        part.where(part.selected_columns.number == number)
        for part in _parts(db, PapersAsked(state=ALL))
    ]
    return await _page(db, parts, REVISIONS_MAX, 0)


async def _page(
    db: AsyncConnection, parts: Sequence[Select[Any]], limit: int, skip: int
) -> list[Listed]:
    tops = [
        select(part.order_by(*_newest(part.selected_columns)).limit(limit + skip).subquery())
        for part in parts
    ]
    papers = union_all(*tops).subquery("papers")
    query = select(papers).order_by(*_newest(papers.c)).limit(limit).offset(skip)
    return [_listed(row) for row in (await db.execute(query)).mappings()]


def _newest(columns: Any) -> tuple[ColumnElement[Any], ...]:
    return (columns.issued_us.desc(), columns.number.desc(), columns.revision.desc())


async def papers_named(
    db: AsyncConnection, names: Sequence[str], party: str | None
) -> list[Issued | PeriodIssued]:
    """The papers of these numbers, or exactly of these names; of what `party` may not see none."""
    found = []
    for name in names:
        parsed = parse_name(name)
        paper = await store.paper(db, *parsed) if parsed else None
        if paper and (party is None or paper.issued.is_for(party)):
            found.append(paper.issued)
    return found


def _parts(db: AsyncConnection, asked: PapersAsked) -> list[Select[Any]]:
    """Papers of sessions, of each side by an index of its own, and of periods: disjoint, and in
    columns of the same names."""
    found = []
    if _may(asked, periods=False):
        party, papers = asked.party, _sessions(db, asked)
        if party is None:
            found.append(papers)
        else:
            of_client = and_(_D.c.client == party, _D.c.host != party)
            found += [papers.where(_D.c.host == party), papers.where(of_client)]
    if _may(asked, periods=True):
        found.append(_periods(db, asked))
    return found


def _may(asked: PapersAsked, periods: bool) -> bool:
    """Whether a table can have anything of the kind."""
    return not asked.kind or (asked.kind in PERIOD_KINDS) == periods


def _sessions(db: AsyncConnection, asked: PapersAsked) -> Select[Any]:
    minor: ColumnElement[int] = _D.c.total_minor
    where = _where(_D, asked)
    if asked.party is not None:
        hidden = and_(_D.c.buyer == _D.c.host, _D.c.buyer != asked.party)
        minor = case((hidden, 0), else_=minor)
        where.append(or_(_D.c.kind != "act", _D.c.buyer == asked.party))
    first = case((and_(_D.c.kind == "act", _D.c.buyer != _D.c.host), ""), else_=_D.c.host_name)
    second = case((and_(_D.c.kind == "act", _D.c.buyer == _D.c.host), ""), else_=_D.c.client_name)
    if asked.who:
        where.append(or_(contains(db, first, asked.who), contains(db, second, asked.who)))
    columns = (_D.c.session, first.label("first"), second.label("second"), minor.label("minor"))
    return select(*_shared(_D), *columns).where(*where)


def _periods(db: AsyncConnection, asked: PapersAsked) -> Select[Any]:
    where = _where(_P, asked)
    if asked.party is not None:
        where.append(_P.c.buyer == asked.party)
    if asked.who:
        where.append(contains(db, _P.c.buyer_name, asked.who))
    columns = (
        literal("").label("session"),
        _P.c.buyer_name.label("first"),
        literal("").label("second"),
        _P.c.total_minor.label("minor"),
    )
    return select(*_shared(_P), *columns).where(*where)


def _shared(table: Any) -> tuple[ColumnElement[Any], ...]:
    names = ("number", "revision", "kind", "issued_us", "currency", "sha256")
    return (*(table.c[name] for name in names), _superseded(table).label("superseded"))


def _superseded(table: Any) -> ColumnElement[bool]:
    newer: ColumnElement[bool] = table.c.revision < store.newest_of(table).element
    return newer


def _where(table: Any, asked: PapersAsked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.kind:
        found.append(table.c.kind == asked.kind)
    if asked.since is not None:
        found.append(table.c.issued_us >= microseconds(asked.since))
    if asked.until is not None:
        found.append(table.c.issued_us < microseconds(asked.until))
    if asked.state != ALL:
        newer = _superseded(table)
        found.append(newer if asked.state == SUPERSEDED else ~newer)
    return found


def _listed(row: RowMapping) -> Listed:
    return Listed(
        number=row["number"],
        revision=row["revision"],
        kind=row["kind"],
        session=row["session"],
        issued_at=moment(row["issued_us"]),
        parties=tuple(name for name in (row["first"], row["second"]) if name),
        minor=row["minor"],
        currency=row["currency"],
        sha256=row["sha256"],
        superseded=bool(row["superseded"]),
    )
