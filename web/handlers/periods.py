"""Acts and statements for a period: looked at first, then issued under a number."""

from urllib.parse import urlencode

from aiohttp import web

from web import period_page
from web.faces import face
from web.forms import fields, see
from web.keys import DB
from web.login import require_party
from web.period_page import MAKERS

HOME = "/documents/period"


async def show(request: web.Request) -> web.StreamResponse:
    """What a paper for these days would say; nothing is issued yet."""
    party = require_party(request, *MAKERS, "curator")
    async with request.app[DB].reading() as db:
        page = await period_page.previewed(db, request, party, request.query)
    return face(request, "period.html", page, 422 if page.errors else 200)


async def issue(request: web.Request) -> web.StreamResponse:
    """The paper under its number: the one there is when it would say the same."""
    party, given = require_party(request, *MAKERS), await fields(request)
    async with request.app[DB].transaction() as db:
        page = await period_page.issued(db, request, party, given)
    if not page.issued:
        return face(request, "period.html", page, 422)
    names = ("kind", "since", "until", "language", "buyer", "other", "issued")
    asked = urlencode({name: getattr(page, name) for name in names})
    return see(request, f"{HOME}?{asked}", page)
