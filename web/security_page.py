"""Gathers the page of ways into an account. Only reads."""

from aiohttp import web

from broker import parties
from broker.parties import Login, Party, Passkey
from web import export_rows
from web.export_rows import Export
from web.keys import CLOCK, DB, LOGIN
from web.shapes import NO_ERRORS, Errors
from web.shapes_account import ArchiveView, LoginView, PasskeyView, SecurityPage

ON_THE_WAY = ("waiting", "making")


async def security_of(
    request: web.Request, party: Party, errors: Errors = NO_ERRORS
) -> SecurityPage:
    """The page as it is now, with what was wrong in a form that came back."""
    at, here = request.app[CLOCK](), request[LOGIN]
    async with request.app[DB].reading() as db:
        keys = await parties.passkeys_of(db, party.id)
        logins = await parties.logins_of(db, party.id, at)
        files = [one for one in await export_rows.listed(db, party.id, at) if one.archive]
    return SecurityPage(
        email=party.email or "",
        passkeys=tuple(map(_passkey, keys)),
        logins=tuple(_login(one, here) for one in logins),
        archives=tuple(map(_archive, files)),
        busy=any(one.state in ON_THE_WAY for one in files),
        errors=errors,
    )


def _passkey(one: Passkey) -> PasskeyView:
    copied = one.copied_at is not None
    return PasskeyView(one.id, one.name, one.created_at, one.used_at, one.key.synced, copied)


def _login(one: Login, here: Login | None) -> LoginView:
    return LoginView(
        id=one.token_hash,
        way=one.knock.way,
        device=one.knock.device,
        address=one.knock.address,
        opened_at=one.opened_at,
        seen_at=one.seen_at,
        here=here is not None and one.token_hash == here.token_hash,
    )


def _archive(one: Export) -> ArchiveView:
    path = f"/exports/{one.id}" if one.state == "ready" else ""
    return ArchiveView(one.state, one.size, one.asked_at, one.expires_at, path)
