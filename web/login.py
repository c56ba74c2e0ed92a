"""Who is asking, in which language, and whether the form came from our own page.

Every request gets `request[LOGIN]` (or None), `request[PARTY]` (or None), `request[LOCALE]`
("ru" or "en") and `request[CSRF]`, the token that a form sends back in its hidden field `csrf`
(htmx and scripts: header `X-CSRF-Token`).

A changing request is accepted when its Origin is exactly ours, and, if it carries a cookie, when it
also brings the token. Programs that send no cookie have no authority that could be borrowed.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import hdrs, web

from broker import parties
from web.errors import Forbidden, LoginNeeded
from web.forms import posted
from web.keys import CLOCK, CSRF, DB, LOCALE, LOGIN, PARTY, SETTINGS
from web.settings import LOCALES, Settings, new_token

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
HOOKS = "/hooks/"  # signed by their senders; they have no cookie and no page
NOBODYS = (HOOKS, "/static/", "/healthz", "/readyz", "/metrics")  # the same for everybody
OPENED_BY_TICKET = "/socket"  # or by a resume key: whose cookie it is does not matter there
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
VISITOR_COOKIE = "visitor"
COOKIE_AGE_S = 30 * 86400


@web.middleware
async def login(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the login behind the cookie or the bearer token, and the language to answer in."""
    request[LOGIN], request[PARTY] = None, None
    settings = request.app[SETTINGS]
    if request.path.startswith(NOBODYS):
        request[LOCALE], request[CSRF] = settings.locale, ""
        return await handler(request)
    token = presented_token(request)
    if token and not request.path.endswith(OPENED_BY_TICKET):
        with suppress(parties.LoginUnknown):
            async with request.app[DB].reading() as db:
                found = await parties.login(db, token, request.app[CLOCK]())
                request[PARTY] = await parties.party(db, found.party)
                request[LOGIN] = found
        await _seen(request)
    visitor = request.cookies.get(VISITOR_COOKIE) or new_token()
    request[CSRF] = _csrf(settings, visitor, request[LOGIN])
    request[LOCALE] = _locale(request, settings)
    response = await handler(request)
    if request[LOGIN] is None and VISITOR_COOKIE not in request.cookies and not response.prepared:
        _set(response, settings, VISITOR_COOKIE, visitor)
    return response


async def _seen(request: web.Request) -> None:
    """Note when a login was last used, for its owner's list; seldom, for it is a write."""
    found, party, at = request[LOGIN], request[PARTY], request.app[CLOCK]()
    if found and party and not party.guest and parties.unseen_for_long(found, at):
        async with request.app[DB].transaction() as db:
            await parties.saw(db, found, at)


@web.middleware
async def csrf(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a changing request that did not come from our own page."""
    if request.method not in SAFE and not request.path.startswith(HOOKS):
        if not from_our_page(request):
            raise Forbidden("foreign_origin")
        if request.cookies and not await _brings_token(request):
            raise Forbidden("form_expired")
    return await handler(request)


def from_our_page(request: web.Request) -> bool:
    """Whether the Origin (or, when a browser hides it, Sec-Fetch-Site) is this very site."""
    settings = request.app[SETTINGS]
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or origin == "null":
        site = request.headers.get("Sec-Fetch-Site")
        return site == "same-origin" or (site is None and origin is None)
    own = {settings.origin}
    if not settings.production:
        own.add(f"{request.scheme}://{request.host}")
    return origin in own


def presented_token(request: web.Request) -> str:
    """The login token of the request: a bearer token (scripts) or the cookie (people)."""
    scheme, _, value = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return request.cookies.get(request.app[SETTINGS].cookie, "")


def remember(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Set the login cookie; `token` is what parties.open_login was given."""
    settings = request.app[SETTINGS]
    _set(response, settings, settings.cookie, token)


def forget(request: web.Request, response: web.StreamResponse) -> None:
    """Take the login cookie away; the login itself is closed by parties.close_login."""
    settings = request.app[SETTINGS]
    response.del_cookie(settings.cookie, path="/", secure=settings.https, httponly=True)


def remember_language(request: web.Request, response: web.StreamResponse, locale: str) -> None:
    _set(response, request.app[SETTINGS], LANGUAGE_COOKIE, locale)


def remember_theme(request: web.Request, response: web.StreamResponse, theme: str) -> None:
    _set(response, request.app[SETTINGS], THEME_COOKIE, theme)


def require_party(request: web.Request, *roles: str) -> "parties.Party":
    """The party that asks.

    Raises LoginNeeded for a stranger, Forbidden when the party has none of the roles named.
    """
    party = request[PARTY]
    if party is None:
        raise LoginNeeded(request.path_qs)
    if roles and not party.roles.intersection(roles):
        raise Forbidden("other_role")
    return party


def require_registered(request: web.Request) -> "parties.Party":
    """The party that asks, and no guest: a guest has no account.

    Raises LoginNeeded for a stranger, Forbidden for a guest.
    """
    party = require_party(request)
    if party.guest:
        raise Forbidden("account_needed")
    return party


async def _brings_token(request: web.Request) -> bool:
    given = request.headers.get("X-CSRF-Token", "")
    if not given and request.content_type in FORMS:
        field = (await posted(request)).get("csrf", "")
        given = field if isinstance(field, str) else ""
    return hmac.compare_digest(given.encode(), request[CSRF].encode())


def _csrf(settings: Settings, visitor: str, found: "parties.Login | None") -> str:
    if found is not None:
        return found.csrf
    key = settings.secret.derive("csrf").encode()
    return hmac.new(key, visitor.encode(), hashlib.sha256).hexdigest()[:40]


def _locale(request: web.Request, settings: Settings) -> str:
    party = request[PARTY]
    wishes = [request.cookies.get(LANGUAGE_COOKIE), party.locale if party else None]
    header = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    wishes += [part.split(";")[0].strip()[:2].lower() for part in header.split(",")[:8]]
    return next((wish for wish in wishes if wish in LOCALES), settings.locale)


def _set(response: web.StreamResponse, settings: Settings, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_AGE_S,
        path="/",
        httponly=True,
        secure=settings.https,
        samesite="Lax",
    )


__all__ = [
    "csrf",
    "forget",
    "from_our_page",
    "login",
    "presented_token",
    "remember",
    "remember_language",
    "remember_theme",
    "require_party",
    "require_registered",
]
