"""The writer: many callers, few transactions, and an answer that is always true."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ledger import Draft, HoldDraft, Status, TryAgain, Writer, balance, check
from ledger.errors import Unanswered, WriterClosed
from ledger.journals import Ask, Leg
from ledger.schema import metadata
from ledger.writer import Kept
from tests.conftest import create_all, new_database
from tests.ledger.books import AT, BOB, CASH, ESCROW, move, rub

TOO_MUCH = 2**70  # no database has a column for it


class Transactions:
    """Gives transactions, counts them, and fails when told to; `pauses` are those asked for."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine, self.begun = engine, 0
        self.pauses: list[int] = []
        self.before: Iterator[Exception | None] = iter(())
        self.after: Iterator[Exception | None] = iter(())

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[AsyncConnection]:
        self.begun += 1
        self._fail(self.before)
        async with self.engine.begin() as db:
            yield db
        self._fail(self.after)

    @staticmethod
    def _fail(failures: Iterator[Exception | None]) -> None:
        failure = next(failures, None)
        if failure is not None:
            raise failure

    async def pause(self, milliseconds: int) -> None:
        self.pauses.append(milliseconds)

    def writer(self) -> Writer:
        return Writer(self, lambda: AT, self.pause)


@pytest.fixture
def transactions(fresh_engine: AsyncEngine) -> Transactions:
    return Transactions(fresh_engine)


async def submit_all(writer: Writer, asks: list[Ask]) -> list[str]:
    """What each caller hears: a status, or the name of an error."""
    said = await asyncio.gather(*(writer.submit(ask) for ask in asks), return_exceptions=True)
    return [
        type(one).__name__ if isinstance(one, BaseException) else one.status.value for one in said
    ]


async def posted_minor(engine: AsyncEngine) -> int:
    async with engine.connect() as db:
        assert await check(db) == []
        return (await balance(db, BOB)).posted.minor


async def test_many_callers_share_few_transactions(transactions: Transactions) -> None:
    writer = transactions.writer()
    drafts: list[Ask] = [move(str(n), CASH, BOB, 100) for n in range(200)]
    assert await submit_all(writer, drafts) == ["posted"] * 200
    assert transactions.begun <= 2
    assert await submit_all(writer, drafts[:3]) == ["duplicate"] * 3
    await writer.close()
    assert await posted_minor(transactions.engine) == 20_000


async def test_each_caller_hears_of_its_own_draft(transactions: Transactions) -> None:
    writer = transactions.writer()
    said = await submit_all(
        writer,
        [
            move("in", CASH, BOB, 1000),
            move("too much", BOB, ESCROW, 1001),
            move("some", BOB, ESCROW, 600),
            move("again", BOB, ESCROW, 600),
            move("some", BOB, ESCROW, 600),
            move("some", BOB, ESCROW, 1),
            Draft("x", "y", "z", (Leg(CASH, 1),)),
        ],
    )
    assert said == [
        "posted",
        "insufficient",
        "posted",
        "insufficient",
        "duplicate",
        "conflict",
        "malformed",
    ]
    await writer.close()


async def test_holds_and_what_they_pay_for_in_one_batch(transactions: Transactions) -> None:
    writer = transactions.writer()
    said = await submit_all(
        writer,
        [
            move("in", CASH, BOB, 1000),
            HoldDraft("h1", BOB, 700),
            HoldDraft("h1", BOB, 700),
            HoldDraft("h1", BOB, 701),
            HoldDraft("h2", BOB, 301),
            move("free", BOB, ESCROW, 301),
            move("held", BOB, ESCROW, 600, posts_hold="h1"),
            HoldDraft("h1", BOB, 700),
        ],
    )
    assert said[1:] == [
        "held",
        "duplicate",
        "conflict",
        "insufficient",
        "insufficient",
        "posted",
        "duplicate",
    ]
    await writer.close()
    assert await posted_minor(transactions.engine) == 400


async def test_one_bad_draft_fails_alone(transactions: Transactions) -> None:
    writer = transactions.writer()
    drafts: list[Ask] = [move(str(n), CASH, BOB, 100) for n in range(20)]
    drafts.insert(7, move("bad", CASH, BOB, TOO_MUCH))
    said = Counter(await submit_all(writer, drafts))
    assert said == {"posted": 20, "DBAPIError": 1}
    assert transactions.begun < 20
    await writer.close()
    assert await posted_minor(transactions.engine) == 2000


