"""Pointers and marks from one socket to the others of its session; nothing here is written down."""

import asyncio

from aiohttp import web

from broker.signalling import MarkRefused, effects
from broker.signalling import pointing as wire
from web.hub import Peer
from web.keys import CLOCK, HUB
from web.pointers import PACE
from web.tickets import Seat


async def point(app: web.Application, _peer: Peer, seat: Seat, effect: effects.PointAt) -> None:
    """Show it to everybody else; of a screen that is gone nobody is told, pointers come late."""
    at = effect.pointer
    if not (at.hidden or _is_shown(app, seat, at.source)):
        return
    seen = wire.PointerSeen(seat.place, at.source, at.x, at.y, at.hidden)
    for other in app[HUB].peers(seat.session):
        if other.seat is not None and other.seat.role != seat.role:
            other.pointers.put(seen)
            _pass_on(app, other)


async def draw(app: web.Application, peer: Peer, seat: Seat, effect: effects.Draw) -> None:
    """Put a mark up for both; a refusal is told to its sender only."""
    if not _is_shown(app, seat, effect.mark.source):
        peer.deliver(peer.conversation.error("not_shown", effect.mark.id))
        return
    try:
        board = app[HUB].board(seat.session, make=True)
        told = board.draw(seat.place, effect.mark, app[CLOCK]())
    except MarkRefused as error:
        peer.deliver(peer.conversation.error(error.code, effect.mark.id, retry_after_s=1))
        return
    for message in told:
        app[HUB].say(seat.session, message)


async def wipe(app: web.Application, _peer: Peer, seat: Seat, effect: effects.Wipe) -> None:
    for message in app[HUB].board(seat.session).clear(seat.place, effect.id):
        app[HUB].say(seat.session, message)


def screen_gone(app: web.Application, session: str, source: str) -> None:
    """What was drawn on a screen goes with it."""
    for message in app[HUB].board(session).screen_gone(source):
        app[HUB].say(session, message)


def screen_ended(app: web.Application, seat: Seat) -> None:
    """Somebody says that they show nothing any more; the relay will find it out a little later."""
    for source in app[HUB].sources(seat.session):
        if source.leg == seat.role and source.kind == "video":
            screen_gone(app, seat.session, source.id)


def _is_shown(app: web.Application, seat: Seat, source: str) -> bool:
    return any(s.id == source and s.kind == "video" for s in app[HUB].sources(seat.session))


def _pass_on(app: web.Application, peer: Peer) -> None:
    """Send what is due, and look again soon if something has to wait."""
    waiting, seat = peer.pointers, peer.seat
    if seat is None or app[HUB].peer(seat.session, seat.role) is not peer:
        waiting.clear()
        return
    seen = waiting.due(app[CLOCK](), len(peer.waiting))
    if seen is not None:
        peer.say(seen)
    if waiting and not waiting.woken:
        waiting.woken = True
        asyncio.get_running_loop().call_later(PACE.total_seconds(), _wake, app, peer)


def _wake(app: web.Application, peer: Peer) -> None:
    peer.pointers.woken = False
    _pass_on(app, peer)
