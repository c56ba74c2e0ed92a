"""Log in by a code from a letter, and log out. No passwords anywhere."""

import secrets
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import hdrs, web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import notices, parties
from web.callers import knock_of
from web.faces import face, texts
from web.forms import fields, local_path, see
from web.keys import CLOCK, DB, LOCALE, PARTY
from web.locale import words
from web.login import forget, presented_token, remember
from web.navigation import home_of
from web.settings import new_token
from web.shapes import LoginForm
from web.shield import address_of

NEWCOMER = frozenset({"consultant", "client"})


async def show(request: web.Request) -> web.StreamResponse:
    wanted = local_path(request.query.get("next"), "/dashboard")
    party = request[PARTY]
    if party is not None and not party.guest:
        return see(request, wanted)
    return face(request, "login.html", LoginForm(wanted))


async def send_code(request: web.Request) -> web.StreamResponse:
    """Send six digits to the address; known and unknown addresses are answered alike."""
    given, at, _ = await fields(request), request.app[CLOCK](), texts(request)
    email = given.get("email", "").strip()
    form = LoginForm(local_path(given.get("next"), "/dashboard"), email)
    code = f"{secrets.randbelow(1_000_000):06d}"
    try:
        async with request.app[DB].transaction() as db:
            await parties.send_code(db, email, at, code)
            await notices.login_code(db, email, code, request[LOCALE], at)
    except parties.BadParty:
        wrong = {"email": _("This is not an e-mail address")}
        return face(request, "login.html", LoginForm(form.next, email, errors=wrong), 422)
    except parties.TooManyCodes as error:
        return _too_many(request, form, error.retry_after_s)
    return face(request, "login_code.html", form)


def _too_many(request: web.Request, form: LoginForm, retry_after_s: int) -> web.StreamResponse:
    minutes = -(-retry_after_s // 60)
    told = words(request[LOCALE]).ngettext(
        "Too many codes for this address. Try again in {n} minute.",
        "Too many codes for this address. Try again in {n} minutes.",
        minutes,
    )
    page = LoginForm(form.next, form.email, errors={"email": told})
    response = face(request, "login.html", page, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers[hdrs.RETRY_AFTER] = str(retry_after_s)
    return response


async def enter_code(request: web.Request) -> web.StreamResponse:
    """Check the code and open a login. A wrong code is counted: five tries, ten minutes."""
    given, at, _ = await fields(request), request.app[CLOCK](), texts(request)
    email, wanted = given.get("email", ""), local_path(given.get("next"), "/dashboard")
    token, name = new_token(), given.get("name", "").strip()
    code, country = "".join(given.get("code", "").split()), given.get("country", "")
    try:
        async with request.app[DB].transaction() as db:
            found = await _known(db, request, email, code, name, country)
            if isinstance(found, parties.Party):
                await parties.open_login(db, found, at, token, knock_of(request, "code"))
    except parties.BadParty as error:
        if error.field != "country":
            raise
        form = LoginForm(wanted, email, name, country, {"country": _("Choose the country")})
        return face(request, "login_code.html", form, 422)
    if isinstance(found, parties.CodeRefused):
        reasons = {
            "wrong": _("The code is wrong. Tries left: {n}", n=found.tries_left),
            "expired": _("The code has expired. Ask for a new one"),
            "used_up": _("Too many wrong codes. Ask for a new one"),
        }
        form = LoginForm(wanted, email, name, country, {"code": reasons[found.reason]})
        return face(request, "login_code.html", form, 422)
    where = wanted if wanted != "/dashboard" else home_of(found)
    if found.created_at >= at:  # just registered: the next letter need not be waited for
        where = f"/login/passkey/offer?next={quote(where)}"
    response = see(request, where, {"token": token})
    remember(request, response, token)
    return response


class _Refused(Exception):
    """Takes the new party back when its code turns out to be wrong."""


async def _known(
    db: AsyncConnection, request: web.Request, email: str, code: str, name: str, country: str
) -> parties.Party | parties.CodeRefused:
    """Who the code belongs to. Somebody new is registered by the name and the country beside it.

    A wrong code leaves nothing behind but the counted try. Raises: BadParty.
    """
    at, locale = request.app[CLOCK](), request[LOCALE]
    try:
        if name and await parties.by_email(db, email) is None:
            async with db.begin_nested():
                await parties.register(db, name, email, NEWCOMER, locale, at)
                found = await parties.check_code(db, email, code, at, locale)
                if isinstance(found, parties.CodeRefused):
                    raise _Refused
                await parties.move(db, found, country, at, address_of(request))
                return found
    except _Refused:
        pass
    return await parties.check_code(db, email, code, at, locale)


async def leave(request: web.Request) -> web.StreamResponse:
    async with request.app[DB].transaction() as db:
        await parties.close_login(db, presented_token(request), request.app[CLOCK]())
    response = see(request, "/")
    forget(request, response)
    return response
