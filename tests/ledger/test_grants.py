"""A real second role on PostgreSQL: it keeps books, and cannot change what is written."""

import uuid
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ledger import HoldDraft, Outcome, Terms, check, grant, hold, reverse, seal, settle, void_hold
from ledger.errors import RoleUnknown
from ledger.triggers import WRITTEN_ONCE
from tests.conftest import new_database
from tests.ledger.books import ANN, AT, BOB, CASH, ESCROW, SESSION, fund, move, post, rub
from web.commands.schema import migrate
from web.db import Database


@pytest.fixture
async def owner(cluster: str) -> AsyncIterator[Database]:
    database = Database(await new_database(cluster))
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def application(owner: Database) -> AsyncIterator[AsyncEngine]:
    """Connected as a role of its own, to which everything was granted that it needs."""
    role = f"app_{uuid.uuid4().hex[:8]}"
    async with owner.transaction() as db:
        await db.execute(text(f"CREATE ROLE {role} LOGIN"))
        assert (await grant(db, role))["ledger_entry"] == "SELECT, INSERT"
    engine = create_async_engine(make_url(owner.url).set(username=role))
    yield engine
    await engine.dispose()


async def keep_books(db: AsyncConnection) -> None:
    """Something of everything that the ledger writes."""
    await fund(db, BOB, 20_000)
    await hold(db, "h1", BOB, rub(2000), AT)
    await void_hold(db, "h1", AT)
    await hold(db, "h2", BOB, rub(2000), AT)
    assert await post(
        db,
        move("m1", BOB, ESCROW, 1000, posts_hold="h2", ref=SESSION),
        HoldDraft("h3", BOB, 500),  # type: ignore[arg-type]
        move("m2", BOB, ESCROW, 500, posts_hold="h3"),
    ) == ["posted", "held", "posted"]
    (await reverse(db, "test:m2", "r", "by mistake", AT)).raise_for_status()
    await settle(db, SESSION, BOB, Terms(ANN), Outcome.RESOLVED, AT)
    await post(db, move("again", CASH, BOB, 1))
    assert await seal(db, AT)


async def test_it_keeps_the_books_and_cannot_change_them(application: AsyncEngine) -> None:
    async with application.begin() as db:
        await keep_books(db)
    async with application.begin() as db:
        assert await check(db) == []
    columns = {"ledger_journal": "memo", "ledger_entry": "amount", "ledger_batch": "hash"}
    columns |= {"ledger_hold": "amount", "ledger_hold_end": "kind", "ledger_period": "manifest"}
    assert set(columns) == set(WRITTEN_ONCE)
    for table, column in columns.items():
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TABLE {table}",
        ):
            await denied(application, statement)


LIMITS = (
    "UPDATE ledger_account SET floor = -1000000",
    "UPDATE ledger_account SET ceiling = NULL",
    "UPDATE ledger_account SET owner = 'eve'",
    "DELETE FROM ledger_account",
    "INSERT INTO ledger_account_kind VALUES (9999, 'mine', 'L', NULL, '', '')",
    "UPDATE ledger_currency SET exponent = 0",
    "UPDATE alembic_version SET version_num = '0001'",
    "CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NULL; END $$",
)


async def test_it_cannot_move_the_limits(owner: Database, application: AsyncEngine) -> None:
    """Nor what it was given before by somebody who was generous."""
    for statement in LIMITS:
        await denied(application, statement)
    role = application.url.username
    assert role
    async with owner.transaction() as db:
        await db.execute(text(f"GRANT ALL ON ledger_entry TO {role}"))
        await grant(db, role)
    await denied(application, "DELETE FROM ledger_entry")


async def denied(application: AsyncEngine, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with application.begin() as db:
            await db.execute(text(statement))


async def test_there_must_be_such_a_role(db: AsyncConnection) -> None:
    with pytest.raises(RoleUnknown) as caught:
        await grant(db, "nobody_of_that_name")
    assert caught.value.role == "nobody_of_that_name"
