"""The closing of months: all papers of a month at once, and how far it is."""

from dataclasses import replace

from aiohttp import web

from reports import Book, Month
from web.closing import ask
from web.closing_page import page_of
from web.closing_work import desk_of
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOSING_DUE, DB
from web.login import require_party

HOME = "/documents/months"
READERS = ("accountant", "curator")


async def show(request: web.Request) -> web.StreamResponse:
    """The months, and how far each is."""
    party = require_party(request, *READERS)
    async with request.app[DB].reading() as db:
        page = await page_of(db, request.app, party)
    return face(request, "closings.html", page)


async def begin(request: web.Request) -> web.StreamResponse:
    """Ask for a month, or once more for what has changed in it."""
    party, given = require_party(request, "accountant"), await fields(request)
    app, month = request.app, Month.parse(given.get("month", "")[:7])
    async with app[DB].reading() as db:
        page = await page_of(db, app, party)
    currency, language = given.get("currency", page.currencies[0]), given.get("language", "ru")
    if month is None or month.first not in page.months or currency not in page.currencies:
        _ = texts(request)
        wrong = {"month": _("Choose a month that is over")}
        return face(request, "closings.html", replace(page, errors=wrong), 422)
    book = Book(month, currency, language if language in ("ru", "en") else "ru")
    await ask(desk_of(app), book, party.id, again=True)
    app[CLOSING_DUE].set()
    async with app[DB].reading() as db:
        return see(request, HOME, await page_of(db, app, party))
