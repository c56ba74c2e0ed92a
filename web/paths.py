"""How sound and picture reach each side: remembered, told to both, and mended.

A page is asked for new connections (`want_offer`, reason `lost`) when the relay has had no
authenticated packet of it for four seconds and the page says that it is disconnected too, or for
eight seconds alone; and again each fifteen seconds, and when its line comes back. The old
connections stay until the new ones carry something.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from broker.signalling import messages, messages_path
from relay import LegConnected, LegLost, PictureHeld
from web.hub import Peer
from web.keys import HUB, PATHS
from web.tickets import Seat

ALONE_S = 4.0  # after the four that the relay has waited
AGAIN_S = 15.0

Place = tuple[str, str]


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

    def forget(self, session: str) -> None:
        """The session is over."""
        for place in self.troubled(session):
            self.found(place)
            self._narrow.discard(place)

    def troubled(self, session: str) -> list[Place]:
        """Whose way is not good, in order."""
        known = self._asking.keys() | self._narrow | self._disconnected
        return sorted(place for place in known if place[0] == session)


def saw(app: web.Application, event: LegLost | LegConnected | PictureHeld) -> None:
    """What the relay saw of one side's way."""
    paths, place = app[PATHS], (event.room, event.leg)
    before = paths.state(place)
    match event:
        case LegLost():
            now = paths.says_so(place)
            paths.ask_in(place, 0.0 if now else ALONE_S, lambda: _ask(app, place))
        case LegConnected():
            paths.found(place)
        case PictureHeld():
            paths.narrow(place, held=event.held)
    if paths.state(place) != before:
        app[HUB].say(event.room, _told(app, place))


def disconnected(app: web.Application, seat: Seat) -> None:
    """A page says that one of its connections is."""
    place = (seat.session, seat.role)
    if app[PATHS].disconnected(place):
        _ask(app, place)


def seated(app: web.Application, peer: Peer, seat: Seat) -> None:
    """A line is there again: how things stand, and what is dead is asked for at once."""
    for place in app[PATHS].troubled(seat.session):
        if app[PATHS].state(place) != "good":
            peer.say(_told(app, place))
    if app[PATHS].state((seat.session, seat.role)) == "lost":
        _ask(app, (seat.session, seat.role))


def _ask(app: web.Application, place: Place) -> None:
    app[PATHS].ask_in(place, AGAIN_S, lambda: _ask(app, place))
    peer = app[HUB].peer(*place)
    if peer is not None and peer.away is None:
        peer.say(messages.WantOffer("pub", "lost"))
        peer.say(messages.WantOffer("sub", "lost"))


def _told(app: web.Application, place: Place) -> messages_path.PathNow:
    seat: Any = place[1]
    return messages_path.PathNow(seat, app[PATHS].state(place))
