"""How sound and picture reach each side of the sessions here; web/mending.py keeps it up."""

import asyncio
import time
from collections.abc import Callable

from broker.signalling import messages_path

Place = tuple[str, str]  # session and seat
# A page says that its media is dead, and never that it came back by itself: the relay, which waits
# for four seconds, either says the same soon or does not say it at all.
BELIEVED_S = 10.0


class Paths:
    """Of every session here, by session and role; what is good is not kept."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._asking: dict[Place, asyncio.TimerHandle] = {}
        self._narrow: set[Place] = set()
        self._disconnected: dict[Place, float] = {}  # said when
        self._moved: set[Place] = set()

    def state(self, place: Place) -> messages_path.PathState:
        if place in self._moved:
            return "moved"
        if place in self._asking:
            return "lost"
        return "narrow" if place in self._narrow else "good"

    def disconnected(self, place: Place) -> bool:
        """The page says that its media is dead; whether the relay says so too."""
        self._disconnected[place] = self._clock_s()
        return place in self._asking

    def says_so(self, place: Place) -> bool:
        """Whether the page said so just now."""
        said = self._disconnected.get(place)
        return said is not None and self._clock_s() - said < BELIEVED_S

    def moved(self, place: Place) -> None:
        """The page came back over another network; until it is found, or lost again."""
        self._moved.add(place)

    def silent(self, place: Place) -> None:
        """The relay hears nothing of the place, whatever its page hoped for."""
        self._moved.discard(place)

    def narrow(self, place: Place, *, held: bool) -> None:
        (self._narrow.add if held else self._narrow.discard)(place)

    def ask_in(self, place: Place, wait_s: float, ask: Callable[[], None]) -> None:
        """The place is lost, and is asked then unless it is found again."""
        if place in self._asking:
            self._asking[place].cancel()
        self._asking[place] = asyncio.get_running_loop().call_later(wait_s, ask)

    def found(self, place: Place) -> None:
        self._disconnected.pop(place, None)
        self._moved.discard(place)
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
        known = self._asking.keys() | self._narrow | self._disconnected.keys() | self._moved
        return sorted(place for place in known if place[0] == session)
