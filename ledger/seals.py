"""Seals: a chain of hashes over what was recorded, so that later changes show.

A batch is a stretch of journals in the order of their rows; its hash covers the hash before it and
every fact of its journals and entries. Whoever kept one hash can prove all that came before.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.store import is_postgresql, us_of

BATCH_JOURNALS_MAX = 10_000
FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Batch:
    """`hash` (hex sha256) covers all journals up to the row `last_journal`."""

    id: int
    last_journal: int
    journals: int
    hash: str


_BATCHES = "SELECT id, last_journal, journals, hash FROM ledger_batch ORDER BY id"
_LAST = text(f"{_BATCHES} DESC LIMIT 1")
_ALL = text(_BATCHES)
# Written so that both databases give the same text for the same facts.
_FACTS = text(
    "SELECT j.id, j.scope, j.key, j.req_hash, j.kind, j.ref, j.memo,"
    " CAST(j.effective_on AS text), j.recorded_us, j.reverses, e.line, e.account_id, e.version,"
    " e.currency, e.amount, e.balance_after"
    " FROM (SELECT * FROM ledger_journal WHERE id > :after AND id <= :upto"
    "  ORDER BY id LIMIT :most) j"
    " LEFT JOIN ledger_entry e ON e.journal_id = j.id ORDER BY j.id, e.line"
)
_ADD = text(
    "INSERT INTO ledger_batch (id, last_journal, journals, hash, sealed_us)"
    " VALUES (:id, :last_journal, :journals, :hash, :sealed_us)"
)


async def seal(db: AsyncConnection, at: datetime) -> Batch | None:
    """Seal the journals that no batch covers yet, oldest first; None when there are none.

    Waits for writers under way and keeps new ones waiting until the caller commits, so that no
    journal can slip in below the last one sealed.
    """
    if is_postgresql(db):
        await db.execute(text("LOCK TABLE ledger_journal IN EXCLUSIVE MODE"))
    row = (await db.execute(_LAST)).first()
    last = Batch(*row) if row else Batch(0, 0, 0, FIRST_HASH)
    batch = await _batch(db, last, 2**62)
    if batch is None:
        return None
    facts = {"id": batch.id, "last_journal": batch.last_journal, "journals": batch.journals}
    await db.execute(_ADD, {**facts, "hash": batch.hash, "sealed_us": us_of(at)})
    return batch


async def broken_seals(db: AsyncConnection) -> AsyncIterator[Batch]:
    """Batches whose journals are no longer those that were sealed."""
    last = Batch(0, 0, 0, FIRST_HASH)
    for row in (await db.execute(_ALL)).all():
        sealed = Batch(*row)
        if await _batch(db, last, sealed.last_journal) != sealed:
            yield sealed
        last = sealed


async def _batch(db: AsyncConnection, last: Batch, upto: int) -> Batch | None:
    facts = {"after": last.last_journal, "upto": upto, "most": BATCH_JOURNALS_MAX}
    digest, journals, last_journal = hashlib.sha256(last.hash.encode()), 0, last.last_journal
    for row in await db.execute(_FACTS, facts):
        journals += row[0] != last_journal
        last_journal = row[0]
        digest.update(json.dumps(list(row), ensure_ascii=False).encode() + b"\n")
    if not journals:
        return None
    return Batch(last.id + 1, last_journal, journals, digest.hexdigest())
