"""The bytes of files that people give each other: one file each in a folder, appended in parts.

Names on the disk are ours alone, the session's number and the file's id, both checked by their
rooms before. How much is there is the size on the disk, so a lost line, a reload and a restart of
the server all go on from the same byte.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from weakref import WeakValueDictionary

from web.errors import WrongOffset

READ_BYTES = 1024 * 1024


class Vault:
    """A folder of files; disk work is done in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def path(self, session: str, id: str) -> Path:
        return self._folder / session / id

    def have(self, session: str, id: str) -> int:
        """Bytes that are there."""
        try:
            return self.path(session, id).stat().st_size
        except FileNotFoundError:
            return 0

    def lock(self, session: str, id: str) -> asyncio.Lock:
        """Held while a file grows or is looked through: parts never mix."""
        return self._locks.setdefault((session, id), asyncio.Lock())

    async def add(
        self, session: str, id: str, offset: int, size: int, parts: AsyncIterator[bytes]
    ) -> int:
        """Append at most `size` bytes and say how much there is; of a part that breaks off stays
        what came.

        The caller holds the lock. Raises: WrongOffset when `offset` is not the end.
        """
        have = await asyncio.to_thread(self.have, session, id)
        if offset != have:
            raise WrongOffset(have)
        file = await asyncio.to_thread(self._opened, session, id)
        try:
            async for part in parts:
                fits = part[: max(0, offset + size - have)]
                await asyncio.to_thread(file.write, fits)
                have += len(fits)
        finally:
            await asyncio.to_thread(file.close)
        return have

    async def head(self, session: str, id: str, count: int) -> bytes:
        return await asyncio.to_thread(_head, self.path(session, id), count)

    async def sha256(self, session: str, id: str) -> str:
        return await asyncio.to_thread(_sha256, self.path(session, id))

    async def erase(self, session: str, id: str) -> None:
        """Nothing is left of it; again: nothing."""
        await asyncio.to_thread(self._erase, session, id)

    def _opened(self, session: str, id: str) -> BinaryIO:
        path = self.path(session, id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.open("ab")

    def _erase(self, session: str, id: str) -> None:
        path = self.path(session, id)
        path.unlink(missing_ok=True)
        with suppress(OSError):  # not empty, or never there
            path.parent.rmdir()


def _head(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            digest.update(part)
    return digest.hexdigest()
