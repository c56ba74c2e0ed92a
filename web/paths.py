"""How sound and picture reach each side of the sessions here; web/mending.py keeps it up."""

import asyncio
from collections.abc import Callable

from broker.signalling import messages_path

Place = tuple[str, str]  # session and seat


class Paths:
    """Of every session here, by session and role; what is good is not kept."""

    def __init__(self) -> None:
        self._asking: dict[Place, asyncio.TimerHandle] = {}
        self._narrow: set[Place] = set()
        self._disconnected: set[Place] = set()

    def state(self, place: Place) -> messages_path.PathState:
        if place in self._asking:
            return "lost"
        return "narrow" if place in self._narrow else "good"

    def disconnected(self, place: Place) -> bool:
        """The page says that its media is dead; whether the relay says so too."""
        self._disconnected.add(place)
        return place in self._asking

    def says_so(self, place: Place) -> bool:
        return place in self._disconnected

    def narrow(self, place: Place, *, held: bool) -> None:
        (self._narrow.add if held else self._narrow.discard)(place)

    def ask_in(self, place: Place, wait_s: float, ask: Callable[[], None]) -> None:
        """The place is lost, and is asked then unless it is found again."""
        if place in self._asking:
            self._asking[place].cancel()
        self._asking[place] = asyncio.get_running_loop().call_later(wait_s, ask)

    def found(self, place: Place) -> None:
        self._disconnected.discard(place)
        if place in self._asking:
            self._asking.pop(place).cancel()

    def gone(self, place: Place) -> None:
        """Its media is closed: it is not asked for any more."""
        self.found(place)
        self._narrow.discard(place)

    def forget(self, session: str) -> None:
        """The session is over."""
        for place in self.troubled(session):
            self.gone(place)

    def troubled(self, session: str) -> list[Place]:
        """Whose way is not good, in order."""
        known = self._asking.keys() | self._narrow | self._disconnected
        return sorted(place for place in known if place[0] == session)
