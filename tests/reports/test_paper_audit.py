"""Whoever owns the database and replaces a paper, digest and all, is found by the log."""

import hashlib

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import Sealer, check_papers, document, issue_protocol, paper_audit
from reports.canonical import canonical, parse
from reports.documents import from_session_json
from reports.press import sealed
from reports.schema import documents, log_leaves
from reports.seal import attachment_of
from tests.reports.test_log_audit import unguarded
from tests.reports.test_verbs import played


async def test_a_replaced_paper_is_found(
    db: AsyncConnection, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_audit, "PAGE", 1)
    stage = await played(db, "host-pays", 0)
    name = (await issue_protocol(db, stage.number, stage.now, sealer)).name
    assert await check_papers(db) == []
    await unguarded(db, (documents.name, log_leaves.name))
    pdf = (await document(db, name)).pdf
    body = parse(attachment_of(pdf)[0] or b"")
    body["session"]["topic"] = "Иное"
    other = sealed(from_session_json(parse(canonical(body))), sealer)
    for values, leaf, found in (
        ({"pdf": pdf + b" "}, {}, [("document_changed", name)]),
        (
            {"pdf": other, "sha256": hashlib.sha256(other).hexdigest()},
            {},
            [("document_log", name)],
        ),
        ({}, {"subject": "nothing"}, [("document_log", name)]),
    ):
        spot = await db.begin_nested()
        if values:
            await db.execute(update(documents).values(values))
        if leaf:
            await db.execute(update(log_leaves).values(leaf))
        assert [(one.kind, one.where) for one in await check_papers(db)] == found
        await spot.rollback()


async def test_a_paper_from_before_the_log_waits_for_its_leaf(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage = await played(db, "host-pays", 0)
    await issue_protocol(db, stage.number, stage.now, sealer)
    await unguarded(db, (log_leaves.name,))
    await db.execute(log_leaves.delete())
    assert await check_papers(db) == []
