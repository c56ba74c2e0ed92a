"""Rows of the closings of months: asked for, held by one run, moved on with each paper.

A holder tells again and again that it is at work. Whatever it writes is written only while the row
is still its own, so two runs may believe for a moment that they are at work, and one issues.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import microseconds, moment
from reports import Book, Month, MonthSums, Place
from web.schema import closing_faults as faults_table
from web.schema import closings

LEASE = timedelta(seconds=30)
FAULTS_MAX = 200
TEXT_MAX = 300
LIST_MAX = 60
ASKED, PAPERS, LETTERS, DONE = "asked", "papers", "letters", "done"


class ClosingTaken(Exception):
    """Somebody else works at it now."""

    def __init__(self, book: Book) -> None:
        super().__init__(f"{book.month} {book.currency} is being closed by another run")
        self.book = book


@dataclass(frozen=True, slots=True)
class Fault:
    """A paper that could not be issued; `place.party` "" is about the whole month."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Closing:
    """`done` of `total` places were gone through in this round, `issued` papers and `letters` were
    new. `sums` are known when it is done."""

    book: Book
    state: str
    round: int
    place: Place | None
    total: int
    done: int
    issued: int
    letters: int
    sums: MonthSums
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    holder: str
    held_until: datetime
    faults: int


async def ask(db: AsyncConnection, book: Book, by: str, at: datetime, again: bool) -> Closing:
    """The closing of a month: the one there is, or a new one. A finished one is gone through once
    more only with `again`; its language stays the first one's."""
    old = await one(db, book)
    fresh = _fresh(by, at) | {"state": ASKED, "done_us": None}
    if old is None:
        key = {"month": str(book.month), "currency": book.currency, "locale": book.locale}
        held = {"round": 1, "holder": "", "held_us": 0}
        new = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
        await db.execute(new(closings).values(**key, **fresh, **held).on_conflict_do_nothing())
    elif old.state == DONE and again:
        same = and_(_of(book), closings.c.state == DONE)
        await db.execute(update(closings).where(same).values(**fresh, round=closings.c.round + 1))
    made = await one(db, book)
    assert made is not None, "it was written a moment ago"
    return made


async def one(db: AsyncConnection, book: Book) -> Closing | None:
    row = (await db.execute(_listed().where(_of(book)))).mappings().first()
    return _closing(row) if row else None


async def listed(db: AsyncConnection) -> list[Closing]:
    """The newest months first."""
    query = _listed().order_by(closings.c.month.desc(), closings.c.currency).limit(LIST_MAX)
    return [_closing(row) for row in (await db.execute(query)).mappings()]


async def waiting(db: AsyncConnection, at: datetime) -> list[Closing]:
    """Not done, and nobody is at work; the oldest months first."""
    free = and_(closings.c.state != DONE, closings.c.held_us <= microseconds(at))
    rows = await db.execute(_listed().where(free).order_by(closings.c.month, closings.c.currency))
    return [_closing(row) for row in rows.mappings()]


