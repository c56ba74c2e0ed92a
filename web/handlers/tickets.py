"""Tickets for the signalling socket, for whoever has a seat at the session."""

from aiohttp import web

from web.acting import seated
from web.keys import CLOCK, DB, TICKETS
from web.tickets import LIFE


async def issue(request: web.Request) -> web.StreamResponse:
    """One more ticket, single use. Raises: NotFound to whoever has no part in the session."""
    async with request.app[DB].reading() as db:
        _, seat = await seated(db, request)
    ticket = request.app[TICKETS].issue(seat, request.app[CLOCK]())
    body = {"ticket": ticket, "expires_s": int(LIFE.total_seconds())}
    return web.json_response(body, status=201)
