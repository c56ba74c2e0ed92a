"""Tickets for the signalling socket, for whoever has a seat at the session."""

from aiohttp import web

from broker import sessions
from web.errors import NotFound
from web.keys import CLOCK, DB, LOCALE, TICKETS
from web.login import require_party
from web.tickets import LIFE, Seat


async def issue(request: web.Request) -> web.StreamResponse:
    """One more ticket, single use. Raises: NotFound to whoever has no part in the session."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        try:
            role = await sessions.seat_of(db, await sessions.session(db, number), party.id)
        except (sessions.errors.SessionUnknown, sessions.errors.NotYours) as error:
            raise NotFound() from error
    seat = Seat(number, role, party.id, request[LOCALE])
    ticket = request.app[TICKETS].issue(seat, request.app[CLOCK]())
    body = {"ticket": ticket, "expires_s": int(LIFE.total_seconds())}
    return web.json_response(body, status=201)
