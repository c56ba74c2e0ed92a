"""Killing a coroutine at its n-th await, for every n.

The job runs as always until it awaits for the n-th time. What it then waits for is let happen (a
commit, a call to the acquirer), but the job never hears of it: the process has died. Transactions
that were open are rolled back, as a database does for a connection that is gone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

AWAITS_MAX = 2000


class Crash(BaseException):
    """Not an Exception: no handler of the product may catch the end of its process."""


class _Killed:
    """Drives a coroutine by hand. `awaits` counts how often it has waited."""

    def __init__(self, job: Coroutine[Any, Any, Any], at: int) -> None:
        self.job, self.at, self.awaits = job, at, 0

    def __await__(self) -> Generator[Any, Any, bool]:
        """Whether it was killed; False when it ended before."""
        step: Callable[[], Any] = self._go_on
        while True:
            try:
                waits_for = step()
            except StopIteration:
                return False
            except Crash:
                return True
            self.awaits += 1
            try:
                yield waits_for
            except BaseException as error:  # what it waited for failed, or the test is being ended
                step = partial(self.job.throw, error)
                continue
            step = self._die if self.awaits == self.at else self._go_on

    def _go_on(self) -> Any:
        return self.job.send(None)

    def _die(self) -> Any:
        return self.job.throw(Crash())


async def killed_at(n: int, job: Coroutine[Any, Any, Any]) -> bool:
    """Run the job and kill it at its n-th await; False when it has fewer."""
    return await _Killed(job, n)


async def every_await(
    attempt: Callable[[int], Awaitable[Callable[[], Coroutine[Any, Any, Any]]]],
    judge: Callable[[int], Awaitable[None]],
) -> int:
    """Crash a job at each await in turn, run it again to the end, and judge what is left.

    `attempt(n)` sets a fresh scene and answers what makes the job; the number of awaits is
    answered.
    """
    for n in range(1, AWAITS_MAX):
        make = await attempt(n)
        crashed = await killed_at(n, make())
        if crashed:
            await make()
        await judge(n)
        if not crashed:
            return n - 1
    raise AssertionError(f"more than {AWAITS_MAX} awaits")


def transactions(engine: AsyncEngine) -> Callable[[], Any]:
    """Transactions of a process that may die: nothing commits on the way out of a crash."""

    @asynccontextmanager
    async def transaction() -> AsyncIterator[AsyncConnection]:
        async with engine.connect() as db:
            begun = await db.begin()
            try:
                yield db
            except BaseException:
                await begun.rollback()
                raise
            await begun.commit()

    return transaction
