"""The control room: switches, limits, what waits for a second person, the audit journal."""

from collections.abc import Mapping

from aiohttp import web

from ledger import CURRENCIES, Money, control
from ledger.control import NothingSaid, Switch
from web.acting import OFFICES, officer
from web.control_page import CURRENCY, audit_page_of, control_page_of
from web.errors import BadInput, NotFound
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.keys import CLOCK, DB
from web.login import require_party

HOME = "/control"
SWITCHES = {switch.value: switch for switch in Switch}


async def show(request: web.Request) -> web.StreamResponse:
    """Switches, limits and what waits for a second person."""
    return await _page(request)


async def turn(request: web.Request) -> web.StreamResponse:
    """Open or close a kind of movement; a reason is wanted. Acts at once."""
    actor, given, at = officer(request, "curator"), await fields(request), request.app[CLOCK]()
    switch = SWITCHES.get(request.match_info["name"])
    if switch is None:
        raise NotFound()
    if given.get("open") not in ("yes", "no"):
        raise BadInput("open")
    try:
        async with request.app[DB].transaction() as db:
            await control.turn(db, switch, given["open"] == "yes", actor, given.get("why", ""), at)
    except NothingSaid:
        return await _unreasoned(request, switch.value)
    return see(request, HOME)


async def set_limit(request: web.Request) -> web.StreamResponse:
    """Set a limit: tighter at once, looser when a second person agrees."""
    actor, given, at = officer(request, "curator"), await fields(request), request.app[CLOCK]()
    what, _ = request.match_info["what"], texts(request)
    currency, typed = given.get("currency", CURRENCY), given.get("amount", "")
    amount, name = money_of(typed, currency), f"{what}:{currency}"
    if typed == "0" and currency in CURRENCIES:
        amount = Money(0, currency)
    if amount is None:
        return await _page(request, {name: _("Write the sum in figures")}, 422)
    try:
        async with request.app[DB].transaction() as db:
            if await control.limit_of(db, what, currency) is None:
                raise NotFound()
            asked = await control.set_limit(db, what, amount, actor, given.get("why", ""), at)
    except NothingSaid:
        return await _unreasoned(request, name)
    return see(request, f"{HOME}?asked=1" if asked else HOME, asked)


async def decide(request: web.Request) -> web.StreamResponse:
    """The second person approves, or declines with a reason."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    id, decision = request.match_info["id"], given.get("decision")
    if decision not in ("approve", "decline"):
        raise BadInput("decision")
    try:
        async with request.app[DB].transaction() as db:
            if decision == "approve":
                done = await control.approve(db, id, actor, at)
            else:
                done = await control.decline(db, id, actor, given.get("why", ""), at)
    except NothingSaid:
        return await _unreasoned(request, id)
    return see(request, HOME, done)


async def show_journal(request: web.Request) -> web.StreamResponse:
    """The audit journal, newest first, by subject, action, person and days."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await audit_page_of(db, request.query)
    return face(request, "audit_journal.html", value)


async def check_journal(request: web.Request) -> web.StreamResponse:
    """The audit journal with its chain recomputed from the first row to the last."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await audit_page_of(db, request.query, check=True)
    return face(request, "audit_journal.html", value)


async def _unreasoned(request: web.Request, name: str) -> web.StreamResponse:
    _ = texts(request)
    return await _page(request, {name: _("Say why: it goes into the journal")}, 422)


async def _page(
    request: web.Request, errors: Mapping[str, str] | None = None, status: int = 200
) -> web.StreamResponse:
    party = require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await control_page_of(db, request, party, errors)
    return face(request, "control.html", value, status)
