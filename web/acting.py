"""Who acts on money, as the ledger's control room asks: who, in which office, from where."""

from aiohttp import web

from ledger.control import Actor
from web.login import require_party
from web.shield import address_of

OFFICES = ("curator", "accountant")  # the one with more rights first


def own(request: web.Request) -> Actor:
    """Whoever asks, about their own money. Raises: LoginNeeded."""
    return Actor(require_party(request).id, "self", address_of(request))


def officer(request: web.Request, *roles: str) -> Actor:
    """Whoever asks, in office. Raises: LoginNeeded, Forbidden for a party in none of them."""
    party = require_party(request, *(roles or OFFICES))
    office = next(role for role in OFFICES if role in party.roles and role in (roles or OFFICES))
    return Actor(party.id, office, address_of(request))