async def claim(db: AsyncConnection, book: Book, holder: str, at: datetime) -> Closing:
    """Be the one who works at it. Raises: ClosingTaken."""
    now = microseconds(at)
    free = and_(_of(book), (closings.c.held_us <= now) | (closings.c.holder == holder))
    held = {"holder": holder, "held_us": now + LEASE // timedelta(microseconds=1)}
    if (await db.execute(update(closings).where(free).values(held))).rowcount != 1:
        raise ClosingTaken(book)
    taken = await one(db, book)
    assert taken is not None, "it was written a moment ago"
    return taken


async def release(db: AsyncConnection, book: Book, holder: str) -> None:
    """Let go of it, if it is still held."""
    mine = and_(_of(book), closings.c.holder == holder)
    await db.execute(update(closings).where(mine).values(holder="", held_us=0))


async def set_out(db: AsyncConnection, book: Book, holder: str, total: int) -> None:
    """The way is known; faults of an earlier round are forgotten. Raises: ClosingTaken."""
    await _move(db, book, holder, state=PAPERS, kind="", party="", done=0, total=total)
    await db.execute(delete(faults_table).where(_faults_of(book)))


async def passed(db: AsyncConnection, book: Book, holder: str, place: Place, issued: int) -> None:
    """A place is done. Raises: ClosingTaken."""
    counts = {"done": closings.c.done + 1, "issued": closings.c.issued + issued}
    more = func.greatest if db.dialect.name == "postgresql" else func.max
    counts["total"] = more(closings.c.total, closings.c.done + 1)
    await _move(db, book, holder, kind=place.kind, party=place.party, **counts)


async def blame(db: AsyncConnection, book: Book, place: Place, text: str) -> None:
    key = {"month": str(book.month), "currency": book.currency}
    row = {**key, "kind": place.kind, "party": place.party, "text": text[:TEXT_MAX]}
    same = and_(_faults_of(book), faults_table.c.kind == place.kind)
    await db.execute(delete(faults_table).where(same, faults_table.c.party == place.party))
    await db.execute(insert(faults_table).values(row))


async def to_letters(db: AsyncConnection, book: Book, holder: str, sums: MonthSums) -> None:
    """Every place is done. Raises: ClosingTaken."""
    known = {"certified_minor": sums.certified, "turnover_minor": sums.turnover}
    await _move(db, book, holder, state=LETTERS, kind="", party="", acts=sums.acts, **known)


async def told(db: AsyncConnection, book: Book, holder: str, party: str, letters: int) -> None:
    """Everybody up to `party` has a letter. Raises: ClosingTaken."""
    await _move(db, book, holder, party=party, letters=closings.c.letters + letters)


async def finish(db: AsyncConnection, book: Book, holder: str, at: datetime) -> None:
    """Raises: ClosingTaken."""
    done = {"state": DONE, "done_us": microseconds(at), "kind": "", "party": ""}
    await _move(db, book, holder, **done, holder="", held_us=0)


async def faults_of(db: AsyncConnection, book: Book) -> list[Fault]:
    """In a stable order, FAULTS_MAX at most."""
    query = select(faults_table).where(_faults_of(book))
    order = (faults_table.c.kind, faults_table.c.party)
    rows = (await db.execute(query.order_by(*order).limit(FAULTS_MAX))).mappings()
    return [Fault(Place(row["kind"], row["party"]), row["text"]) for row in rows]


async def _move(db: AsyncConnection, book: Book, by: str, **values: Any) -> None:
    mine = and_(_of(book), closings.c.holder == by)
    if (await db.execute(update(closings).where(mine).values(values))).rowcount != 1:
        raise ClosingTaken(book)


def _fresh(by: str, at: datetime) -> dict[str, Any]:
    counts = ("total", "done", "issued", "letters", "acts", "certified_minor", "turnover_minor")
    asked = {"asked_by": by, "asked_us": microseconds(at), "kind": "", "party": ""}
    return dict.fromkeys(counts, 0) | asked


def _of(book: Book) -> ColumnElement[bool]:
    return and_(closings.c.month == str(book.month), closings.c.currency == book.currency)


def _faults_of(book: Book) -> ColumnElement[bool]:
    mine = faults_table.c.currency == book.currency
    return and_(faults_table.c.month == str(book.month), mine)


def _listed() -> Any:
    found = select(func.count()).where(
        faults_table.c.month == closings.c.month, faults_table.c.currency == closings.c.currency
    )
    return select(closings, found.scalar_subquery().label("faults"))


def _closing(row: RowMapping) -> Closing:
    month = Month.parse(row["month"])
    assert month is not None, "only months are asked for"
    certified, turnover = row["certified_minor"], row["turnover_minor"]
    return Closing(
        book=Book(month, row["currency"], row["locale"]),
        state=row["state"],
        round=row["round"],
        place=Place(row["kind"], row["party"]) if row["kind"] or row["party"] else None,
        total=row["total"],
        done=row["done"],
        issued=row["issued"],
        letters=row["letters"],
        sums=MonthSums(row["acts"], certified, turnover),
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_us"]),
        done_at=None if row["done_us"] is None else moment(row["done_us"]),
        holder=row["holder"],
        held_until=moment(row["held_us"]),
        faults=row["faults"],
    )
