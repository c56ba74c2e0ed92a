"""Disputed card payments: the list, what goes to the bank, and when."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from ledger import cards
from ledger.cards import DisputeUnknown
from web.acting import OFFICES, officer
from web.disputes_page import dispute_of, disputes_of
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CARD_NEWS, CLOCK, DB
from web.login import require_party

HOME = "/disputes"
REMARK_CHARS_MAX = 5000


async def show(request: web.Request) -> web.StreamResponse:
    """Disputes that are open, those due first, or all; and early warnings of fraud."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await disputes_of(db, request)
    return face(request, "disputes.html", value)


async def show_one(request: web.Request) -> web.StreamResponse:
    """One dispute: what happened, what is frozen, what the bank will be sent."""
    return await _page(request)


async def amend(request: web.Request) -> web.StreamResponse:
    """Add words of one's own to what the record says."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    remark = given.get("remark", "")[:REMARK_CHARS_MAX]
    async with request.app[DB].transaction() as db:
        await cards.amend_evidence(db, *_which(request), remark, actor, at)
    request.app[CARD_NEWS].set()
    return _back(request)


async def send(request: web.Request) -> web.StreamResponse:
    """Send the evidence to the bank now, for good; said again it changes nothing."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    why, _ = given.get("why", "").strip(), texts(request)
    if not why:
        return await _page(request, {"why": _("Say why: it goes into the journal")})
    async with request.app[DB].transaction() as db:
        await cards.send_evidence(db, *_which(request), actor, why, at)
    request.app[CARD_NEWS].set()
    return _back(request)


async def thaw(request: web.Request) -> web.StreamResponse:
    """Lift the freeze of a wallet that a dispute or a warning caused."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    why, _ = given.get("why", "").strip(), texts(request)
    (gateway, id), of = _which(request), given.get("of", "dispute")
    if not why and of == "dispute":
        return await _page(request, {"thaw": _("Say why: it goes into the journal")})
    async with request.app[DB].transaction() as db:
        if of == "warning":
            known = {(one.gateway, one.id): one for one in await cards.warnings(db)}
            party, key = _warned(known.get((gateway, id)))
        else:
            found = await cards.dispute(db, gateway, id)
            party, key = found.party, found.key
        await cards.lift_freeze(db, party, key, actor, why, at)
    return see(request, HOME) if of == "warning" else _back(request)


def _warned(found: cards.Warned | None) -> tuple[str, str]:
    if found is None:
        raise NotFound()
    return found.party, found.key


def _which(request: web.Request) -> tuple[str, str]:
    return request.match_info["gateway"], request.match_info["id"]


def _back(request: web.Request) -> web.StreamResponse:
    return see(request, f"{HOME}/{'/'.join(_which(request))}")


async def _page(
    request: web.Request, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        try:
            value = await dispute_of(db, request, *_which(request), errors or {})
        except DisputeUnknown as error:
            raise NotFound() from error
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return face(request, "dispute.html", value, status)
