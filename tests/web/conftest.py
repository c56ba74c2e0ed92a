"""`served` is the whole application on SQLite, `served_both` on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.serving import Served, serving


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(f"sqlite:///{tmp_path}/minuta.db", tmp_path) as one:
        yield one


@pytest.fixture
async def served_both(bare_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(bare_url, tmp_path) as one:
        yield one
