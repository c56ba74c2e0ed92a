"""Papers are drawn while others write; one that is overtaken again and again is still issued."""

import asyncio
from typing import Any

import pytest

import reports
from reports import press
from tests.web.serving import Served
from tests.web.test_result import end
from tests.web.test_wiring import live, see, turn
from web import printing
from web.keys import NEWS

PERIOD = "/documents/period"


@pytest.fixture
def writing(served: Served, monkeypatch: Any) -> list[str]:
    """A word for each paper during whose drawing another transaction began and committed."""
    found: list[str] = []
    loop, real = asyncio.get_event_loop(), press.archive

    async def write() -> None:
        async with served.database.transaction():
            found.append("wrote")

    def archive(*parts: Any) -> bytes:
        asyncio.run_coroutine_threadsafe(write(), loop).result(5)
        return real(*parts)

    monkeypatch.setattr(press, "archive", archive)
    return found


async def test_others_write_while_papers_are_drawn(served: Served, writing: list[str]) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        await served.app[NEWS].settle()
        papers = len(writing)
        assert papers >= 2
        made = await one.client.post(PERIOD, kind="client", name="Client")
        assert (made["issued"], len(writing)) == ("U-2026-000001", papers + 1)


async def test_what_is_always_overtaken_is_drawn_inside_at_last() -> None:
    tries = 0

    async def overtaken() -> str:
        nonlocal tries
        tries += 1
        raise reports.Overtaken("U-2026-000001-r1")

    async def held() -> str:
        return "held"

    assert await printing.until_kept(asyncio.Lock(), overtaken, held) == "held"
    assert tries == printing.TRIES_MAX
