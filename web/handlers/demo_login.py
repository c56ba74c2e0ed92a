"""One press opens a demo account; there are none unless the settings say so."""

from aiohttp import web

from broker import parties
from web.callers import knock_of
from web.demo_accounts import ACCOUNTS
from web.errors import NotFound
from web.forms import fields, local_path, see
from web.keys import CLOCK, DB, SETTINGS
from web.login import remember
from web.navigation import home_of
from web.settings import new_token
from web.shapes import Door


def doors(request: web.Request, *roles: str) -> tuple[Door, ...]:
    """Demo accounts to show on a page, all or those of some roles."""
    if not request.app[SETTINGS].demo:
        return ()
    return tuple(Door(a.role, a.name) for a in ACCOUNTS if not roles or a.role in roles)


async def enter(request: web.Request) -> web.StreamResponse:
    """Log in as a demo account. Raises: NotFound where there are none."""
    given = await fields(request)
    account = next((a for a in ACCOUNTS if a.role == given.get("role")), None)
    if not request.app[SETTINGS].demo or account is None:
        raise NotFound()
    at, token = request.app[CLOCK](), new_token()
    async with request.app[DB].transaction() as db:
        party = await parties.by_email(db, account.email)
        if party is None:
            raise NotFound()
        await parties.open_login(db, party, at, token, knock_of(request, "demo"))
    response = see(request, local_path(given.get("next"), home_of(party)), {"token": token})
    remember(request, response, token)
    return response
