"""The cabinet: what is going on, what to do next, how to begin a session."""

from dataclasses import replace

from aiohttp import web

from web.dashboard import dashboard_of
from web.faces import face
from web.forms import see
from web.keys import DB
from web.login import require_party
from web.navigation import home_of
from web.shapes import NewSession


async def show(request: web.Request) -> web.StreamResponse:
    party = require_party(request)
    if party.guest:
        return see(request, f"/sessions/{party.session}/result")
    if home_of(party) != "/dashboard":
        return see(request, home_of(party))
    return await show_with(request, NewSession(), 200)


async def show_with(request: web.Request, form: NewSession, status: int) -> web.StreamResponse:
    """The dashboard with the form as typed, after a refusal."""
    party = require_party(request, "consultant", "client")
    side = "client" if request.query.get("side") == "client" else "consultant"
    async with request.app[DB].reading() as db:
        value = await dashboard_of(db, request, party, side)
    if form != NewSession():
        value = replace(value, form=form)
    return face(request, "dashboard.html", value, status)
