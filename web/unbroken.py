"""Rounds of loops: not broken off in the middle when the server stops, never ended by a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

STOP_WITHIN_S = 5  # afterwards it is broken off after all: it waits for somebody else

log = structlog.get_logger("loops")


async def safely(loop: str, what: str, act: Callable[[], Awaitable[object]]) -> None:
    """One kind of a loop's work: what fails is logged and left for the next round."""
    try:
        await act()
    except Exception:
        log.exception("a loop's work failed", loop=loop, what=what)


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
