"""The register as a list: filters, pages and totals of both tables, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import PapersAsked, listed_papers, paper_totals, revisions
from reports.store_listing import papers_named
from tests.reports.list_builders import ANNA, IVAN, NOON, add_paper, add_period_paper

HOUR = timedelta(hours=1)


async def told(db: AsyncConnection) -> None:
    """Act 1 with its correction, protocol 1, what Ivan paid himself (2), an act of the month."""
    await add_paper(db, 1)
    await add_paper(db, 1, revision=2, total_minor=4_000)
    await add_paper(db, 1, kind="protocol")
    await add_paper(db, 2, buyer=IVAN, total_minor=1_000)
    await add_paper(db, 2, kind="protocol", buyer=IVAN, total_minor=1_000)
    await add_period_paper(db, 1, ANNA)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["U1", "A999-2", "P999", "P998", "A998"]),
        ({"state": "superseded"}, ["A999-1"]),
        ({"state": "all", "kind": "act"}, ["A999-2", "A999-1", "A998"]),
        ({"party": ANNA}, ["U1", "A999-2", "P999", "P998"]),
        ({"party": IVAN}, ["P999", "P998", "A998"]),
        ({"party": "nobody"}, []),
        ({"kind": "period-act"}, ["U1"]),
        ({"who": "анна"}, ["U1", "A999-2", "P999", "P998"]),
        ({"who": "КУЗНЕЦОВ", "kind": "act"}, ["A998"]),
        ({"until": NOON - HOUR}, ["P998", "A998"]),
        ({"since": NOON}, ["U1"]),
    ],
)
async def test_what_a_filter_finds(
    db: AsyncConnection, asked: dict[str, str], found: list[str]
) -> None:
    await told(db)
    wanted = PapersAsked(**asked)  # type: ignore[arg-type]
    listed = await listed_papers(db, wanted, 50)
    short = [f"{one.number[0]}{int(one.number[-6:])}" for one in listed]
    corrected = [
        f"{name}-{one.revision}" if name == "A999" else name
        for name, one in zip(short, listed, strict=True)
    ]
    assert corrected == found
    totals = await paper_totals(db, wanted)
    assert sum(one.count for one in totals) == len(found)
    assert sum(one.minor for one in totals) == sum(one.minor for one in listed)
    pieces = [one for skip in (0, 2, 4) for one in await listed_papers(db, wanted, 2, skip)]
    assert pieces == listed


async def test_what_the_consultant_paid_is_hidden_from_the_client(db: AsyncConnection) -> None:
    await told(db)
    seen = {
        party: {one.number: one.minor for one in await listed_papers(db, PapersAsked(party), 9)}
        for party in (ANNA, IVAN)
    }
    assert (seen[ANNA]["P-2026-000998"], seen[IVAN]["P-2026-000998"]) == (0, 1_000)


async def test_the_files_of_a_number(db: AsyncConnection) -> None:
    await told(db)
    files = await revisions(db, "A-2026-000999")
    assert [(one.name[-2:], one.superseded) for one in files] == [("r2", False), ("r1", True)]
    assert await revisions(db, "A-2026-000000") == []


async def test_papers_by_name_are_those_one_may_see(db: AsyncConnection) -> None:
    await told(db)
    names = ["A-2026-000999", "A-2026-000999-r1", "A-2026-000998", "U-2026-000001", "x", "P-9"]
    whose = {
        party: [one.name for one in await papers_named(db, names, party)]
        for party in (None, ANNA, IVAN)
    }
    first = ["A-2026-000999-r2", "A-2026-000999-r1"]
    assert whose[ANNA] == [*first, "U-2026-000001-r1"]
    assert whose[IVAN] == ["A-2026-000998-r1"]
    assert whose[None] == [*first, "A-2026-000998-r1", "U-2026-000001-r1"]
