"""One writer on SQLite, readers beside it, deadlines on PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import TryAgain
from web.db import TRIES_MAX, Database, portable_url, repeated
from web.errors import TooBusy


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


@pytest.mark.parametrize("troubles", [0, TRIES_MAX - 1])
async def test_what_was_taken_back_is_done_again_and_counts_once(
    database: Database, troubles: int
) -> None:
    tries: list[int] = []

    async def add() -> str:
        async with database.transaction() as db:
            await db.execute(text("update purse set minor = minor + 1"))
            tries.append(1)
            if len(tries) <= troubles:
                raise TryAgain("top_up:1")
        return "done"

    assert await repeated(add) == "done"
    assert (len(tries), await _minor(database)) == (troubles + 1, 1)


async def test_in_the_end_the_asker_is_told_and_nothing_was_done(database: Database) -> None:
    async def add() -> None:
        async with database.transaction() as db:
            await db.execute(text("update purse set minor = minor + 1"))
            raise TryAgain("top_up:1")

    with pytest.raises(TooBusy) as told:
        await repeated(add)
    assert isinstance(told.value.__cause__, TryAgain)
    assert await _minor(database) == 0


async def test_a_mistake_is_not_repeated(database: Database) -> None:
    tries: list[int] = []

    async def wrong() -> None:
        async with database.transaction() as db:
            tries.append(1)
            await db.execute(text("select nothing from nowhere"))

    with pytest.raises(DBAPIError):
        await repeated(wrong)
    assert len(tries) == 1


async def test_two_that_wait_for_each_other_both_come_through(database: Database) -> None:
    """A real deadlock on PostgreSQL; on SQLite one waits for the other from the beginning."""
    async with database.transaction() as db:
        await db.execute(text("create table two (id int primary key, minor int not null)"))
        await db.execute(text("insert into two values (1, 0), (2, 0)"))
    tries: list[tuple[int, int]] = []
    both = asyncio.Barrier(1 if database.sqlite else 2)

    async def add(first: int, second: int) -> None:
        async with database.transaction() as db:
            tries.append((first, second))
            for id in (first, second):
                await db.execute(text(f"update two set minor = minor + 1 where id = {id}"))
                if id == first and len(tries) <= 2:
                    await both.wait()  # until the other one has its first row too

    await asyncio.gather(repeated(lambda: add(1, 2)), repeated(lambda: add(2, 1)))
    async with database.reading() as db:
        assert (await db.execute(text("select minor from two"))).scalars().all() == [2, 2]
    assert len(tries) == 2 if database.sqlite else len(tries) >= 3


async def test_a_serialization_failure_is_done_again(database: Database) -> None:
    """Two read the same sum and both write it: at this isolation PostgreSQL takes one back."""
    tries: list[int] = []

    async def add() -> None:
        async with database.transaction() as db:
            if not database.sqlite:
                await db.execute(text("set transaction isolation level serializable"))
            found = (await db.execute(text("select minor from purse"))).scalar_one()
            tries.append(found)
            if len(tries) <= 2:
                await asyncio.sleep(0.1)
            await db.execute(text("update purse set minor = :m"), {"m": found + 1})

    await asyncio.gather(repeated(add), repeated(add))
    assert await _minor(database) == 2


async def test_whoever_is_cancelled_leaves_no_transaction_behind(database: Database) -> None:
    async def add() -> None:
        async with database.transaction() as db:
            await db.execute(text("update purse set minor = minor + 1"))

    done = 0
    for steps in range(60):
        task = asyncio.create_task(add())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        done += not task.cancelled()
        await add()
    assert await _minor(database) >= 60 + done
