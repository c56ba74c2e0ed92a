"""A universal transfer document (УПД) of an act, for whoever may download the act."""

from dataclasses import replace

from aiohttp import hdrs, web

import reports
from web.einvoice_page import einvoice_path
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields
from web.keys import DB
from web.login import require_party
from web.papers import paper_for
from web.upd_page import buyer_typed, faults_in_words, page_of, page_typed


async def show(request: web.Request) -> web.StreamResponse:
    """The form with the requisites that the act has."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        paper = await paper_for(db, party, number)
        try:
            issued, buyer = await reports.upd_buyer(db, paper.issued.name)
        except reports.UpdIncomplete as error:
            if "seller" in error.fields:  # of an issuer in the European Union
                raise web.HTTPSeeOther(einvoice_path(number)) from error
            raise NotFound() from error
    return face(request, "upd.html", page_of(issued.name, buyer))


async def make(request: web.Request) -> web.StreamResponse:
    """The file under the name that its format demands; the form again when something is missing."""
    party, given = require_party(request), await fields(request)
    try:
        async with request.app[DB].reading() as db:
            paper = await paper_for(db, party, request.match_info["number"])
            page = page_typed(paper.issued.name, given)
            made = await reports.upd_file(db, page.number, buyer_typed(page), page.sender)
    except reports.UpdIncomplete as error:
        if "kind" in error.fields:
            raise NotFound() from error
        wrong = faults_in_words(error, page, texts(request))
        return face(request, "upd.html", replace(page, errors=wrong), 422)
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{made.name}"'}
    return web.Response(
        body=made.data,
        content_type="application/xml",
        charset="windows-1251",
        headers=headers,
    )
