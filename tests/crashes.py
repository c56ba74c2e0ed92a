"""Killing a coroutine at its n-th await, for every n.

The job runs as always until it awaits for the n-th time. What it then waits for is let happen (a
commit, a call to the acquirer), but the job never hears of it: the process has died, and its
connections to the database with it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

AWAITS_MAX = 2000

Job = Callable[[], Coroutine[Any, Any, Any]]


class Crash(BaseException):
    """Not an Exception: no handler of the product may catch the end of its process."""


class _Killed:
    """Drives a coroutine by hand. `awaits` counts how often it has waited."""

    def __init__(
        self, job: Coroutine[Any, Any, Any], at: int, at_death: Callable[[], None]
    ) -> None:
        self.job, self.at, self.at_death, self.awaits = job, at, at_death, 0

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
        self.at_death()
        return self.job.throw(Crash())


def nothing() -> None:
    """Nothing else dies with the job."""


async def killed_at(
    n: int, job: Coroutine[Any, Any, Any], at_death: Callable[[], None] = nothing
) -> bool:
    """Run the job and kill it at its n-th await; False when it has fewer."""
    return await _Killed(job, n, at_death)


async def every_await(
    attempt: Callable[[int], Awaitable[Job]],
    judge: Callable[[], Awaitable[None]],
    again: Callable[[Job], Awaitable[None]] | None = None,
    at_death: Callable[[], None] = nothing,
    step: int = 1,
) -> int:
    """Crash a job at each await in turn, run it again to the end, and judge what is left.

    `attempt(n)` sets a fresh scene and answers what makes the job, `again` is how the next run is
    made; with a `step` only every so manieth await is visited. The number of visits is answered.
    """
    for n in range(1, AWAITS_MAX, step):
        job = await attempt(n)
        crashed = await killed_at(n, job(), at_death)
        if crashed:
            await (again(job) if again else job())
        try:
            await judge()
        except AssertionError as error:
            error.add_note(f"killed at await {n}")
            raise
        if not crashed:
            return (n - 1) // step
    raise AssertionError(f"more than {AWAITS_MAX} awaits")


class Process:
    """What dies with a process: its connections, whatever they were in the middle of."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connections: list[Any] = []
        event.listen(engine.sync_engine, "connect", self._connected)

    def _connected(self, connection: Any, _record: Any) -> None:
        self._connections.append(connection.driver_connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.begin() as db:
            yield db

    def cut(self) -> None:
        """SQLite hears at once that nobody is there. (A cursor that still hangs in the dead
        job's frames would keep its transaction; PostgreSQL's hangs on the connection alone.)
        """
        for driver in self._connections:
            if isinstance(driver, aiosqlite.Connection) and driver._connection:
                driver._connection.rollback()

    async def restart(self) -> None:
        """The dead process's connections are gone; new ones are made when needed."""
        for driver in self._connections:
            if isinstance(driver, aiosqlite.Connection):
                await driver.close()
            else:
                driver.terminate()
        self._connections.clear()
        await self._engine.dispose(close=False)
