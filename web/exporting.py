"""Files that take long: only a few at once, for each keeps a connection to the database."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from web.errors import TooBusy

AT_ONCE_MAX = 2

_places = asyncio.Semaphore(AT_ONCE_MAX)


@asynccontextmanager
async def one_of_few() -> AsyncIterator[None]:
    """A place among those who are served now. Raises: TooBusy when all are taken."""
    if _places.locked():
        raise TooBusy
    async with _places:
        yield


@asynccontextmanager
async def drawer() -> AsyncIterator[Path]:
    """A place for one file on the disk, gone afterwards."""
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory)
    try:
        yield Path(folder.name) / "file"
    finally:
        await asyncio.to_thread(folder.cleanup)


def cut(request: web.Request) -> None:
    """Break the connection off: a file that failed half way must not look like a whole one."""
    if request.transport is not None:
        request.transport.abort()
