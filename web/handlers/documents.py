"""Issued documents: the accountant's list, a document as a page, and each file as it was issued."""

from aiohttp import hdrs, web

import reports
from web import exports
from web.document_page import document_page
from web.documents_page import documents_page, filter_of, ticked_address, ticks_of
from web.exports_page import wanted_papers
from web.faces import face
from web.forms import fields, posted, see
from web.keys import DB
from web.listing import asked_here
from web.login import require_party
from web.papers import edition_of, paper_for

READERS = ("accountant", "curator", "consultant", "client")


async def list_all(request: web.Request) -> web.StreamResponse:
    """What the filter finds, newest first, with the total of what counts."""
    party, ticks = require_party(request, *READERS), request.query.getall("n", [])
    async with request.app[DB].reading() as db:
        value = await documents_page(db, party, *asked_here(request), ticks)
    return face(request, "documents.html", value)


async def pick(request: web.Request) -> web.StreamResponse:
    """Turn the page and keep what is ticked, or have a ZIP made: `do` is a page, "ticked" or
    "found"."""
    party, given = require_party(request, *READERS), await fields(request)
    ticks = ticks_of(await _ticked(request))
    asked, _ = filter_of(party, given, asked_here(request)[1])
    do = given.get("do", "")
    if do == "found" or (do == "ticked" and ticks):
        chosen = ticks if do == "ticked" else ()
        await exports.ask(request.app, party, wanted_papers(party, given, chosen))
        return see(request, "/exports")
    return see(request, ticked_address(asked, do, ticks))


async def show(request: web.Request) -> web.StreamResponse:
    """A document as its sealed file says it, with its seal and its history."""
    party = require_party(request)
    async with request.app[DB].reading() as db:
        paper = await paper_for(db, party, request.match_info["number"])
        value = await document_page(db, party, paper)
    return face(request, "document.html", value)


async def download(request: web.Request) -> web.StreamResponse:
    """The file itself, byte for byte, or its English edition. Raises: NotFound to whoever has no
    right to it."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        paper = await paper_for(db, party, number)
    english = request.query.get("language") == "en" and isinstance(paper.issued, reports.Issued)
    name = f"{paper.issued.name}{'-en' if english else ''}.pdf"
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    if later := paper.issued.superseded_by:  # RFC 5829
        headers[hdrs.LINK] = f'</documents/{later}.pdf>; rel="latest-version"'
    body = await edition_of(request.app, paper) if english else paper.pdf
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def _ticked(request: web.Request) -> list[str]:
    """Each box of a form; of JSON the numbers of one text, apart by spaces."""
    if request.content_type == "application/json":
        return (await fields(request)).get("n", "").split()
    form = await posted(request)
    return [one for one in form.getall("n", []) if isinstance(one, str)]