async def test_who_gave_up_waiting_is_not_posted(transactions: Transactions) -> None:
    writer = transactions.writer()
    waiting = [asyncio.create_task(writer.submit(move(str(n), CASH, BOB, 100))) for n in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    said = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(said[1], asyncio.CancelledError)
    await writer.close()
    assert await posted_minor(transactions.engine) == 200


async def test_who_gave_up_under_way_leaves_the_others_in_peace(
    transactions: Transactions,
) -> None:
    writer, begun = transactions.writer(), asyncio.Event()
    given = transactions.__call__

    @asynccontextmanager
    async def slow() -> AsyncIterator[AsyncConnection]:
        async with given() as db:
            begun.set()
            yield db

    writer.transaction = slow
    waiting = [asyncio.create_task(writer.submit(move(str(n), CASH, BOB, 100))) for n in range(3)]
    await begun.wait()
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert waiting[2].result().status is Status.POSTED
    await writer.close()
    assert await posted_minor(transactions.engine) in (200, 300)


async def test_closing_answers_everybody_who_waits(transactions: Transactions) -> None:
    writer = transactions.writer()
    waiting = [asyncio.create_task(writer.submit(move(str(n), CASH, BOB, 1))) for n in range(30)]
    await asyncio.sleep(0)
    await writer.close()
    assert {task.result().status for task in waiting} == {Status.POSTED}
    with pytest.raises(WriterClosed):
        await writer.submit(move("late", CASH, BOB, 1))
    await transactions.writer().close()  # one that was never used


async def test_a_lost_answer_is_asked_for_again(transactions: Transactions) -> None:
    """The commit went through, its answer did not: nothing moves twice, everybody hears yes."""
    transactions.after = iter([ConnectionResetError(), None])
    writer = transactions.writer()
    said = await submit_all(writer, [move(str(n), CASH, BOB, 100) for n in range(5)])
    assert said == ["duplicate"] * 5
    await writer.close()
    assert await posted_minor(transactions.engine) == 500


async def test_a_commit_that_never_was_is_done(transactions: Transactions) -> None:
    lost = DBAPIError("COMMIT", None, ConnectionResetError())
    transactions.before = iter([lost, TimeoutError(), None])
    writer = transactions.writer()
    assert await submit_all(writer, [move("a", CASH, BOB, 100)]) == ["posted"]
    assert transactions.pauses == [50, 100]
    await writer.close()
    assert await posted_minor(transactions.engine) == 100


async def test_met_by_another_it_judges_again(transactions: Transactions) -> None:
    transactions.before = iter([TryAgain("a"), TryAgain("a"), None])
    writer = transactions.writer()
    assert await submit_all(writer, [move("a", CASH, BOB, 100)]) == ["posted"]
    await writer.close()


async def test_when_nobody_answers_the_callers_are_told(transactions: Transactions) -> None:
    transactions.before = iter([OSError()] * 8)
    writer = transactions.writer()
    said = await submit_all(writer, [move(str(n), CASH, BOB, 100) for n in range(3)])
    assert said == ["Unanswered"] * 3
    assert len(transactions.pauses) == 7
    assert (await writer.submit(move("1", CASH, BOB, 100))).status is Status.POSTED
    await writer.close()
    assert str(Unanswered(8)).startswith("the database did not answer")


async def test_two_writers_and_the_same_keys(transactions: Transactions) -> None:
    """Two processes take up the same work: each key moves once, and both hear that it has."""
    writers = [transactions.writer() for _ in range(2)]
    drafts: list[Ask] = [move(str(n), CASH, BOB, 100) for n in range(60)]
    halves = [drafts[place : place + 20] for place in range(0, 60, 20)]
    said = [
        status
        for part in halves
        for both in await asyncio.gather(*(submit_all(writer, part) for writer in writers))
        for status in both
    ]
    assert Counter(said) == {"posted": 60, "duplicate": 60}
    for writer in writers:
        await writer.close()
    assert await posted_minor(transactions.engine) == 6000


async def test_a_writer_that_is_torn_down_leaves_nobody_waiting(
    transactions: Transactions,
) -> None:
    writer = transactions.writer()
    blocked = asyncio.Event()

    @asynccontextmanager
    async def never() -> AsyncIterator[AsyncConnection]:
        await blocked.wait()
        raise AssertionError
        yield

    given: Callable[[], AbstractAsyncContextManager[AsyncConnection]] = never
    writer.transaction = given
    first = asyncio.create_task(writer.submit(move("a", CASH, BOB, 1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(writer.submit(move("b", CASH, BOB, 1)))
    await asyncio.sleep(0)
    assert writer._task is not None
    writer._task.cancel()
    said = await asyncio.gather(first, second, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in said)


async def test_the_price_of_a_hold_is_counted(transactions: Transactions) -> None:
    writer = transactions.writer()
    await submit_all(writer, [move("in", CASH, BOB, 1000), HoldDraft("h", BOB, 400)])
    await writer.close()
    async with transactions.engine.connect() as db:
        assert (await balance(db, BOB)).available == rub(600)


async def test_a_kept_connection_is_replaced_after_a_failure(cluster: str) -> None:
    engine = create_async_engine(await new_database(cluster))
    await create_all(engine, [metadata])
    kept = Kept(engine)
    writer = Writer(kept, lambda: AT)
    good: list[Ask] = [move(str(n), CASH, BOB, 100) for n in range(3)]
    assert await submit_all(writer, good) == ["posted"] * 3
    assert await submit_all(writer, [move("bad", CASH, BOB, TOO_MUCH)]) == ["DBAPIError"]
    assert await submit_all(writer, good) == ["duplicate"] * 3
    await writer.close()
    await kept.close()
    assert await posted_minor(engine) == 300
    await engine.dispose()
