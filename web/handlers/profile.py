"""Oneself: the name others see, and the country that decides how money may move."""

from aiohttp import web

from broker import parties
from ledger import control
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB
from web.login import require_registered
from web.shapes_control import Profile
from web.shield import address_of


async def show(request: web.Request) -> web.StreamResponse:
    return face(request, "profile.html", await _value(request))


async def move(request: web.Request) -> web.StreamResponse:
    """Say in which country one lives; with money on the account a curator has to agree."""
    party, given, _ = require_registered(request), await fields(request), texts(request)
    at, address = request.app[CLOCK](), address_of(request)
    try:
        async with request.app[DB].transaction() as db:
            await parties.move(
                db, party, given.get("country", ""), at, address, given.get("why", "")
            )
    except parties.BadParty:
        wrong = _("Choose the country")
        return face(request, "profile.html", await _value(request, wrong), 422)
    except control.ApprovalConflict:
        wrong = _("Another change waits for a curator already")
        return face(request, "profile.html", await _value(request, wrong), 409)
    return see(request, "/profile")


async def _value(request: web.Request, wrong: str = "") -> Profile:
    party = require_registered(request)
    async with request.app[DB].reading() as db:
        found = await control.residence(db, party.id)
        rails = await control.rails_of(db, party.id)
        asked = await control.residence_asked(db, party.id, request.app[CLOCK]())
    return Profile(
        name=party.name,
        email=party.email or "",
        country=found.country if found else "",
        rails=tuple(sorted(rail.value for rail in rails)),
        asked=asked.facts["country"] if asked else "",
        errors={"country": wrong} if wrong else {},
    )
