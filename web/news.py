"""Work that follows events: the relay's news in order by one clerk, and tasks that must be kept.

Callbacks of the relay and of the meters are plain functions; they put things here and return.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from relay import RelayEvent

BATCH_MAX = 200

log = structlog.get_logger("news")


class News:
    """What waits to be written down, what is under way, whose papers are due."""

    def __init__(self) -> None:
        self.relay: asyncio.Queue[RelayEvent] = asyncio.Queue()
        self.papers_due: set[str] = set()
        self.ending: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def batch(self) -> list[RelayEvent]:
        """Wait for news, then take all there is (at most BATCH_MAX)."""
        found = [await self.relay.get()]
        while len(found) < BATCH_MAX and not self.relay.empty():
            found.append(self.relay.get_nowait())
        return found

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
