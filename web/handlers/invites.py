"""The consultant's page of an invitation: send it, make it anew, call the session off."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Invite, Session
from web import wiring
from web.errors import NotFound
from web.faces import face
from web.forms import see
from web.invitation import view_of
from web.keys import CLOCK, DB, SETTINGS
from web.links import link_to, new_invite
from web.login import require_party
from web.shapes import InvitePage

OVER = ("ended", "settled", "cancelled")


async def show(request: web.Request) -> web.StreamResponse:
    at = request.app[CLOCK]()
    async with request.app[DB].reading() as db:
        invite, session = await _own(db, request)
        view = await view_of(db, request.app[SETTINGS], session, invite, at)
    ended = session.state.value in OVER or invite.revoked_at is not None
    return face(request, "invite.html", InvitePage(view, ended))


async def renew(request: web.Request) -> web.StreamResponse:
    """A fresh link in place of the old one, which stops working."""
    at, settings = request.app[CLOCK](), request.app[SETTINGS]
    async with request.app[DB].transaction() as db:
        _invite, session = await _own(db, request)
        id, token = new_invite(settings)
        fresh = await sessions.renew_invite(db, session.number, at, token, id)
    made = {"invite": fresh.id, "link": link_to(settings, token)}
    return see(request, f"/invites/{fresh.id}", made)


async def revoke(request: web.Request) -> web.StreamResponse:
    """The link opens nothing any more, and a session that has not begun is called off."""
    at = request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        invite, session = await _own(db, request)
        await sessions.revoke(db, invite.id, at)
    if session.state.value in ("created", "waiting"):
        await wiring.hang_up(request.app, session.number, "host", "cancelled")
    return see(request, "/dashboard")


async def _own(db: AsyncConnection, request: web.Request) -> tuple[Invite, Session]:
    """The invite and its session, to its host only. Raises: NotFound."""
    party = require_party(request)
    try:
        invite = await sessions.invite(db, request.match_info["id"])
        session = await sessions.session(db, invite.session)
    except sessions.errors.SessionsError as error:
        raise NotFound() from error
    if session.host != party.id:
        raise NotFound()
    return invite, session
