"""Sessions: the list, a new one, and everything about one of them."""

from dataclasses import replace

from aiohttp import web

import ledger
from broker import sessions
from ledger import Money
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields, see
from web.gather import BOOKS_READERS, rows_of
from web.handlers import dashboard
from web.keys import CLOCK, DB, LOCALE, SETTINGS
from web.links import link_to, new_invite
from web.login import require_party
from web.new_session import agreed_minor, fault_of
from web.session_page import page_of
from web.shapes import NewSession, Sessions

ROWS_ON_PAGE = 20


async def list_all(request: web.Request) -> web.StreamResponse:
    """The party's sessions, newest first; `before` is the number the last page ended with."""
    party, before = require_party(request, "consultant", "client"), request.query.get("before")
    async with request.app[DB].reading() as db:
        rows = await rows_of(db, party.id, ROWS_ON_PAGE, before)
    value = Sessions(
        rows=rows,
        clock_s=sum(row.clock_s for row in rows),
        cost=sum((row.cost for row in rows), Money(0)),
        next=f"/sessions?before={rows[-1].number}" if len(rows) == ROWS_ON_PAGE else "",
    )
    return face(request, "sessions.html", value)


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
