"""Papers for a period: looked at first, then issued under a number."""

from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import web

import reports
from web import period_page
from web.faces import face
from web.forms import fields, see
from web.keys import DB
from web.login import require_party
from web.period_page import KIND_OF, MAKERS, customer_of_page
from web.printing import period_paper

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
    async with request.app[DB].reading() as db:
        page, scope = await period_page.checked(db, request, party, given)
    if scope is None:
        return face(request, "period.html", page, 422)
    try:
        made = await period_paper(request.app, KIND_OF[scope.role], scope, customer_of_page(page))
    except reports.NothingInPeriod:
        return face(request, "period.html", page, 422)
    names = ("kind", "since", "until", "language", "buyer", "other")
    asked = urlencode({name: getattr(page, name) for name in names} | {"issued": made.number})
    return see(request, f"{HOME}?{asked}", replace(page, issued=made.number))
