"""Drafted, drawn, kept: what changed meanwhile is seen, numbers have no gaps, nobody waits."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Outcome
from reports import (
    PERIOD_ACT,
    STATEMENT,
    Draft,
    Filter,
    Issued,
    Overtaken,
    Sealer,
    document,
    documents,
    draft_act,
    draft_period_paper,
    draft_protocol,
    issue_act,
    issue_period_act,
    issue_protocol,
    keep,
    keep_period_paper,
    press_draft,
    verify_file,
)
from reports.period_verbs import customer_of
from reports.press import Pressed
from tests.reports.test_period_verbs import of_client
from tests.reports.test_verbs import played

NOT_DRAWN = Pressed("", b"")


async def test_a_draft_writes_nothing_and_is_kept_as_it_was_drawn(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage = await played(db, "host-pays")
    draft = await draft_protocol(db, stage.number, stage.now, sealer)
    assert isinstance(draft, Draft)
    assert await draft_protocol(db, stage.number, stage.now, sealer) == draft
    assert await documents(db) == []
    drawn = await press_draft(draft)
    made = await keep(db, draft, drawn, sealer)
    assert (made.name, made.content) == ("P-2026-000001-r1", draft.content)
    paper = await document(db, made.name)
    assert verify_file(paper.pdf, sealer.trust_pem, stage.now).code == 0
    assert await draft_protocol(db, stage.number, stage.now, sealer) == made
    assert await keep(db, draft, drawn, sealer) == made  # somebody else was faster: the same paper


async def test_what_changed_while_it_was_drawn_is_drawn_again(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage = await played(db, "client-pays")
    old = await draft_act(db, stage.number, stage.now, sealer)
    assert isinstance(old, Draft)
    await stage.says(Outcome.UNRESOLVED, "Не помогло")
    with pytest.raises(Overtaken):
        async with db.begin_nested():
            await keep(db, old, NOT_DRAWN, sealer)
    assert await documents(db, Filter(superseded=True)) == []
    made = await issue_act(db, stage.number, stage.now, sealer)
    assert made.name == "A-2026-000001-r1"  # the number that was taken came back


async def test_a_number_that_another_paper_got(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await played(db, "client-pays")
    day = of_client(stage)
    customer = await customer_of(db, day.buyer)
    draft = await draft_period_paper(db, PERIOD_ACT, day, customer, stage.now, sealer)
    assert isinstance(draft, Draft)
    other = await issue_period_act(db, replace(day, locale="en"), customer, stage.now, sealer)
    assert other.number == draft.document.heading.number
    with pytest.raises(Overtaken):
        async with db.begin_nested():
            await keep_period_paper(db, draft, NOT_DRAWN, sealer)
    again = await draft_period_paper(db, PERIOD_ACT, day, customer, stage.now, sealer)
    assert isinstance(again, Draft)
    made = await keep_period_paper(db, again, await press_draft(again), sealer)
    assert made.name == "U-2026-000002-r1"
    wallet = replace(day, role="wallet")
    statement = await draft_period_paper(db, STATEMENT, wallet, customer, stage.now, sealer)
    assert isinstance(statement, Draft)
    drawn = await press_draft(statement)
    assert (await keep_period_paper(db, statement, drawn, sealer)).name == "L-2026-000001-r1"


async def test_many_at_once_leave_no_gap(fresh_engine: AsyncEngine, sealer: Sealer) -> None:
    async with fresh_engine.begin() as db:
        stage = await played(db, "host-pays")

    async def issue() -> Issued:
        async with fresh_engine.connect() as db:
            draft = await draft_protocol(db, stage.number, stage.now, sealer)
        if not isinstance(draft, Draft):
            return draft
        drawn = await press_draft(draft)
        async with fresh_engine.begin() as db:
            return await keep(db, draft, drawn, sealer)

    assert len({one.sha256 for one in await asyncio.gather(issue(), issue(), issue())}) == 1
    async with fresh_engine.begin() as db:
        assert (await issue_protocol(db, stage.number, stage.now, sealer)).revision == 1
