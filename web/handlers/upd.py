"""A universal transfer document (УПД) of an act, for whoever may download the act."""

from dataclasses import replace

from aiohttp import hdrs, web

import reports
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields
from web.keys import DB
from web.login import require_party
from web.shapes_exchange import UpdPage
from web.upd_page import buyer_typed, faults_in_words, page_of, page_typed

READS_ALL = frozenset({"accountant", "curator"})


async def show(request: web.Request) -> web.StreamResponse:
    """The form with the requisites that the act has."""
    page = await _page(request)
    return face(request, "upd.html", page)


async def make(request: web.Request) -> web.StreamResponse:
    """The file under the name that its format demands; the form again when something is missing."""
    known, _ = await _page(request), texts(request)
    page = page_typed(known.number, await fields(request))
    try:
        async with request.app[DB].reading() as db:
            made = await reports.upd_file(db, page.number, buyer_typed(page), page.sender)
    except reports.UpdIncomplete as error:
        wrong = faults_in_words(error, page, _)
        return face(request, "upd.html", replace(page, errors=wrong), 422)
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{made.name}"'}

    return web.Response(
        body=made.data,
        content_type="application/xml",
        charset="windows-1251",
        headers=headers,
    )


async def _page(request: web.Request) -> UpdPage:
    """Raises: NotFound for what is no act, and to whoever has no right to it."""
    party = require_party(request)
    async with request.app[DB].reading() as db:
        try:
            issued, buyer = await reports.upd_buyer(db, request.match_info["number"])
        except reports.PaperError as error:
            raise NotFound() from error
    if not (party.roles & READS_ALL or issued.is_for(party.id)):
        raise NotFound()
    return page_of(issued.name, buyer)
