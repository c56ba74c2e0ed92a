"""Work that follows events: the relay's news in order by one clerk, and tasks that must be kept.

Callbacks of the relay and of the meters are plain functions; they put things here and return.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog

from relay import RelayEvent

BATCH_MAX = 500
KEPT_MAX = 100_000  # news that wait while the database is away; the oldest are let go
GATHER_S = 0.5

log = structlog.get_logger("news")


class News:
    """What waits to be written down, and what is under way."""

    def __init__(self) -> None:
        self._relay: deque[RelayEvent] = deque(maxlen=KEPT_MAX)
        self._under_way: list[RelayEvent] = []
        self.pen = asyncio.Lock()  # held while news are written, so that none are between the two
        self._some = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, event: RelayEvent) -> None:
        self._relay.append(event)
        self._some.set()

    async def some(self) -> None:
        """Wait for news, and a little longer for what comes with it."""
        await self._some.wait()
        await asyncio.sleep(GATHER_S)

    def batch(self) -> list[RelayEvent]:
        """The oldest news, at most BATCH_MAX; whoever takes them holds the pen."""
        found = [self._relay.popleft() for _ in range(min(BATCH_MAX, len(self._relay)))]
        if not self._relay:
            self._some.clear()
        self._under_way = found
        return found

    def laid_down(self, room: str = "") -> None:
        """The batch, or one room's part of it, was written, given back or let go."""
        self._under_way = [one for one in self._under_way if room and one.room != room]

    def waiting(self, room: str) -> list[RelayEvent]:
        """The news of one room that are not written down, those under way first; they stay."""
        return [one for one in (*self._under_way, *self._relay) if one.room == room]

    def take(self, room: str) -> list[RelayEvent]:
        """The news of one room that nobody has written down yet."""
        found = [event for event in self._relay if event.room == room]
        self._relay = deque((e for e in self._relay if e.room != room), maxlen=KEPT_MAX)
        return found

    def give_back(self, taken: Sequence[RelayEvent]) -> None:
        """They were not written after all: they wait again, before what came later."""
        for event in list(reversed(taken))[: KEPT_MAX - len(self._relay)]:
            self._relay.appendleft(event)
        self._some.set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside; a failure is logged, and the sweep does again what must be done."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("reaction failed")
