"""What the database refuses by itself, whoever asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import check, hold, void_hold
from ledger.accounts import AccountKind
from ledger.schema import metadata
from tests.ledger.books import AT, BOB, ESCROW, fund, move, post, rub

TABLES = ("ledger_journal", "ledger_entry", "ledger_hold", "ledger_hold_end")


async def some_books(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await hold(db, "h1", BOB, rub(2000), AT)
    await void_hold(db, "h1", AT)
    await post(db, move("m", BOB, ESCROW, 1000))


async def refused(db: AsyncConnection, sql: str, words: str = "append only|unique") -> None:
    with pytest.raises(DBAPIError, match=words):
        async with db.begin_nested():
            await db.execute(text(sql))


@pytest.mark.parametrize("table", TABLES)
async def test_what_is_written_stays(db: AsyncConnection, backend: str, table: str) -> None:
    await some_books(db)
    column = "memo" if table == "ledger_journal" else "version"
    column = column if "hold" not in table else "kind" if table.endswith("end") else "amount"
    await refused(db, f"UPDATE {table} SET {column} = {column}", "append only")
    await refused(db, f"DELETE FROM {table}", "append only")
    if backend == "postgresql":
        await refused(db, f"TRUNCATE {table}", "append only")
    assert await check(db) == []


async def test_an_entry_cannot_be_replaced(db: AsyncConnection, backend: str) -> None:
    await some_books(db)
    verb = "INSERT OR REPLACE" if backend == "sqlite" else "INSERT"
    await refused(
        db,
        f"{verb} INTO ledger_entry (account_id, version, journal_id, line, currency, amount,"
        " balance_after) SELECT account_id, version, journal_id, line, currency, 7, 7"
        " FROM ledger_entry WHERE version = 1 LIMIT 1",
    )
    assert await check(db) == []


async def test_a_prepaid_account_cannot_go_below_zero(db: AsyncConnection) -> None:
    await some_books(db)
    bob = "WHERE owner = 'bob'"
    await refused(db, f"UPDATE ledger_account SET balance = -1 {bob}", "ledger_account_floor")
    await refused(db, f"UPDATE ledger_account SET held = 4001 {bob}", "ledger_account_floor")
    await refused(db, f"UPDATE ledger_account SET held = -1 {bob}", "ledger_account_held")


JOURNAL = (
    "INSERT INTO ledger_journal (scope, key, req_hash, kind, ref, memo, effective_on, recorded_us)"
    " VALUES ('raw', '1', '', 'raw', '', '', '{day}', 0)"
)
ENTRY = (
    "INSERT INTO ledger_entry (account_id, version, journal_id, line, currency, amount,"
    " balance_after) SELECT a.id, a.version{step}, j.id, 1, 'RUB', 100, a.balance{gain}"
    " FROM ledger_account a, ledger_journal j WHERE a.owner = 'bob' AND j.scope = 'raw'"
)
BUMP = "UPDATE ledger_account SET version = version + 1, balance = balance + 100 WHERE owner='bob'"


async def test_an_unbalanced_journal(db: AsyncConnection, backend: str) -> None:
    """PostgreSQL refuses it at once; on SQLite the audit names it."""
    await some_books(db)
    await db.execute(text(JOURNAL.format(day="2026-11-21")))
    await db.execute(text(BUMP))
    one_sided = ENTRY.format(step="", gain="")
    if backend == "postgresql":
        await refused(db, one_sided, "does not balance")
        return
    await db.execute(text(one_sided))
    kinds = {fault.kind for fault in await check(db)}
    assert {"journal_unbalanced", "journal_short", "books_unbalanced"} <= kinds


@pytest.mark.parametrize(("step", "gain"), [(" + 2", " + 100"), (" + 1", " + 99"), (" + 1", "")])
async def test_a_broken_chain(db: AsyncConnection, step: str, gain: str) -> None:
    await some_books(db)
    await db.execute(text(JOURNAL.format(day="2026-11-21")))
    await refused(db, ENTRY.format(step=step, gain=gain), "ledger guard")


async def test_entries_that_their_account_does_not_know(db: AsyncConnection, backend: str) -> None:
    await some_books(db)
    await db.execute(text(JOURNAL.format(day="2026-11-21")))
    pair = (
        "INSERT INTO ledger_entry (account_id, version, journal_id, line, currency, amount,"
        " balance_after) SELECT a.id, a.version + 1, j.id, 1, 'RUB',"
        " CASE a.owner WHEN 'bob' THEN 100 ELSE -100 END,"
        " a.balance + CASE a.owner WHEN 'bob' THEN 100 ELSE -100 END"
        " FROM ledger_account a, ledger_journal j"
        " WHERE a.owner IN ('bob', 'demo') AND j.scope = 'raw'"
    )
    if backend == "postgresql":
        await refused(db, pair, "differs from its last entry")
        return
    await db.execute(text(pair))
    assert {fault.kind for fault in await check(db)} == {"account_adrift", "account_version"}


async def test_a_finished_journal_takes_no_more(db: AsyncConnection, backend: str) -> None:
    await some_books(db)
    more = ENTRY.replace("j.scope = 'raw'", "j.key = 'm'").format(step=" + 1", gain=" + 100")
    if backend == "postgresql":
        await refused(db, more, "ledger guard")
        return
    await db.execute(text(more))
    assert "journal_unbalanced" in {fault.kind for fault in await check(db)}


async def test_a_closed_period(db: AsyncConnection) -> None:
    await db.execute(
        text("INSERT INTO ledger_period VALUES ('2026-10-01', '2026-10-31', 0, 'carol', '')")
    )
    await refused(db, JOURNAL.format(day="2026-10-15"), "closed")
    await db.execute(text(JOURNAL.format(day="2026-11-01")))


async def test_the_chart_is_there_and_creating_again_is_harmless(
    fresh_engine: AsyncEngine,
) -> None:
    async with fresh_engine.begin() as db:
        await db.run_sync(metadata.create_all)
        kinds = await db.execute(text("SELECT code, name FROM ledger_account_kind"))
        assert {(row[0], row[1]) for row in kinds} == {
            (kind.code, kind.name.lower()) for kind in AccountKind
        }
        await fund(db, BOB, 100)
        await refused(db, "DELETE FROM ledger_entry", "append only")
