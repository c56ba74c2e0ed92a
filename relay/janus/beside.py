"""Work that goes on beside, and that nobody waits for but the end."""

import asyncio
import contextlib
from collections.abc import Awaitable

from relay.errors import RelayError


class Beside:
    """Tasks of one owner. That the node is gone or refuses is no news to any of them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, work: Awaitable[object]) -> None:
        async def run() -> None:
            with contextlib.suppress(RelayError):
                await work

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Until nothing is under way, with what was begun meanwhile. Never raises."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
