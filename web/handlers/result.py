"""What both sides say after the end: what was done, resolved or not, scores."""

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from ledger import Outcome
from web import trail
from web.acting import own, side
from web.errors import BadInput
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB
from web.login import require_party
from web.session_page import page_of
from web.shapes import ResultPage

SCORES = ("quality", "punctuality", "courtesy")
FIVE = frozenset("12345")
OUTCOMES = {"resolved": Outcome.RESOLVED, "unresolved": Outcome.UNRESOLVED}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def report(request: web.Request) -> web.StreamResponse:
    """The consultant: what was done, a comment, scores for the client."""
    typed, _ = await fields(request), texts(request)
    if typed.get("all"):
        return await _page(request, _all_five(typed))
    if not typed.get("result", "").strip():
        return await _page(request, typed, {"result": _("Write what was done")}, 422)
    if _half_given(typed):
        return await _page(request, typed, {"scores": _("Give all three scores, or none")}, 422)
    number, at = request.match_info["number"], request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        await side(db, request, "host")
        await sessions.report_result(db, number, typed["result"], typed.get("comment", ""), at)
        await _score(db, request, "host", typed)
    return see(request, f"/sessions/{number}/result")


async def decide(request: web.Request) -> web.StreamResponse:
    """The client: resolved or not; "not resolved" needs a comment. Money is divided at once."""
    typed, _ = await fields(request), texts(request)
    if typed.get("all"):
        return await _page(request, _all_five(typed))
    if typed.get("outcome") not in OUTCOMES:
        raise BadInput("outcome")
    if typed["outcome"] == "unresolved" and not typed.get("comment", "").strip():
        wrong = {"comment": _("Say what is not resolved: without it we cannot return the money")}
        return await _page(request, typed, wrong, 422)
    if _half_given(typed):
        return await _page(request, typed, {"scores": _("Give all three scores, or none")}, 422)
    number, at = request.match_info["number"], request.app[CLOCK]()
    outcome = OUTCOMES[typed["outcome"]]
    async with request.app[DB].transaction() as db:
        await side(db, request, "client")
        closed = await sessions.decide(db, number, outcome, typed.get("comment", ""), at)
        await _score(db, request, "client", typed)
        await trail.settled(db, own(request), closed, at)
    return see(request, f"/sessions/{number}/result")


async def review(request: web.Request) -> web.StreamResponse:
    """Only scores, for whoever has said the rest already."""
    typed, number = await fields(request), request.match_info["number"]
    if not all(typed.get(name) in FIVE for name in SCORES):
        raise BadInput("scores")
    async with request.app[DB].transaction() as db:
        role = await side(db, request)
        await _score(db, request, role, typed)
    return see(request, f"/sessions/{number}/result")


async def _page(
    request: web.Request,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.StreamResponse:
    party = require_party(request)
    async with request.app[DB].reading() as db:
        await side(db, request)
        session = await page_of(db, request, party, request.match_info["number"])
    return face(request, "result.html", ResultPage(session, typed or {}, errors or {}), status)


async def _score(
    db: AsyncConnection, request: web.Request, role: sessions.Role, typed: Mapping[str, str]
) -> None:
    """Keep the scores when there are any."""
    given = [int(typed[name]) for name in SCORES if typed.get(name) in FIVE]
    if len(given) < len(SCORES):
        return
    quality, punctuality, courtesy = given
    comment = typed.get("comment", "")
    number, at = request.match_info["number"], request.app[CLOCK]()
    await sessions.review(db, number, role, quality, punctuality, courtesy, comment, at)


def _half_given(typed: Mapping[str, str]) -> bool:
    """Some scores, and not three that are scores."""
    given = [typed[name] for name in SCORES if typed.get(name)]
    return bool(given) and not (len(given) == len(SCORES) and FIVE.issuperset(given))


def _all_five(typed: Mapping[str, str]) -> dict[str, str]:
    return dict(typed) | dict.fromkeys(SCORES, "5")
