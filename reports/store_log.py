"""Rows of the transparency log: the only file that reads and writes its tables."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    RowMapping,
    Text,
    and_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import schema
from reports.merkle import Place
from reports.moments import microseconds, moment

_L, _N, _C = schema.log_leaves, schema.log_nodes, schema.log_checkpoints


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry: its place, its hash, what was hashed, and the document or session it is of."""

    position: int
    leaf: str
    entry: str
    subject: str
    logged_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A checkpoint that was published: the signed note of a log of `size` leaves."""

    size: int
    note: str
    made_at: datetime


async def lock(db: AsyncConnection) -> None:
    """One writer of the log at a time, until its transaction ends. SQLite's is alone anyway."""
    if db.dialect.name == "postgresql":
        await db.execute(text("select pg_advisory_xact_lock(hashtextextended('reports:log', 0))"))


async def size(db: AsyncConnection) -> int:
    """How many leaves there are."""
    last = (await db.execute(select(func.max(_L.c.position)))).scalar_one_or_none()
    return 0 if last is None else int(last) + 1


async def leaf(db: AsyncConnection, hash: str) -> Leaf | None:
    row = (await db.execute(select(_L).where(_L.c.leaf == hash))).mappings().first()
    return _leaf(row) if row else None


async def leaf_at(db: AsyncConnection, position: int) -> Leaf | None:
    row = (await db.execute(select(_L).where(_L.c.position == position))).mappings().first()
    return _leaf(row) if row else None


async def nodes(db: AsyncConnection, places: Iterable[Place]) -> dict[Place, bytes]:
    """Hashes of complete subtrees; those that are not there are left out."""
    wanted = set(places)
    if not wanted:
        return {}
    low = [position for level, position in wanted if not level]
    high = [and_(_N.c.level == at, _N.c.position == position) for at, position in wanted if at]
    leaves = select(literal(0).label("level"), _L.c.position, _L.c.leaf.label("hash"))
    above = select(_N.c.level, _N.c.position, _N.c.hash)
    query = union_all(leaves.where(_L.c.position.in_(low)), above.where(or_(False, *high)))
    rows = (await db.execute(query)).all()
    return {(level, position): bytes.fromhex(hash) for level, position, hash in rows}


async def add(db: AsyncConnection, new: Leaf, made: dict[Place, bytes]) -> None:
    """A leaf and the subtrees that it completes."""
    values = {name: getattr(new, name) for name in ("position", "leaf", "entry", "subject")}
    await db.execute(insert(_L).values(**values, logged_us=microseconds(new.logged_at)))
    above = [
        {"level": level, "position": position, "hash": hash.hex()}
        for (level, position), hash in made.items()
        if level
    ]
    if above:
        await db.execute(insert(_N), above)


async def checkpoint(db: AsyncConnection, key: str, size: int | None = None) -> Made | None:
    """The one of this size by this key; the latest when no size is named."""
    query = select(_C).where(_C.c.log_key == key)
    if size is not None:
        query = query.where(_C.c.size == size)
    row = (await db.execute(query.order_by(_C.c.size.desc()).limit(1))).mappings().first()
    return _made(row) if row else None


async def checkpoints(db: AsyncConnection, key: str, below: int, limit: int) -> Sequence[Made]:
    """The newest first, of fewer than `below` leaves."""
    query = select(_C).where(_C.c.log_key == key, _C.c.size < below)
    rows = await db.execute(query.order_by(_C.c.size.desc()).limit(limit))
    return [_made(row) for row in rows.mappings()]


async def write_checkpoint(db: AsyncConnection, key: str, made: Made) -> None:
    values = {
        "size": made.size,
        "log_key": key,
        "note": made.note,
        "made_us": microseconds(made.made_at),
    }
    await db.execute(insert(_C).values(**values))


async def leaves_from(db: AsyncConnection, first: int, limit: int) -> Sequence[Leaf]:
    """In order, from a position on."""
    query = select(_L).where(_L.c.position >= first).order_by(_L.c.position).limit(limit)
    return [_leaf(row) for row in (await db.execute(query)).mappings()]


