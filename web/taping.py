"""What this process knows of its recordings beside the database."""

import asyncio
from datetime import datetime
from weakref import WeakValueDictionary


class Taping:
    """Gaps that recordings have at this moment (session, reason); a lock for each session, one for
    films. Two gaps may overlap: one that ends says nothing of the other.
    """

    def __init__(self) -> None:
        self.gaps: set[tuple[str, str]] = set()
        self.films = asyncio.Lock()
        self.later: dict[tuple[str, int], datetime] = {}  # films that failed: when to try again
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lacks(self, session: str) -> bool:
        """Whether something is not being kept at this moment."""
        return any(session == one for one, _ in self.gaps)

    def lock(self, session: str) -> asyncio.Lock:
        return self._locks.setdefault(session, asyncio.Lock())
