"""Media connections that did not come about: each is told once, by one code of `relay.FAILURES`.

Told to the log, to /metrics and, where there is a socket, to the side that offered.
"""

from typing import Literal

import structlog
from aiohttp import web

from relay import FAILURES, Failure, LegFailed, RelayError
from web import metrics
from web.hub import Peer
from web.keys import HUB
from web.tickets import Seat

Pc = Literal["pub", "sub"]

# Nothing came through: then what happened beside says more than that.
WITHOUT_PATH: tuple[Failure, ...] = ("no_candidates", "ice_failed")

log = structlog.get_logger("media")


def begun(pc: Pc) -> None:
    """An offer goes to the relay."""
    metrics.MEDIA_ATTEMPTS.labels(pc).inc()


def refused(peer: Peer, seat: Seat, pc: Pc, error: RelayError) -> None:
    """The relay did not take an offer."""
    found: list[Failure] = [one for one in FAILURES if one == error.code]
    cause = found[0] if found else "media_refused"
    _count(seat.session, seat.role, pc, cause, str(error))
    peer.deliver(peer.conversation.error(cause, "offer"))


def stale(seat: Seat, pc: Pc) -> None:
    """The conversation itself refused an offer that was older than another; its side knows."""
    _count(seat.session, seat.role, pc, "stale_generation", "")


def failed(app: web.Application, event: LegFailed) -> None:
    """An answered connection is over and never was up."""
    peer = app[HUB].peer(event.room, event.leg)
    turn = peer.turn.get(event.role) if peer is not None else None
    online = peer is not None and peer.away is None
    cause = with_circumstances(event.cause, turn=turn, online=online)
    _count(event.room, event.leg, event.role, cause, FAILURES[cause])
    if peer is not None:
        peer.deliver(peer.conversation.error(cause, "offer"))


def with_circumstances(cause: Failure, *, turn: Failure | None, online: bool) -> Failure:
    """The cause with what is known beside: what the browser said of TURN, whether it is here.

    >>> with_circumstances("ice_failed", turn="turn_refused", online=True)
    'turn_refused'
    >>> with_circumstances("ice_failed", turn=None, online=False)
    'signalling_lost'
    >>> with_circumstances("dtls_failed", turn="turn_refused", online=False)
    'dtls_failed'
    """
    if cause not in WITHOUT_PATH:
        return cause
    if not online:
        return "signalling_lost"
    return turn or cause


def _count(session: str, role: str, pc: Pc, cause: Failure, why: str) -> None:
    metrics.MEDIA_FAILURES.labels(pc, cause).inc()
    log.info("connection failed", session=session, role=role, pc=pc, cause=cause, why=why)
