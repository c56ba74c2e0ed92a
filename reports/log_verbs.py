"""The transparency log: add, sign, prove. A leaf is added in the transaction that issues.

    raw = await include(db, sha256, "A-2026-000001-r1", sealer.log, at)    # inclusion.json
    made = await checkpoint(db, sealer.log)                                # the latest, or None
    proof = await inclusion(db, position, size)                            # path of hashes
    path = await growth(db, old, new)                                      # consistency proof

Positions count from 0 and have no gap: whoever adds waits until the one before has committed, and
what is rolled back was never there. The same entry is one leaf however often it is added.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store, store_log
from reports.errors import NotInLog
from reports.inclusion import Proof, document_entry, inclusion_json, session_entry
from reports.log_key import LogKey
from reports.merkle import (
    consistency_spans,
    grown,
    hashes,
    inclusion_spans,
    leaf_hash,
    needed,
)
from reports.register import parse_name
from reports.seal import attachment_of
from reports.store_log import Leaf, Made

CHECKPOINTS_MAX = 100
NO_HEAD = "0" * 64


async def include(db: AsyncConnection, sha256: str, name: str, key: LogKey, at: datetime) -> bytes:
    """Log a document by the digest of its data and answer its inclusion.json, under the checkpoint
    that was signed in the same step; asked for again it is the same."""
    entry = document_entry(sha256)
    leaf = await append(db, entry, name, at)
    made = await checkpoint(db, key, leaf.position + 1) or await sign(db, key, at)
    assert made is not None, "the leaf is there"
    path = await _read(db, inclusion_spans(leaf.position, made.size))
    return inclusion_json(entry, Proof(leaf.position, made.size, tuple(path), made.note), key)


async def log_head(db: AsyncConnection, session: str, head: str, at: datetime) -> None:
    """Log the head of a settled session's chain of events."""
    if head != NO_HEAD:
        await append(db, session_entry(session, head), session, at)


async def lock(db: AsyncConnection) -> None:
    """Be the only one who adds until the transaction ends; asked for again it costs nothing."""
    await store_log.lock(db)


async def append(db: AsyncConnection, entry: bytes, subject: str, at: datetime) -> Leaf:
    """The leaf of the entry: the one there is, or the next one."""
    await store_log.lock(db)
    hash = leaf_hash(entry)
    if old := await store_log.leaf(db, hash.hex()):
        return old
    position = await store_log.size(db)
    before = await store_log.nodes(db, needed([(0, position)]))
    new = Leaf(position, hash.hex(), entry.decode(), subject, at)
    await store_log.add(db, new, grown(position, hash, before))
    return new


async def sign(db: AsyncConnection, key: LogKey, at: datetime) -> Made | None:
    """The checkpoint of the log as it is: the one there is, or a new one; None without a leaf."""
    await store_log.lock(db)
    size = await store_log.size(db)
    old = await store_log.checkpoint(db, key.public.text, size)
    if old or not size:
        return old
    made = Made(size, key.note(size, (await _read(db, [(0, size)]))[0]), at)
    await store_log.write_checkpoint(db, key.public.text, made)
    return made


async def checkpoint(db: AsyncConnection, key: LogKey, size: int | None = None) -> Made | None:
    """The latest checkpoint, or the one of a size; None when none was signed."""
    return await store_log.checkpoint(db, key.public.text, size)


async def checkpoints(
    db: AsyncConnection, key: LogKey, below: int, limit: int = CHECKPOINTS_MAX
) -> Sequence[Made]:
    """The newest first, of fewer than `below` leaves, `limit` at most."""
    return await store_log.checkpoints(db, key.public.text, below, limit)


async def root(db: AsyncConnection, size: int) -> bytes:
    """The hash over the first `size` leaves. Raises: NotInLog."""
    return (await _hashes(db, [(0, size)], size))[0]


async def leaf_of(db: AsyncConnection, hash: str) -> Leaf:
    """Raises: NotInLog."""
    found = await store_log.leaf(db, hash)
    if found is None:
        raise NotInLog(hash)
    return found


async def leaf_at(db: AsyncConnection, position: int) -> Leaf:
    """Raises: NotInLog."""
    found = await store_log.leaf_at(db, position)
    if found is None:
        raise NotInLog(str(position))
    return found


async def inclusion(db: AsyncConnection, position: int, size: int) -> list[bytes]:
    """The path from a leaf to the root of a log of `size` leaves. Raises: NotInLog."""
    try:
        return await _hashes(db, inclusion_spans(position, size), size)
    except ValueError as error:
        raise NotInLog(str(position)) from error


async def growth(db: AsyncConnection, old: int, new: int) -> list[bytes]:
    """The proof that the log of `old` leaves is the beginning of that of `new`. Raises:
    NotInLog."""
    try:
        return await _hashes(db, consistency_spans(old, new), new)
    except ValueError as error:
        raise NotInLog(str(old)) from error


async def _hashes(db: AsyncConnection, spans: Sequence[tuple[int, int]], size: int) -> list[bytes]:
    if not 0 <= size <= await store_log.size(db):
        raise NotInLog(str(size))
    return await _read(db, spans)


async def _read(db: AsyncConnection, spans: Sequence[tuple[int, int]]) -> list[bytes]:
    """Of a log that is known to be as large as that."""
    return hashes(spans, await store_log.nodes(db, needed(spans)))


async def log_older(db: AsyncConnection, key: LogKey, at: datetime, limit: int) -> int:
    """Log documents that were issued before there was a log, the oldest first, `limit` at most;
    how many. Their files stay as they are and hold no proof: it is asked of the log."""
    names = await store_log.unlogged(db, limit)
    for name in names:
        paper = await store.paper(db, *(parse_name(name) or ("", None)))
        assert paper is not None, "it was listed a moment ago"
        data, _ = await asyncio.to_thread(attachment_of, paper.pdf)
        digest = hashlib.sha256(data or paper.pdf).hexdigest()  # unreadable: the file's own
        await append(db, document_entry(digest), name, at)
    if names:
        await sign(db, key, at)
    return len(names)
