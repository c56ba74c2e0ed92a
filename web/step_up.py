"""Confirming where money goes: whoever logged in longer ago than FRESH brings a code by mail.

A stolen cookie alone moves no payouts: the code goes to the owner's address and works once.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from broker import notices, parties
from web.faces import face, texts
from web.keys import CLOCK, DB, LOCALE, LOGIN
from web.login import require_party
from web.shapes_control import Confirm

FRESH = timedelta(minutes=5)
BESIDE = ("csrf", "code")  # fields that are not of the deed itself


async def asked(request: web.Request, given: Mapping[str, str]) -> web.StreamResponse | None:
    """None when the deed is confirmed by a fresh login or by the code that came with it; else the
    page that asks for the code, which is on its way. Raises: LoginNeeded, TooManyCodes."""
    party, at, login = require_party(request), request.app[CLOCK](), request[LOGIN]
    if login is not None and login.opened_at is not None and at < login.opened_at + FRESH:
        return None
    email, typed = party.email or "", "".join(given.get("code", "").split())
    wrong = {}
    if typed:
        async with request.app[DB].transaction() as db:
            found = await parties.check_code(db, email, typed, at, request[LOCALE])
        if isinstance(found, parties.Party):
            return None
        wrong = {"code": _reason(request, found)}
    else:
        await _send(request, email)
    kept = {name: value for name, value in given.items() if name not in BESIDE}
    return face(
        request, "confirm.html", Confirm(request.path, email, kept, wrong), HTTPStatus.FORBIDDEN
    )


async def _send(request: web.Request, email: str) -> None:
    code, at = f"{secrets.randbelow(1_000_000):06d}", request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        await parties.send_code(db, email, at, code)
        await notices.confirmation_code(db, email, code, request[LOCALE], at)


def _reason(request: web.Request, refused: parties.CodeRefused) -> str:
    _ = texts(request)
    known = {
        "wrong": _("The code is wrong. Tries left: {n}", n=refused.tries_left),
        "expired": _("The code has expired. Ask for a new one"),
        "used_up": _("Too many wrong codes. Ask for a new one"),
    }
    return known[refused.reason]
