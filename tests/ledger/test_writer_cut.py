"""The line to PostgreSQL is cut between COMMIT and its answer, by a proxy that reads along."""

import asyncio

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from ledger import Status, Writer, balance, check
from ledger.schema import metadata
from ledger.writer import Kept
from tests.conftest import create_all, new_database
from tests.ledger.books import AT, BOB, CASH, move, rub
from tests.line import Line


async def at_once(_milliseconds: int) -> None:
    """No need to wait."""


async def test_a_server_that_said_goodbye_to_an_idle_line_is_asked_anew(cluster: str) -> None:
    url = make_url(await new_database(cluster))
    line = Line(url.port or 0)
    async with line as port:
        engine = create_async_engine(url.set(port=port))
        await create_all(engine, [metadata])
        kept = Kept(engine)
        writer = Writer(kept, lambda: AT, at_once)
        for n in range(3):
            assert (await writer.submit(move(str(n), CASH, BOB, 100))).status is Status.POSTED
            await line.say_goodbye()
        await writer.close()
        await kept.close()
        await engine.dispose()


@pytest.mark.parametrize(("cuts", "keep"), [(1, False), (3, True)])
@pytest.mark.parametrize("delivered", [True, False], ids=["committed", "not committed"])
async def test_the_draft_moves_once_and_the_caller_hears_it(
    cluster: str, delivered: bool, cuts: int, keep: bool
) -> None:
    url = make_url(await new_database(cluster))
    line = Line(url.port or 0)
    async with line as port:
        engine = create_async_engine(url.set(port=port))
        await create_all(engine, [metadata])
        kept = Kept(engine)
        writer = Writer(kept if keep else engine.begin, lambda: AT, at_once)
        line.cuts, line.deliver = cuts, delivered
        drafts = [move(str(n), CASH, BOB, 100) for n in range(5)]
        said = await asyncio.gather(*(writer.submit(draft) for draft in drafts))
        expected = Status.DUPLICATE if delivered else Status.POSTED
        assert {result.status for result in said} == {expected}
        assert line.cuts == 0
        async with engine.connect() as db:
            assert (await balance(db, BOB)).posted == rub(500)
            assert await check(db) == []
        await writer.close()
        await kept.close()
        await engine.dispose()
