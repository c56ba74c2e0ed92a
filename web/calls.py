"""The colleague's door and the list of those who were present: page values from the record."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties, sessions
from broker.parties import Party
from broker.sessions import Companion, Session
from web.company import beside, share_text
from web.keys import CLOCK, LOCALE, SETTINGS
from web.links import token_for
from web.shapes_company import CallDoor, CompanyView
from web.tickets import Seat


async def closed_door(request: web.Request, db: AsyncConnection, seat: Seat) -> str:
    """Where somebody who was called waits for the client to be told; empty when they may enter."""
    if not beside(seat.role):
        return ""
    mine = [one for one in await sessions.company_of(db, seat.session) if one.seat == seat.role]
    try:
        sessions.check_may_enter(mine[-1], request.app[CLOCK]())
    except sessions.errors.CompanyError:
        return f"/c/{token_for(request.app[SETTINGS], mine[-1].id)}"
    return ""


async def door_of(db: AsyncConnection, request: web.Request, party: Party) -> CallDoor:
    """What the link opens to whoever asks. Raises: CallUnknown."""
    token = request.match_info["token"]
    try:
        one, session = await sessions.call_by_token(db, token)
    except sessions.errors.CallOver:
        return CallDoor(token, "over")
    state = _state(request, one, session, party)
    if state == "other":
        return CallDoor(token, state)
    host = await parties.party(db, session.host)
    share = share_text(one.share_bp, request[LOCALE]) if one.share_bp else ""
    return CallDoor(token, state, one.part, host.name, session.topic, session.number, share)


def _state(request: web.Request, one: Companion, session: Session, party: Party) -> str:
    if party.id in (session.host, session.client):
        return "yours"
    if sessions.company.OFFICE[one.part] not in party.roles or one.party not in (None, party.id):
        return "other"
    try:
        sessions.check_may_enter(one, request.app[CLOCK]())
    except sessions.errors.NotToldYet:
        return "told"
    return "open"


async def company_seen(
    db: AsyncConnection, session: Session, role: str, locale: str
) -> tuple[CompanyView, ...]:
    """Whoever was called, the first first, with whom they were together and how long."""
    known = await sessions.company_of(db, session.number)
    if not known:
        return ()
    seen = await sessions.journal.presence_of(db, session.number)
    came = sessions.company.came(known)
    return tuple(
        CompanyView(
            seat=one.seat,
            part=one.part,
            name=one.name,
            state=one.state.value,
            called_at=one.called_at,
            entered_at=one.entered_at,
            left_at=one.left_at,
            with_client_s=seen.pair_s("client", one.seat) if one in came else 0,
            with_host_s=seen.pair_s("host", one.seat) if one in came else 0,
            share=share_text(one.share_bp, locale) if role == "host" and one.share_bp else "",
        )
        for one in known
    )
