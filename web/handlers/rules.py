"""How minutes are counted: public, in words, with the engine itself to ask; and what one agreed."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties, sessions
from broker.sessions import Role, Session
from web.errors import NotFound
from web.faces import face, texts
from web.handlers import prejoin
from web.keys import CLOCK, DB, PARTY
from web.login import require_party
from web.rules_page import rules_page_of
from web.shapes_tariffs import AgreedPage


async def show(request: web.Request) -> web.StreamResponse:
    """The rules; with `plan`, `minutes`, `seconds` and so on what such a session would cost."""
    async with request.app[DB].reading() as db:
        value = await rules_page_of(db, request.query, request.app[CLOCK](), texts(request))
    return face(request, "rules.html", value, 422 if value.errors else 200)


async def show_invited(request: web.Request) -> web.StreamResponse:
    """What is agreed, to whoever has the invitation: the frozen tariff in words."""
    token, party, at = request.match_info["token"], request[PARTY], request.app[CLOCK]()
    async with request.app[DB].reading() as db:
        try:
            _invite, session = await sessions.invite_by_token(db, token, at)
        except sessions.errors.InviteError as error:
            return await prejoin.gone(db, request, error)
        role: Role = "host" if party and party.id == session.host else "client"
        value = await _agreed(db, session, role, f"/i/{token}")
    return face(request, "agreed.html", value)


async def show_agreed(request: web.Request) -> web.StreamResponse:
    """What is agreed, to both sides of a session.

    Raises: NotFound."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        try:
            session = await sessions.session(db, number)
            role = session.role_of(party.id)
        except (sessions.errors.SessionUnknown, sessions.errors.NotYours) as error:
            raise NotFound() from error
        value = await _agreed(db, session, role, f"/sessions/{number}")
    return face(request, "agreed.html", value)


async def _agreed(db: AsyncConnection, session: Session, role: Role, back: str) -> AgreedPage:
    sees = session.payer == "client" or role == "host"
    return AgreedPage(
        topic=session.topic,
        host=(await parties.party(db, session.host)).name,
        payer=session.payer,
        sha256=sessions.tariff_sha256(session.tariff),
        version=session.tariff.version,
        rate_version=session.tariff.rate_version,
        agreed_at=session.created_at,
        back=back,
        tariff=session.tariff.to_json() if sees else "",
    )
