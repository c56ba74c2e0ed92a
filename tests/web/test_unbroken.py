"""A stop lets a round end; only one that waits for somebody else is broken off."""

import asyncio

import pytest

from web import unbroken as module
from web.unbroken import unbroken


async def test_a_round_comes_to_its_end() -> None:
    done = []

    async def work() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done.append("whole")

    task = asyncio.ensure_future(unbroken(work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["whole"]


async def test_one_that_waits_for_ever_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STOP_WITHIN_S", 0)
    task = asyncio.ensure_future(unbroken(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_fails_is_told() -> None:
    async def work() -> None:
        raise ValueError("told")

    with pytest.raises(ValueError, match="told"):
        await unbroken(work())
