"""Registers as files: asked for, watched while they are made, downloaded while they are kept."""

from dataclasses import replace

from aiohttp import hdrs, web

import reports
from web import export_rows, exports, own_data
from web.errors import NotFound
from web.exports_page import page_of, wanted_of
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB
from web.login import require_party

HOME = "/exports"
READERS = ("accountant", "curator", "consultant", "client")


async def show(request: web.Request) -> web.StreamResponse:
    """The form, and what was asked for."""
    party, at = require_party(request, *READERS), request.app[CLOCK]()
    async with request.app[DB].reading() as db:
        page = await page_of(db, party, request.query, at)
    return face(request, "exports.html", page)


async def ask(request: web.Request) -> web.StreamResponse:
    """Put a register into the line; the form again when its days are none."""
    party, given, at = require_party(request, *READERS), await fields(request), request.app[CLOCK]()
    async with request.app[DB].reading() as db:
        page = await page_of(db, party, given, at)
    wanted, errors = wanted_of(page, party, texts(request))
    if wanted is None:
        return face(request, "exports.html", replace(page, errors=errors), 422)
    await exports.ask(request.app, party, wanted)
    async with request.app[DB].reading() as db:
        page = await page_of(db, party, given, at)
    return see(request, HOME, page)


async def download(request: web.Request) -> web.StreamResponse:
    """The file, for whoever asked for it, until it expires."""
    party, id = require_party(request, *READERS), request.match_info["id"]
    async with request.app[DB].reading() as db:
        one = await export_rows.one(db, id)
    if one is None or one.party != party.id or one.state != "ready":
        raise NotFound()
    path = exports.path_of(request.app, one.id)
    if one.expires_at <= request.app[CLOCK]() or not path.is_file():
        raise NotFound()
    name = own_data.FILE_NAME if one.archive else one.wanted.file_name
    headers = {
        hdrs.CONTENT_TYPE: reports.FORMS[one.wanted.form][1],
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }
    return web.FileResponse(path, headers=headers)
