"""What a person prefers: language, theme, letters, keys of the room."""

from dataclasses import replace

from aiohttp import web

from broker import notices, parties
from broker.parties import THEMES, Choices
from web.errors import BadInput
from web.faces import face, theme_of
from web.forms import fields, local_path, see
from web.keys import DB, LOCALE, PARTY
from web.locale import LOCALES
from web.login import remember_language, remember_theme, require_registered
from web.shapes_account import SettingsPage


async def show(request: web.Request) -> web.StreamResponse:
    chosen = require_registered(request).choices
    page = SettingsPage(
        language=request[LOCALE],
        theme=theme_of(request),
        shortcuts=chosen.shortcuts,
        letters={kind: kind not in chosen.muted for kind in notices.OPTIONAL},
        saved="saved" in request.query,
    )
    return face(request, "settings.html", page)


async def save(request: web.Request) -> web.StreamResponse:
    """Keep all choices of the page in the account, language and theme on this device too."""
    party, given = require_registered(request), await fields(request)
    language, theme = given.get("language", ""), given.get("theme", "")
    if language not in LOCALES:
        raise BadInput("language")
    muted = frozenset(kind for kind in notices.OPTIONAL if kind not in given)
    async with request.app[DB].transaction() as db:
        await parties.choose(db, party.id, Choices(theme, "shortcuts" in given, muted))
        await parties.set_locale(db, party.id, language)
    response = see(request, "/settings?saved")
    remember_language(request, response, language)
    remember_theme(request, response, theme)
    return response


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
    party = request[PARTY]
    if party is not None and not party.guest:
        async with request.app[DB].transaction() as db:
            await parties.choose(db, party.id, replace(party.choices, theme=theme))
    response = see(request, local_path(given.get("next"), "/"))
    remember_theme(request, response, theme)
    return response
