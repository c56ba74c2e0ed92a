"""A side of a session asks for arbitration, the other side answers; curators rule in rulings.py."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import notices, sessions
from broker.sessions import Dispute
from web.acting import side
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB, SETTINGS
from web.login import require_party
from web.session_page import page_of
from web.settings import LOCALES
from web.shapes import ResultPage
from web.words import moment_text


async def show(request: web.Request) -> web.StreamResponse:
    """What was said, what is in evidence, whose turn it is and until when."""
    return await _page(request)


async def say(request: web.Request) -> web.StreamResponse:
    """Ask for arbitration, or answer the side that asked."""
    typed, _ = await fields(request), texts(request)
    text = typed.get("comment", "")
    if not text.strip():
        return await _page(request, typed, {"comment": _("Say it in your own words")})
    async with request.app[DB].transaction() as db:
        await _say(db, request, text)
    return see(request, f"/sessions/{request.match_info['number']}/dispute")


async def _say(db: AsyncConnection, request: web.Request, text: str) -> Dispute:
    number, at = request.match_info["number"], request.app[CLOCK]()
    role = await side(db, request)
    known = await sessions.dispute_of(db, number)
    if known is None or known.by == role:
        said = await sessions.dispute(db, number, role, text, at)
    else:
        said = await sessions.answer_dispute(db, number, role, text, at)
    url = f"{request.app[SETTINGS].origin}/sessions/{number}/dispute"
    until = {locale: moment_text(said.answer_until, locale) for locale in LOCALES}
    await notices.dispute_told(db, said, until, url, at)
    return said


async def _page(
    request: web.Request,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    party = require_party(request)
    async with request.app[DB].reading() as db:
        await side(db, request)
        session = await page_of(db, request, party, request.match_info["number"])
    if session.dispute is None:
        raise NotFound()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return face(request, "quarrel.html", ResultPage(session, typed or {}, errors or {}), status)
