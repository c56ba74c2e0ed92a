"""Acts and statements for a period: looked at first, then issued under a number."""

from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import web

import reports
from web.faces import face, texts
from web.forms import fields, see
from web.keys import DB
from web.login import require_party
from web.period_page import ACTS, customer_of_page, period_page_of, requisite_faults
from web.printing import period_paper

HOME = "/documents/period"
MAKERS = ("accountant", "consultant", "client")


async def show(request: web.Request) -> web.StreamResponse:
    """What a paper for these days would say; nothing is issued yet."""
    party = require_party(request, *MAKERS, "curator")
    async with request.app[DB].reading() as db:
        page, _ = await period_page_of(db, request, party, request.query)
    page = replace(page, issued=request.query.get("issued", "")[:30])
    return face(request, "period.html", page, 422 if page.errors else 200)


async def issue(request: web.Request) -> web.StreamResponse:
    """The paper under its number: the one there is when it would say the same."""
    party, given, _ = require_party(request, *MAKERS), await fields(request), texts(request)
    async with request.app[DB].reading() as db:
        page, scope = await period_page_of(db, request, party, given)
    wrong = {**page.errors, **(requisite_faults(page, _) if scope else {})}
    if wrong or scope is None:
        return face(request, "period.html", replace(page, errors=wrong), 422)
    kind = reports.PERIOD_ACT if scope.role in ACTS else reports.STATEMENT
    made = await period_paper(request.app, kind, scope, customer_of_page(page))
    names = ("kind", "since", "until", "language", "buyer", "other")
    asked = urlencode({name: getattr(page, name) for name in names} | {"issued": made.number})
    return see(request, f"{HOME}?{asked}", replace(page, issued=made.number))
