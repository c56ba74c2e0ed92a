"""Sessions: the list, a new one, and everything about one of them."""

import asyncio
from dataclasses import replace

from aiohttp import hdrs, web

import ledger
import reports
from broker import sessions
from web.errors import BadInput, NotFound
from web.exporting import drawer, one_of_few
from web.faces import face, texts
from web.forms import fields, see
from web.gather import BOOKS_READERS
from web.handlers import dashboard
from web.keys import CLOCK, DB, LOCALE, SETTINGS
from web.links import link_to, new_invite
from web.listing import asked_here
from web.login import require_party
from web.new_session import agreed_minor, fault_of
from web.session_page import page_of
from web.sessions_page import FILES, asked_of, sessions_page
from web.shapes import NewSession


async def list_all(request: web.Request) -> web.StreamResponse:
    """The party's sessions that the filter finds, newest first, with totals of all pages."""
    party = require_party(request, "consultant", "client")
    async with request.app[DB].reading() as db:
        value = await sessions_page(db, party, *asked_here(request))
    return face(request, "sessions.html", value)


async def download(request: web.Request) -> web.StreamResponse:
    """What the filter finds as a table: `form` is xlsx, csv-ru or csv. Raises: BadInput."""
    party, form = require_party(request, "consultant", "client"), request.query.get("form", "")
    if form not in FILES:
        raise BadInput("form")
    query, zone, _ = asked_here(request)
    ending, kind = reports.FORMS[form]
    async with one_of_few(), drawer() as path:
        async with request.app[DB].reading() as db:
            await reports.write_sessions(db, asked_of(party, query, zone)[1], form, zone, path)
        body = await asyncio.to_thread(path.read_bytes)
    name = f'attachment; filename="minuta-sessions.{ending}"'
    return web.Response(body=body, content_type=kind, headers={hdrs.CONTENT_DISPOSITION: name})


async def create(request: web.Request) -> web.StreamResponse:
    """Begin a session and show its invitation; what cannot be taken comes back with a reason."""
    party, given, _ = require_party(request, "consultant"), await fields(request), texts(request)
    form = NewSession(given.get("topic", ""), given.get("plan", ""), given.get("rate", ""))
    at = request.app[CLOCK]()
    async with request.app[DB].reading() as db:
        fault = await fault_of(db, party.id, form, at, request[LOCALE], _)
    if fault:
        return await _again(request, form, *fault)
    invite_id, token = new_invite(request.app[SETTINGS])
    try:
        async with request.app[DB].transaction() as db:
            minor = agreed_minor(form)
            session, invite = await sessions.create(
                db, party.id, form.topic, form.plan, minor, at, token, invite_id=invite_id
            )
    except sessions.errors.BadSession as error:
        text = _("Write the topic in one line") if error.field == "topic" else _("Check this")
        return await _again(request, form, error.field, text)
    except ledger.InsufficientFunds:
        text = _("There is not enough money for the first minute. Top up the balance")
        return await _again(request, form, "topic", text)
    link = link_to(request.app[SETTINGS], token)
    made = {"number": session.number, "invite": invite.id, "link": link}
    return see(request, f"/invites/{invite.id}", made)


async def show(request: web.Request) -> web.StreamResponse:
    """Everything about one session; officers who have no part in it see what is on the books.

    Raises: NotFound to whoever else has no part in it."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        try:
            value = await page_of(db, request, party, number)
        except (sessions.errors.SessionUnknown, sessions.errors.NotYours) as error:
            if isinstance(error, sessions.errors.NotYours) and party.roles & BOOKS_READERS:
                raise web.HTTPSeeOther(f"/books/about/{number}") from error
            raise NotFound() from error
    return face(request, "session.html", value)


async def _again(
    request: web.Request, form: NewSession, field: str, text: str
) -> web.StreamResponse:
    return await dashboard.show_with(request, replace(form, errors={field: text}), 422)
