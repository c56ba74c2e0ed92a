"""One writer on SQLite, readers beside it, deadlines on PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from web.db import Database, portable_url


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("sqlite:///var/a.db", "sqlite+aiosqlite:///var/a.db"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("postgresql://m:p@db/minuta", "postgresql+asyncpg://m:p@db/minuta"),
        ("postgres://m@db/minuta", "postgresql+asyncpg://m@db/minuta"),
    ],
)
def test_an_address_gets_its_driver(given: str, wanted: str) -> None:
    assert portable_url(given) == wanted


def test_other_databases_and_memory_are_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        portable_url("mysql://db/minuta")
    with pytest.raises(ValueError, match="file"):
        Database("sqlite://")


@pytest.fixture
async def database(database_url: str):  # type: ignore[no-untyped-def]
    database = Database(database_url)
    async with database.transaction() as db:
        await db.execute(text("create table purse (minor bigint not null)"))
        await db.execute(text("insert into purse values (0)"))
    yield database
    await database.close()


async def _minor(database: Database) -> int:
    async with database.reading() as db:
        return int((await db.execute(text("select minor from purse"))).scalar_one())


async def test_what_raises_is_not_kept(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as db:
            await db.execute(text("update purse set minor = 5"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await _minor(database) == 0


async def test_twenty_writers_lose_nothing(database: Database) -> None:
    """Each reads and then writes: without one writer (or row locks) some would be lost."""

    async def add() -> None:
        async with database.transaction() as db:
            lock = "" if database.sqlite else " for update"
            found = await db.execute(text(f"select minor from purse{lock}"))
            await db.execute(text("update purse set minor = :m"), {"m": found.scalar_one() + 1})

    await asyncio.gather(*(add() for _ in range(20)))
    assert await _minor(database) == 20


async def test_a_reader_sees_only_what_was_committed(database: Database) -> None:
    async with database.transaction() as db:
        await db.execute(text("update purse set minor = 7"))
        assert await _minor(database) == 0
    assert await _minor(database) == 7


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.reading() as db:
            await db.execute(text("update purse set minor = 1"))


async def test_ping_tells_when_nobody_answers(database: Database) -> None:
    await database.ping()
    gone = Database("postgresql://minuta@127.0.0.1:1/none")
    with pytest.raises(OSError, match="Connect call failed"):
        await gone.ping()
    await gone.close()
