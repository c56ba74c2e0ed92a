"""How sound and picture reach each side: remembered, told to both, and mended.

A page is asked for new connections (`want_offer`, reason `lost`) when the relay has had no
authenticated packet of it for four seconds and the page says that it is disconnected too, or for
eight seconds alone; and again each fifteen seconds, and when its line comes back. The old
connections stay until the new ones carry something.
"""

from typing import Any

from aiohttp import web

from broker.signalling import messages, messages_path
from relay import LegConnected, LegLost, PictureHeld
from web.hub import Peer
from web.keys import HUB, PATHS
from web.paths import Place
from web.tickets import Seat

ALONE_S = 4.0  # after the four that the relay has waited
AGAIN_S = 15.0


def saw(app: web.Application, event: LegLost | LegConnected | PictureHeld) -> None:
    """What the relay saw of one side's way."""
    paths, place = app[PATHS], (event.room, event.leg)
    before = paths.state(place)
    match event:
        case LegLost():
            paths.silent(place)
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


def moved(app: web.Application, seat: Seat) -> None:
    """A page says that it came by another network and makes its connections anew."""
    place = (seat.session, seat.role)
    if app[PATHS].state(place) != "moved":
        app[PATHS].moved(place)
        app[HUB].say(seat.session, _told(app, place))


def seated(app: web.Application, peer: Peer, seat: Seat) -> None:
    """A line is there again: how things stand, and what is dead is asked for at once."""
    for place in app[PATHS].troubled(seat.session):
        if app[PATHS].state(place) != "good":
            peer.say(_told(app, place))
    if app[PATHS].state((seat.session, seat.role)) == "lost":
        _ask(app, (seat.session, seat.role))


def gone(app: web.Application, place: Place) -> None:
    """Whoever was called in has left, their media is closed: others see no dead way of theirs."""
    before = app[PATHS].state(place)
    app[PATHS].gone(place)
    if before != "good":
        app[HUB].say(place[0], _told(app, place))


def _ask(app: web.Application, place: Place) -> None:
    app[PATHS].ask_in(place, AGAIN_S, lambda: _ask(app, place))
    peer = app[HUB].peer(*place)
    if peer is not None and peer.away is None:
        peer.say(messages.WantOffer("pub", "lost"))
        peer.say(messages.WantOffer("sub", "lost"))


def _told(app: web.Application, place: Place) -> messages_path.PathNow:
    seat: Any = place[1]
    return messages_path.PathNow(seat, app[PATHS].state(place))
