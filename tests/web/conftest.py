"""`served` is the whole application on SQLite, `served_both` on each database; `running` is one in
a process of its own, `browser` a Chromium with a synthetic microphone and screen for its pages.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.relay.browsers import SYNTHETIC, chromiums
from tests.web.browsers import Server, server
from tests.web.serving import Served, serving


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(f"sqlite:///{tmp_path}/minuta.db", tmp_path) as one:
        yield one


@pytest.fixture
async def served_both(bare_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(bare_url, tmp_path) as one:
        yield one


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Server]:
    async with server(tmp_path) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromiums(1, SYNTHETIC) as [found]:
        yield found
