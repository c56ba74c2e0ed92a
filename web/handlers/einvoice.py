"""An electronic invoice (EN 16931) of an act, for whoever may download the act."""

from dataclasses import replace

from aiohttp import hdrs, web

import reports
from web.einvoice_page import buyer_typed, faults_in_words, page_of, page_typed
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields
from web.keys import DB
from web.login import require_party
from web.papers import paper_for


async def show(request: web.Request) -> web.StreamResponse:
    """The form with the requisites that the act has; nothing where the issuer is not European."""
    party = require_party(request)
    async with request.app[DB].reading() as db:
        paper = await paper_for(db, party, request.match_info["number"])
        try:
            issued, buyer = await reports.einvoice_buyer(db, paper.issued.name)
        except reports.EInvoiceIncomplete as error:
            raise NotFound() from error
    return face(request, "einvoice.html", page_of(issued, buyer))


async def make(request: web.Request) -> web.StreamResponse:
    """The file; the form again when something is missing."""
    party, given = require_party(request), await fields(request)
    async with request.app[DB].reading() as db:
        paper = await paper_for(db, party, request.match_info["number"])
        page = page_typed(paper.issued, given)
        asked = (page.number, buyer_typed(page), page.syntax, page.credit)
        try:
            made = await reports.einvoice_file(db, *asked)
        except reports.EInvoiceIncomplete as error:
            if "kind" in error.fields:
                raise NotFound() from error
            page = replace(page, errors=faults_in_words(error, texts(request)))
            return face(request, "einvoice.html", page, 422)
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{made.name}"'}
    return web.Response(body=made.data, content_type="application/xml", headers=headers)
