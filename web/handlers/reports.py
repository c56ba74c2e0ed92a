"""Statistics of a month."""

from aiohttp import web

from web.acting import OFFICES
from web.faces import face
from web.keys import DB
from web.listing import asked_here
from web.login import require_party
from web.reports_page import reports_page


async def show(request: web.Request) -> web.StreamResponse:
    """The sessions of a month by day, by whom and by outcome; every cut has the same total."""
    party = require_party(request, "consultant", "client", *OFFICES)
    async with request.app[DB].reading() as db:
        value = await reports_page(db, party, *asked_here(request))
    return face(request, "reports.html", value)
