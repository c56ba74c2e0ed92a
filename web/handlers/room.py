"""The room's page: a shell that <session-room> fills."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from broker.sessions import Session
from web.acting import seated
from web.calls import closed_door
from web.faces import face
from web.forms import see
from web.invitation import link_of, open_invite
from web.keys import CLOCK, CSRF, DB, LOCALE, SETTINGS, TICKETS
from web.login import require_party
from web.shapes import Room
from web.wiring import result_of

OVER = ("ended", "settled", "cancelled")


async def show(request: web.Request) -> web.StreamResponse:
    """The shell of the room with a ticket in it; after the end, the result."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        session, seat = await seated(db, request)
        if session.state.value in OVER:
            return see(request, result_of(seat))
        door = await closed_door(request, db, seat)
        if door:
            return see(request, door)
        host = await parties.party(db, session.host)
        invite = await _invite_link(db, request, session) if seat.role == "host" else None
    base = f"/sessions/{number}"
    value = Room(
        number=number,
        participant=seat.role,
        ticket=request.app[TICKETS].issue(seat, request.app[CLOCK]()),
        locale=request[LOCALE],
        topic=session.topic,
        peer=host.name if seat.role == "client" else (session.client_name or ""),
        csrf=request[CSRF],
        socket=f"{base}/socket",
        tickets=f"{base}/tickets",
        files=f"{base}/files",
        result=f"{base}/result",
        invite=invite,
        top_up=f"/wallet/top-up?back={base}/room" if party.id == session.payer_party else None,
    )
    return face(request, "room.html", value)


async def _invite_link(db: AsyncConnection, request: web.Request, session: Session) -> str | None:
    at = request.app[CLOCK]()
    invite = await open_invite(db, session.number, at)
    if invite is None:
        return None
    return await link_of(db, request.app[SETTINGS], session, invite, at) or None
