"""A round of a loop that is not broken off in the middle when the server stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any

STOP_WITHIN_S = 5  # afterwards it is broken off after all: it waits for somebody else


async def unbroken(work: Coroutine[Any, Any, object]) -> None:
    """Do `work` to its end. Cancelled meanwhile, let it come to its end first, if that is soon: a
    transaction that is cut in the middle keeps SQLite's lock until its connection is gone."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=STOP_WITHIN_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
