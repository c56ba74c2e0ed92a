"""Sign in with a passkey, and add, name or remove one."""

from aiohttp import web

from broker import parties
from web import passkeys, step_up
from web.callers import device_of, knock_of
from web.faces import dumps, face, texts
from web.forms import fields, local_path, see
from web.keys import CLOCK, DB
from web.login import remember, require_registered
from web.navigation import home_of
from web.passkey_words import refusal
from web.settings import new_token
from web.shapes_account import NewPasskey, PasskeyOffer, PasskeyOptions

SECURITY = "/settings/security"


async def ask(request: web.Request) -> web.StreamResponse:
    """What the browser has to sign; it names nobody."""
    return web.json_response(PasskeyOptions(passkeys.options_to_sign_in(request)), dumps=dumps)


async def enter(request: web.Request) -> web.StreamResponse:
    """Open a login for whoever's key it is. The token goes into the cookie and nowhere else."""
    given, at, token = await fields(request), request.app[CLOCK](), new_token()
    async with request.app[DB].transaction() as db:
        found = await passkeys.enter(db, request, given.get("credential", ""))
        if isinstance(found, parties.Party):
            await parties.open_login(db, found, at, token, knock_of(request, "passkey"))
    if isinstance(found, parties.PasskeyRefused):
        return _refused(request, found.reason)
    wanted = local_path(given.get("next"), "/dashboard")
    response = see(request, wanted if wanted != "/dashboard" else home_of(found))
    remember(request, response, token)
    return response


async def offer(request: web.Request) -> web.StreamResponse:
    """Once, after the first sign-in by mail."""
    require_registered(request)
    wanted = local_path(request.query.get("next"), "/dashboard")
    return face(request, "passkey_offer.html", PasskeyOffer(wanted))


async def begin(request: web.Request) -> web.StreamResponse:
    """The page where the browser makes the key: only for who has just proved to be the owner."""
    party, given = require_registered(request), await fields(request)
    answer = await step_up.asked(request, given)
    if answer is not None:
        return answer
    async with request.app[DB].reading() as db:
        known = await parties.passkeys_of(db, party.id)
    options = passkeys.options_to_add(request, party, known)
    name = device_of(request.headers.get("User-Agent", ""))
    page = NewPasskey(options, name, local_path(given.get("next"), SECURITY))
    return face(request, "passkey_new.html", page)


async def add(request: web.Request) -> web.StreamResponse:
    """Keep what the browser made."""
    party, given = require_registered(request), await fields(request)
    try:
        async with request.app[DB].transaction() as db:
            found = await passkeys.add(
                db, request, party, given.get("credential", ""), given.get("name", "")
            )
    except parties.PasskeyTaken:
        return _refused(request, "taken")
    except parties.TooManyPasskeys:
        return _refused(request, "too_many")
    except parties.BadParty:
        return _refused(request, "name")
    if isinstance(found, parties.PasskeyRefused):
        return _refused(request, found.reason)
    return see(request, local_path(given.get("next"), SECURITY))


async def rename(request: web.Request) -> web.StreamResponse:
    party, given = require_registered(request), await fields(request)
    async with request.app[DB].transaction() as db:
        await parties.rename_passkey(db, party.id, request.match_info["id"], given.get("name", ""))
    return see(request, SECURITY)


async def remove(request: web.Request) -> web.StreamResponse:
    """The code by mail always stays, so nobody locks themselves out."""
    party, given = require_registered(request), await fields(request)
    answer = await step_up.asked(request, given)
    if answer is not None:
        return answer
    async with request.app[DB].transaction() as db:
        await parties.remove_passkey(db, party.id, request.match_info["id"])
    return see(request, SECURITY)


def _refused(request: web.Request, code: str) -> web.StreamResponse:
    return web.json_response(refusal(code, texts(request)), status=422, dumps=dumps)
