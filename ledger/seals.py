"""Seals: a chain of hashes over what was recorded, so that later changes show.

A batch is a stretch of journals in the order of their rows; its hash covers the hash before it,
every fact of its journals and entries, and the head that the audit journal had. Whoever kept one
hash can prove all that came before, in both journals.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.store import is_postgresql, us_of

# A row is a journal's number, its effective day, and a line of it as the text that is hashed.
Rows = Sequence[Any]
Watch = Callable[[Rows], None]
BATCH_JOURNALS_MAX = 10_000
FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class TrailHead:
    """How many rows the audit journal has and the hash of the last one."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Batch:
    """`hash` (hex sha256) covers all journals up to the row `last_journal`, and `trail`."""

    id: int
    last_journal: int
    journals: int
    hash: str
    trail: TrailHead | None = None


NO_TRAIL = TrailHead(0, FIRST_HASH)
_NOTHING = Batch(0, 0, 0, FIRST_HASH)
_BATCHES = (
    "SELECT id, last_journal, journals, hash, trail_rows, trail_hash FROM ledger_batch ORDER BY id"
)
_LAST = text(f"{_BATCHES} DESC LIMIT 1")
_ALL = text(_BATCHES)
# One text an entry, made by the database, the same on both: before a journal's first entry stand
# the journal's own facts, texts with their lengths, so that no two journals look the same.
_TEXTS = ("scope", "key", "req_hash", "kind", "ref", "memo")
_JOURNAL = " || ',' || ".join(
    [
        "j.id",
        *(f"length(j.{name}) || ':' || j.{name}" for name in _TEXTS),
        "j.effective_on",
        "j.recorded_us",
        "coalesce(j.reverses, 0)",
    ]
)
_ENTRY = " || ',' || ".join(
    f"e.{name}" for name in ("line", "account_id", "version", "currency", "amount", "balance_after")
)
FACTS = f"CASE WHEN e.line > 1 THEN '' ELSE {_JOURNAL} || ';' END || coalesce({_ENTRY}, '') || ';'"
_FACTS = text(
    f"SELECT j.id, CAST(j.effective_on AS text), {FACTS}"
    " FROM (SELECT * FROM ledger_journal WHERE id > :after AND id <= :upto"
    "  ORDER BY id LIMIT :most) j"
    " LEFT JOIN ledger_entry e ON e.journal_id = j.id ORDER BY j.id, e.line"
)
_ADD = text(
    "INSERT INTO ledger_batch"
    " (id, last_journal, journals, hash, sealed_us, trail_rows, trail_hash)"
    " VALUES (:id, :last_journal, :journals, :hash, :sealed_us, :trail_rows, :trail_hash)"
)


async def seal(db: AsyncConnection, at: datetime, trail: TrailHead = NO_TRAIL) -> Batch | None:
    """Seal the journals that no batch covers yet, oldest first, and the audit journal up to its
    head `trail`; None when there is nothing new.

    Waits for writers under way and keeps new ones waiting until the caller commits, so that no
    journal can slip in below the last one sealed.
    """
    if is_postgresql(db):
        await db.execute(text("SELECT ledger_stand_still()"))
    row = (await db.execute(_LAST)).first()
    last = _sealed(row) if row else _NOTHING
    rows = await _rows(db, last.last_journal, 2**62)
    if not rows and trail.count <= (last.trail or NO_TRAIL).count:
        return None
    batch = _batch(last, rows, trail)
    facts = {
        "id": batch.id,
        "last_journal": batch.last_journal,
        "journals": batch.journals,
        "hash": batch.hash,
        "trail_rows": trail.count,
        "trail_hash": trail.hash,
    }
    await db.execute(_ADD, {**facts, "sealed_us": us_of(at)})
    return batch


async def broken_seals(db: AsyncConnection, watch: Watch | None = None) -> AsyncIterator[Batch]:
    """Batches whose journals are no longer those that were sealed.

    `watch` is shown everything that is read on the way, in the order of recording.
    """
    last = _NOTHING
    for row in (await db.execute(_ALL)).all():
        sealed = _sealed(row)
        rows = await _rows(db, last.last_journal, sealed.last_journal)
        if watch is not None:
            watch(rows)
        if _batch(last, rows, sealed.trail) != sealed:
            yield sealed
        last = sealed


async def recorded_after(db: AsyncConnection, after: int) -> AsyncIterator[Rows]:
    """What was recorded after a journal, sealed or not, as `broken_seals` shows it."""
    while rows := await _rows(db, after, 2**62):
        yield rows
        after = rows[-1][0]


async def _rows(db: AsyncConnection, after: int, upto: int) -> Rows:
    facts = {"after": after, "upto": upto, "most": BATCH_JOURNALS_MAX}
    return (await db.execute(_FACTS, facts)).all()


def _sealed(row: Row[Any]) -> Batch:
    trail = None if row.trail_rows is None else TrailHead(row.trail_rows, row.trail_hash)
    return Batch(row.id, row.last_journal, row.journals, row.hash, trail)


def _batch(last: Batch, rows: Rows, trail: TrailHead | None) -> Batch:
    """The next one; batches sealed before the audit journal was tied to them have no `trail`."""
    facts = "".join([row[2] for row in rows])
    if trail is not None:
        facts = f"audit {trail.count} {trail.hash};{facts}"
    digest = hashlib.sha256(f"{last.hash};{facts}".encode()).hexdigest()
    last_journal = rows[-1][0] if rows else last.last_journal
    return Batch(last.id + 1, last_journal, len({row[0] for row in rows}), digest, trail)
