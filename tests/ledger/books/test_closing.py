"""A closed period: in order, for ever, and found out when it is bent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import post_many, seal
from ledger.books import (
    ClosingRefused,
    check_books,
    check_ledger,
    close_period,
    closed_turnover,
    closings,
    next_closing,
    roll_up,
    turnover,
)
from tests.ledger.books.autumn import (
    BOB,
    CASH,
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    at,
    autumn,
    draft,
    post,
)


async def test_months_are_closed_in_order(db: AsyncConnection) -> None:
    await autumn(db)
    assert await next_closing(db) == date(2026, 9, 1)
    with pytest.raises(ClosingRefused) as refused:
        await close_period(db, *OCTOBER, "anna", NOW)
    assert (refused.value.reason, refused.value.expected) == ("out_of_order", date(2026, 9, 1))
    september = await close_period(db, *SEPTEMBER, "anna", NOW)
    assert await closings(db) == [september]
    with pytest.raises(ClosingRefused, match="closed_already"):
        await close_period(db, *SEPTEMBER, "anna", NOW)
    october = await close_period(db, *OCTOBER, "anna", NOW + timedelta(hours=1))
    assert october.manifest != september.manifest
    with pytest.raises(ClosingRefused, match="not_over"):
        await close_period(db, *NOVEMBER, "anna", at(11, 30))
    assert await next_closing(db) == date(2026, 11, 1)
    assert await check_books(db) == []


async def test_nothing_more_is_recorded_in_a_closed_period(db: AsyncConnection) -> None:
    """Neither in it nor before it: what is found later is a journal in an open period."""
    await autumn(db)
    await close_period(db, *SEPTEMBER, "anna", NOW)
    before = await turnover(db, *SEPTEMBER)
    for number, day in enumerate((date(2026, 9, 30), date(2026, 9, 1), date(2020, 1, 1))):
        late = draft(f"late{number}", "fix", (CASH, -1), (BOB, 1), effective_on=day)
        [result] = await post_many(db, [late], NOW)
        assert result.status.value == "period_closed"
    await post(db, NOW, draft("open", "fix", (CASH, -1), (BOB, 1), effective_on=date(2026, 10, 1)))
    await seal(db, NOW)
    await roll_up(db)
    assert await turnover(db, *SEPTEMBER) == before
    assert await closed_turnover(db, (await closings(db))[0], "RUB") == before


@pytest.mark.parametrize("day", ["2026-09-30", "1999-01-01"])
async def test_the_database_itself_refuses(db: AsyncConnection, day: str) -> None:
    await autumn(db)
    await close_period(db, *SEPTEMBER, "anna", NOW)
    raw = (
        "INSERT INTO ledger_journal (scope, key, req_hash, kind, ref, memo, effective_on,"
        f" recorded_us) VALUES ('raw', '1', '', 'raw', '', '', '{day}', 0)"
    )
    with pytest.raises(DBAPIError, match="closed"):
        await db.execute(text(raw))


@pytest.mark.parametrize("deed", ["UPDATE ledger_books_closing SET debits = 0",
                                  "DELETE FROM ledger_books_closing"])  # fmt: skip
async def test_what_was_closed_is_not_rewritten(db: AsyncConnection, deed: str) -> None:
    await autumn(db)
    await close_period(db, *SEPTEMBER, "anna", NOW)
    with pytest.raises(DBAPIError, match="append only"):
        await db.execute(text(deed))


BENT = {
    "a journal": "UPDATE ledger_journal SET memo = 'other' WHERE key = 't1'",
    "an entry": "UPDATE ledger_entry SET amount = amount * 2, balance_after = balance_after * 2"
    " WHERE journal_id = (SELECT id FROM ledger_journal WHERE key = 't1')",
    "who closed": "UPDATE ledger_period SET closed_by = 'eve' WHERE closed_by = 'anna'",
    "the closing": "UPDATE ledger_books_closing SET debits = debits + 1, credits = credits + 1",
}


@pytest.mark.parametrize("what", BENT)
async def test_a_bent_period_is_found(db: AsyncConnection, what: str) -> None:
    await autumn(db)
    await close_period(db, *SEPTEMBER, "anna", NOW)
    await close_period(db, *OCTOBER, "anna", NOW)
    await _without_triggers(db)
    await db.execute(text(BENT[what]))
    faults = await check_books(db)
    assert faults[0].kind == "period_changed"
    assert faults[0].where == "period 2026-09-01 to 2026-09-30"


async def _without_triggers(db: AsyncConnection) -> None:
    """As somebody with all rights over the database would."""
    if db.dialect.name == "postgresql":
        await db.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in (
        await db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    ).scalars():
        await db.execute(text(f"DROP TRIGGER {name}"))


async def test_empty_books(db: AsyncConnection) -> None:
    assert await next_closing(db) is None
    assert await closings(db) == []
    closed = await close_period(db, *SEPTEMBER, "anna", NOW)
    assert (await closed_turnover(db, closed, "RUB")).lines == ()
    assert await check_books(db) == []


@pytest.mark.parametrize("sealed", ["nothing", "the first half", "everything"])
async def test_one_pass_proves_seals_and_closings(db: AsyncConnection, sealed: str) -> None:
    """What the seals were not shown is read after them; what is bent is found by both."""
    if sealed == "the first half":
        await post(db, at(9, 1), draft("t0", "top_up", (CASH, -500), (BOB, 500)))
        await seal(db, NOW)
    await autumn(db)
    if sealed == "everything":
        await seal(db, NOW)
    await close_period(db, *SEPTEMBER, "anna", NOW)
    await close_period(db, *OCTOBER, "anna", NOW)
    assert await check_ledger(db) == []
    await _without_triggers(db)
    await db.execute(text("UPDATE ledger_journal SET memo = 'other' WHERE key = 'm2'"))
    found = {(fault.kind, fault.where) for fault in await check_ledger(db)}
    wanted = {("period_changed", "period 2026-10-01 to 2026-10-31")}
    assert found == wanted | ({("seal_broken", "batch 1")} if sealed == "everything" else set())
