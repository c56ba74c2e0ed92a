"""What this process knows of its recordings beside the database."""

import asyncio
from datetime import datetime
from weakref import WeakValueDictionary


class Taping:
    """Sessions whose recording has a gap at this moment; a lock for each, one for films."""

    def __init__(self) -> None:
        self.gaps: set[str] = set()
        self.films = asyncio.Lock()
        self.later: dict[tuple[str, int], datetime] = {}  # films that failed: when to try again
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, session: str) -> asyncio.Lock:
        return self._locks.setdefault(session, asyncio.Lock())
