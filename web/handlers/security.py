"""Ways into the account: who is signed in, one's own data, and the end of the account."""

from http import HTTPStatus

from aiohttp import web

import reports
from broker import parties
from web import exports, farewell, step_up
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB, LOGIN
from web.login import forget, require_registered
from web.security_page import security_of
from web.shapes_account import DeletionPage, Farewell

HOME = "/settings/security"


async def show(request: web.Request) -> web.StreamResponse:
    party = require_registered(request)
    return face(request, "security.html", await security_of(request, party))


async def close_login(request: web.Request) -> web.StreamResponse:
    """Sign somebody out who is signed in as me; myself too."""
    party, id = require_registered(request), request.match_info["id"]
    async with request.app[DB].transaction() as db:
        await parties.close_own_login(db, party.id, id, request.app[CLOCK]())
    return see(request, HOME)


async def close_others(request: web.Request) -> web.StreamResponse:
    require_registered(request)
    login = request[LOGIN]
    assert login is not None, "somebody registered is signed in"
    async with request.app[DB].transaction() as db:
        await parties.close_other_logins(db, login, request.app[CLOCK]())
    return see(request, HOME)


async def order_data(request: web.Request) -> web.StreamResponse:
    """A ZIP of everything that is kept about me, made in the background: only for the owner."""
    party, given = require_registered(request), await fields(request)
    answer = await step_up.asked(request, given)
    if answer is not None:
        return answer
    wanted = reports.Wanted("documents", "zip", party=party.id)
    await exports.ask(request.app, party, wanted, archive=True)
    return see(request, HOME)


async def show_deletion(request: web.Request) -> web.StreamResponse:
    """What is still in the way, or what will be forgotten and what is kept."""
    party = require_registered(request)
    async with request.app[DB].reading() as db:
        obstacles = await farewell.obstacles_of(db, party)
    return face(request, "deletion.html", DeletionPage(party.email or "", obstacles))


async def delete(request: web.Request) -> web.StreamResponse:
    """Forget the person, once the owner has confirmed it and nothing is open."""
    party, given, _ = require_registered(request), await fields(request), texts(request)
    email = party.email or ""
    if given.get("sure") != "yes":
        wrong = {"sure": _("Tick that you have read it")}
        return face(request, "deletion.html", DeletionPage(email, (), wrong), 422)
    answer = await step_up.asked(request, given)
    if answer is not None:
        return answer
    async with request.app[DB].transaction() as db:
        obstacles = await farewell.leave(db, party, request.app[CLOCK]())
    if obstacles:
        page = DeletionPage(email, obstacles)
        return face(request, "deletion.html", page, HTTPStatus.CONFLICT)
    response = see(request, "/account-deleted")
    forget(request, response)
    return response


async def say_goodbye(request: web.Request) -> web.StreamResponse:
    return face(request, "deleted.html", Farewell())
