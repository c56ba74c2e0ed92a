"""Who acts: on money, as the ledger's control room asks (who, in which office, from where), and on
which side of a session."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.parties import Party
from broker.sessions import Session
from ledger.control import Actor
from web.errors import Forbidden, NotFound
from web.keys import LOCALE
from web.login import require_party
from web.shield import address_of
from web.tickets import Seat

OFFICES = ("curator", "accountant")  # the one with more rights first


def reads_all(party: Party) -> bool:
    """Whether a party's office lets it read everybody's papers and invoices."""
    return not party.roles.isdisjoint(OFFICES)


def own(request: web.Request) -> Actor:
    """Whoever asks, about their own money. Raises: LoginNeeded."""
    return Actor(require_party(request).id, "self", address_of(request))


def officer(request: web.Request, *roles: str) -> Actor:
    """Whoever asks, in office. Raises: LoginNeeded, Forbidden for a party in none of them."""
    party = require_party(request, *(roles or OFFICES))
    office = next(role for role in OFFICES if role in party.roles and role in (roles or OFFICES))
    return Actor(party.id, office, address_of(request))


async def side(db: AsyncConnection, request: web.Request, wanted: str = "") -> sessions.Role:
    """The asker's side of the session that the address names.

    Raises: LoginNeeded, NotFound to strangers, Forbidden to the other side than the wanted one.
    """
    party = require_party(request)
    try:
        role = (await sessions.session(db, request.match_info["number"])).role_of(party.id)
    except (sessions.errors.SessionUnknown, sessions.errors.NotYours) as error:
        raise NotFound() from error
    if wanted and role != wanted:
        raise Forbidden("other_side")
    return role


async def seated(db: AsyncConnection, request: web.Request) -> tuple[Session, Seat]:
    """The session that the address names and the asker's seat at it, called in or a side.

    Raises: LoginNeeded, NotFound to whoever has no part in it.
    """
    party = require_party(request)
    try:
        session = await sessions.session(db, request.match_info["number"])
        role = await sessions.seat_of(db, session, party.id)
    except (sessions.errors.SessionUnknown, sessions.errors.NotYours) as error:
        raise NotFound() from error
    return session, Seat(session.number, role, party.id, request[LOCALE])
