"""Small choices that keep the page: language, theme."""

from aiohttp import web

from broker import parties
from web.errors import BadInput
from web.faces import THEMES
from web.forms import fields, local_path, see
from web.keys import DB, PARTY, SETTINGS
from web.locale import LOCALES
from web.login import COOKIE_AGE_S, remember_language


async def choose_language(request: web.Request) -> web.StreamResponse:
    """Remember the language, in the account too when there is one."""
    given = await fields(request)
    language = given.get("language", "")
    if language not in LOCALES:
        raise BadInput("language")
    party = request[PARTY]
    if party is not None:
        async with request.app[DB].transaction() as db:
            await parties.set_locale(db, party.id, language)
    response = see(request, local_path(given.get("next"), "/"))
    remember_language(request, response, language)
    return response


async def choose_theme(request: web.Request) -> web.StreamResponse:
    given = await fields(request)
    theme = given.get("theme", "")
    if theme not in THEMES:
        raise BadInput("theme")
    response = see(request, local_path(given.get("next"), "/"))
    response.set_cookie(
        "theme",
        theme,
        max_age=COOKIE_AGE_S,
        path="/",
        httponly=True,
        secure=request.app[SETTINGS].https,
        samesite="Lax",
    )
    return response
