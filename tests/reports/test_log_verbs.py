"""The log beside a real register: leaves with the papers, no gap, one leaf an entry, proofs."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from reports import Sealer, document, issue_protocol, log_verbs
from reports.canonical import parse
from reports.checkpoints import opened
from reports.errors import NotInLog
from reports.merkle import consistent, leaf_hash, root_by_inclusion
from reports.schema import log_checkpoints, log_leaves, log_nodes
from reports.seal import inclusion_in
from tests.reports.builders import ISSUED
from tests.reports.test_verbs import played


async def filled(db: AsyncConnection, count: int) -> None:
    for n in range(count):
        await log_verbs.append(db, b"entry %d" % n, f"subject {n}", ISSUED)


async def test_one_entry_is_one_leaf_and_one_size_one_checkpoint(
    db: AsyncConnection, sealer: Sealer
) -> None:
    assert await log_verbs.sign(db, sealer.log, ISSUED) is None
    await filled(db, 3)
    first = await log_verbs.append(db, b"entry 1", "another", ISSUED)
    assert (first.position, first.subject) == (1, "subject 1")
    made = await log_verbs.sign(db, sealer.log, ISSUED)
    assert made is not None
    assert await log_verbs.sign(db, sealer.log, ISSUED + timedelta(hours=1)) == made
    assert await log_verbs.checkpoint(db, sealer.log) == made
    assert await log_verbs.checkpoints(db, sealer.log, below=made.size) == []
    assert opened(made.note, sealer.log.public).size == made.size == 3


async def test_proofs_of_the_log_hold_for_every_size(db: AsyncConnection) -> None:
    count = 11
    await filled(db, count)
    roots = [await log_verbs.root(db, n) for n in range(count + 1)]
    for size in range(1, count + 1):
        for place in (0, size // 2, size - 1):
            path = await log_verbs.inclusion(db, place, size)
            leaf = leaf_hash(b"entry %d" % place)
            assert root_by_inclusion(place, size, leaf, path) == roots[size]
        path = await log_verbs.growth(db, size, count)
        assert consistent(size, count, roots[size], roots[count], path)


async def test_what_is_not_there_is_refused(db: AsyncConnection) -> None:
    await filled(db, 2)
    for asked in (
        log_verbs.root(db, 3),
        log_verbs.inclusion(db, 2, 2),
        log_verbs.inclusion(db, 0, 3),
        log_verbs.growth(db, 0, 2),
        log_verbs.growth(db, 1, 3),
        log_verbs.leaf_at(db, 2),
        log_verbs.leaf_of(db, "00" * 32),
    ):
        with pytest.raises(NotInLog):
            await asked


async def test_the_log_has_no_gap_under_concurrency(fresh_engine: AsyncEngine) -> None:
    """Twelve at once, every third changes its mind: what is left stands in a row."""

    async def one(n: int) -> int | None:
        async with fresh_engine.connect() as db:
            leaf = await log_verbs.append(db, b"entry %d" % n, f"subject {n}", ISSUED)
            await (db.rollback() if n % 3 == 0 else db.commit())
            return leaf.position if n % 3 else None

    given = await asyncio.gather(*(one(n) for n in range(12)))
    assert sorted(n for n in given if n is not None) == list(range(8))
    async with fresh_engine.begin() as db:
        same = await asyncio.gather(log_verbs.append(db, b"entry 1", "", ISSUED))
        assert same[0].subject == "subject 1"
        root, path = await log_verbs.root(db, 8), await log_verbs.inclusion(db, 0, 8)
        first = await log_verbs.leaf_at(db, 0)
        assert root_by_inclusion(0, 8, bytes.fromhex(first.leaf), path) == root


async def test_older_papers_are_logged_once(db: AsyncConnection, sealer: Sealer) -> None:
    """What was issued before there was a log gets its leaf later, its file stays as it is."""
    stage = await played(db, "host-pays", 0)
    protocol = await issue_protocol(db, stage.number, stage.now, sealer)
    for table in (log_leaves, log_nodes, log_checkpoints):
        await db.execute(text(f"drop table {table.name}"))
        await db.run_sync(table.create)
    assert await log_verbs.log_older(db, sealer.log, stage.now, 9) == 1
    assert await log_verbs.log_older(db, sealer.log, stage.now, 9) == 0
    leaf = await log_verbs.leaf_at(db, 0)
    proof = parse(inclusion_in((await document(db, protocol.name)).pdf))
    assert (leaf.subject, leaf.entry) == (protocol.name, proof["entry"])
    made = await log_verbs.checkpoint(db, sealer.log)
    assert made is not None
    assert made.size == 1


async def test_nothing_in_the_log_changes(fresh_engine: AsyncEngine, sealer: Sealer) -> None:
    async with fresh_engine.begin() as db:
        await filled(db, 2)
        await log_verbs.sign(db, sealer.log, ISSUED)
    columns = {log_leaves: "leaf", log_nodes: "hash", log_checkpoints: "note"}
    for table, column in columns.items():
        for change in (delete(table), update(table).values({column: "x"})):
            async with fresh_engine.connect() as db:
                with pytest.raises(DBAPIError, match="only added to"):
                    await db.execute(change)
