"""The door of whoever is called into a session: who calls, what it is about, one button."""

from aiohttp import web

from broker import sessions
from web.calls import door_of
from web.errors import NotFound
from web.faces import face
from web.forms import see
from web.keys import CLOCK, DB
from web.login import require_party


async def show(request: web.Request) -> web.StreamResponse:
    """Nobody comes in before the client has been told: until then the page looks again."""
    party = require_party(request)
    try:
        async with request.app[DB].reading() as db:
            value = await door_of(db, request, party)
    except sessions.errors.CallUnknown as error:
        raise NotFound() from error
    return face(request, "call.html", value, 410 if value.state == "over" else 200)


async def take(request: web.Request) -> web.StreamResponse:
    """The link is theirs from now on; in they go as soon as the client knows."""
    party, token = require_party(request), request.match_info["token"]
    try:
        async with request.app[DB].transaction() as db:
            one = await sessions.take_call(db, token, party, request.app[CLOCK]())
            value = await door_of(db, request, party)
    except (sessions.errors.CallUnknown, sessions.errors.NotYours) as error:
        raise NotFound() from error
    way = f"/sessions/{one.session}/room" if value.state == "open" else f"/c/{token}"
    return see(request, way, {"session": one.session, "seat": one.seat, "state": value.state})