async def nodes_between(db: AsyncConnection, old: int, new: int) -> dict[Place, bytes]:
    """The subtrees above leaves that became complete from a log of `old` to one of `new`."""
    made = [
        and_(_N.c.level == level, _N.c.position >= old >> level, _N.c.position < new >> level)
        for level in range(1, new.bit_length())
    ]
    query = select(_N.c.level, _N.c.position, _N.c.hash).where(or_(False, *made))
    rows = (await db.execute(query)).all()
    return {(level, position): bytes.fromhex(hash) for level, position, hash in rows}


async def notes_between(db: AsyncConnection, old: int, new: int) -> Sequence[tuple[str, Made]]:
    """Checkpoints of more than `old` leaves, up to `new`, each with the key that it names."""
    query = select(_C).where(_C.c.size > old, _C.c.size <= new).order_by(_C.c.size)
    return [(row["log_key"], _made(row)) for row in (await db.execute(query)).mappings()]


async def beyond(db: AsyncConnection, size: int) -> Sequence[str]:
    """What the tables hold that a log of `size` leaves cannot have, in words."""
    later = select(_C.c.size).where(_C.c.size > size).order_by(_C.c.size).limit(1)
    found = [f"checkpoint {one}" for one in (await db.execute(later)).scalars()]
    above = select(_N.c.level, _N.c.position).where(_N.c.level >= max(size.bit_length(), 1))
    return found + [f"node {at}/{n}" for at, n in (await db.execute(above.limit(1))).all()]


async def unlogged(db: AsyncConnection, limit: int) -> Sequence[str]:
    """Names of documents that have no leaf, the oldest first: those from before the log."""
    found = []
    for table in (schema.documents, schema.period_papers):
        name = table.c.number + "-r" + cast(table.c.revision, Text)
        there = select(_L.c.position).where(_L.c.subject == name).exists()
        query = select(name, table.c.issued_us).where(~there)
        rows = await db.execute(query.order_by(table.c.issued_us, table.c.number).limit(limit))
        found += [(issued_us, one) for one, issued_us in rows]
    return [one for _, one in sorted(found)[:limit]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An issued file as it lies in the register; `entries` are what the log has of its name."""

    name: str
    sha256: str
    issued_at: datetime
    pdf: bytes
    entries: tuple[str, ...]


async def kept_papers(db: AsyncConnection, page: int) -> AsyncIterator[Kept]:
    """Every revision of every paper, read `page` at a time."""
    for table in (schema.documents, schema.period_papers):
        key, after = tuple_(table.c.number, table.c.revision), ("", 0)
        columns = (table.c.number, table.c.revision, table.c.sha256, table.c.issued_us, table.c.pdf)
        while True:
            query = select(*columns).where(key > after).order_by(*key.clauses).limit(page)
            rows = (await db.execute(query)).all()
            entries = await _entries(db, [f"{row.number}-r{row.revision}" for row in rows])
            for row in rows:
                name, at = f"{row.number}-r{row.revision}", moment(row.issued_us)
                said = tuple(entries.get(name, ()))
                yield Kept(name, row.sha256, at, bytes(row.pdf), said)
            if len(rows) < page:
                break
            after = (rows[-1].number, rows[-1].revision)


async def _entries(db: AsyncConnection, subjects: Sequence[str]) -> dict[str, list[str]]:
    """What the log has of each."""
    query = select(_L.c.subject, _L.c.entry).where(_L.c.subject.in_(subjects))
    found: dict[str, list[str]] = {}
    for subject, entry in (await db.execute(query)).all():
        found.setdefault(subject, []).append(entry)
    return found


def _leaf(row: RowMapping) -> Leaf:
    at = moment(row["logged_us"])
    return Leaf(row["position"], row["leaf"], row["entry"], row["subject"], at)


def _made(row: RowMapping) -> Made:
    return Made(row["size"], row["note"], moment(row["made_us"]))
