"""Group commit for callers that have nothing else to commit: whatever waits becomes one batch.

While one batch is being written, drafts gather for the next: the more callers, the bigger the
batches, and the price of a commit is shared by all. A caller that must commit more than its draft
(a session's new state, say) uses `post_many` in its own transaction instead.

Trouble is met so that an answer is always true:
- another process took a key first, or two transactions met: the batch is judged again;
- the connection was lost, perhaps between COMMIT and its answer: the same drafts are asked again
  under their keys, and those that had been committed answer DUPLICATE;
- anything else: the batch is halved until the draft that breaks it stands alone and fails alone.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.driver import driver_of, lost, met
from ledger.errors import Unanswered, WriterClosed
from ledger.journals import Ask, Result
from ledger.verbs import post_many

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]

BATCH_MAX = 4096
TRIES_MAX = 8  # of one batch, before its drafts are told that nobody answers
PAUSE_MS = 50  # before the second try; doubled before each further one


async def pause(milliseconds: int) -> None:
    """The wait between two tries."""
    await asyncio.sleep(milliseconds / 1000)


class Kept:
    """Transactions on one connection to PostgreSQL, kept for them and begun by the driver: to take
    a connection out of a pool, ask whether it is alive and begin costs as much as a small batch.
    After any failure the next gets a new one.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._db: AsyncConnection | None = None

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[AsyncConnection]:
        if self._db is None:
            db = await self._engine.connect()
            self._db = await db.execution_options(isolation_level="AUTOCOMMIT")
        try:
            async with driver_of(self._db).transaction():
                yield self._db
        except Exception as error:
            await self.close(lost(error))
            raise
        except BaseException:
            await self.close()
            raise

    async def close(self, gone: bool = False) -> None:
        """Give the connection back, or up if it is `gone` or no longer good."""
        kept, self._db = self._db, None
        if kept is None:
            return
        driver = driver_of(kept)
        if gone or driver.is_closed() or driver.is_in_transaction():
            await kept.invalidate()
        await kept.close()


@dataclass(slots=True)
class _Waiting:
    ask: Ask
    answer: asyncio.Future[Result]


class Writer:
    """One for each process and database; lives in one event loop.

    `transaction` gives a connection whose work is committed when the block ends (a `Kept` is the
    fastest on PostgreSQL); `clock` is asked once a batch.
    """

    def __init__(
        self,
        transaction: Transaction,
        clock: Callable[[], datetime],
        pause: Callable[[int], Awaitable[None]] = pause,
    ) -> None:
        self.transaction, self.clock, self.pause = transaction, clock, pause
        self._waiting: deque[_Waiting] = deque()
        self._some = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def submit(self, ask: Ask) -> Result:
        """The result of a draft or a hold, once it is on the books for good, or refused.

        Cancelled while it waits, it is not posted; cancelled later, it may have been. Raises:
        Unanswered when the database is out of reach: it may have been posted, submit it again under
        the same key; WriterClosed; whatever the database says of a draft that it cannot take.
        """
        if self._closing:
            raise WriterClosed
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="ledger writer")
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(ask, answer))
        self._some.set()
        return await answer

    async def close(self) -> None:
        """Answer everybody who waits, and take no more."""
        self._closing = True
        self._some.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        try:
            while self._waiting or not self._closing:
                self._some.clear()
                if not self._waiting:
                    await self._some.wait()
                taken = self._take()
                if taken:
                    await self._post(taken)
        finally:
            self._closing = True
            for waiting in self._waiting:
                waiting.answer.cancel()

    def _take(self) -> list[_Waiting]:
        """The next batch, without those who have gone."""
        count = min(len(self._waiting), BATCH_MAX)
        taken = [self._waiting.popleft() for _ in range(count)]
        return [waiting for waiting in taken if not waiting.answer.done()]

    async def _post(self, taken: Sequence[_Waiting]) -> None:
        try:
            results = await self._patiently([waiting.ask for waiting in taken])
        except Unanswered as error:
            for waiting in taken:
                _fail(waiting, Unanswered(error.tries))
        except Exception as error:
            if len(taken) == 1:
                _fail(taken[0], error)
                return
            half = len(taken) // 2
            await self._post(taken[:half])
            await self._post(taken[half:])
        except asyncio.CancelledError:
            for waiting in taken:
                waiting.answer.cancel()
            raise
        else:
            for waiting, result in zip(taken, results, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(result)

    async def _patiently(self, asks: Sequence[Ask]) -> list[Result]:
        """Post a batch in a transaction of its own; again while that may help."""
        for tries in range(1, TRIES_MAX + 1):
            try:
                async with self.transaction() as db:
                    return await post_many(db, asks, self.clock())
            except Exception as error:
                if not (met(error) or lost(error)):
                    raise
                if tries == TRIES_MAX:
                    raise Unanswered(tries) from error
            await self.pause(PAUSE_MS << (tries - 1))
        raise AssertionError("the last try answers or raises")


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
