"""Contested sessions: the list, a case, and what a curator rules."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Session
from ledger import InsufficientFunds, Money, budget_draft, control, post_many
from ledger.control import Actor, Approval, ApprovalState, NothingSaid
from web import arbitration, papers
from web.acting import OFFICES, officer
from web.arbitration import ACTION, RulingRefused, subject_of
from web.errors import BadInput, NotFound
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.keys import CLOCK, DB, LOCALE, NEWS
from web.login import require_party
from web.rulings import asked_of, next_ruling, percent_of, read, usual, usual_unresolved
from web.rulings_page import case_of, cases_of
from web.settings import new_token
from web.words import money_text

HOME = "/rulings"
KEY_CHARS_MAX = 60
PRESETS = {"resolved": usual, "unresolved": usual_unresolved}
SIGNS = {"aside": 1, "back": -1}


class _Again(Exception):
    """The form comes back: fields, and the codes of what is wrong with them."""

    def __init__(self, **errors: str) -> None:
        super().__init__(str(errors))
        self.errors = errors


async def show(request: web.Request) -> web.StreamResponse:
    """Contested sessions, the longest waiting first, or those ruled on, the last one first."""
    party = require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await cases_of(db, request, party)
    return face(request, "rulings.html", value)


async def show_case(request: web.Request) -> web.StreamResponse:
    """One session: what both said, what was witnessed, the money, and the form of the ruling."""
    return await _page(request)


async def preview(request: web.Request) -> web.StreamResponse:
    """What a ruling would do, to the kopeck; nothing is done."""
    officer(request, "curator")
    given = dict(await fields(request))
    if given.get("preset") in PRESETS:
        async with request.app[DB].reading() as db:
            session = await _session(db, request)
        ours, theirs = PRESETS[given["preset"]](session)
        given |= {"platform": percent_of(ours), "host": percent_of(theirs)}
    return await _page(request, given)


async def rule(request: web.Request) -> web.StreamResponse:
    """Rule as was seen: at once, or by a second person above the limit."""
    actor, given, at = officer(request, "curator"), await fields(request), request.app[CLOCK]()
    try:
        async with request.app[DB].transaction() as db:
            leave = await _rule(request, db, actor, given, at)
    except (_Again, RulingRefused) as error:
        return await _page(request, given, getattr(error, "errors", {}))
    return _done(request, leave)


async def decide(request: web.Request) -> web.StreamResponse:
    """The second person approves the ruling that was proposed, which makes it, or declines it."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    if given.get("decision") not in ("approve", "decline"):
        raise BadInput("decision")
    try:
        async with request.app[DB].transaction() as db:
            leave = await _decide(request, db, actor, given, at)
    except (_Again, RulingRefused) as error:
        return await _page(request, {}, getattr(error, "errors", {}))
    except NothingSaid:
        return await _page(request, {}, {"decision": "why"})
    return _done(request, leave)


async def set_budget(request: web.Request) -> web.StreamResponse:
    """Set money of the platform's aside for bonuses, or take what is left of it back."""
    actor, given, at = officer(request, "curator"), await fields(request), request.app[CLOCK]()
    currency, why = given.get("currency", "RUB"), given.get("why", "").strip()
    amount, _ = money_of(given.get("amount", ""), currency), texts(request)
    if amount is None or given.get("kind") not in SIGNS or not why:
        wrong = {} if amount else {"amount": _("Write the sum in figures")}
        told = wrong | ({} if why else {"why": _("Say why: it goes into the journal")})
        return await _list(request, given, told)
    try:
        async with request.app[DB].transaction() as db:
            key = (given.get("key") or new_token())[:KEY_CHARS_MAX]
            await _budget(db, actor, key, amount * SIGNS[given["kind"]], why, at)
    except InsufficientFunds as error:
        most = money_text(error.available, request[LOCALE])
        return await _list(request, given, {"amount": _("{sum} at most", sum=most)})
    return see(request, HOME)


async def _budget(
    db: AsyncConnection, actor: Actor, key: str, change: Money, why: str, at: datetime
) -> None:
    for result in await post_many(db, [budget_draft(key, change)], at):
        result.raise_for_status()
    facts: dict[str, str | int] = {"amount_minor": change.minor, "currency": change.currency}
    await control.record_once(db, actor, "bonus_budget", f"budget:{key}", why, at, **facts)


async def _rule(
    request: web.Request,
    db: AsyncConnection,
    actor: Actor,
    given: Mapping[str, str],
    at: datetime,
) -> Approval:
    """Raises: _Again, RulingRefused and what ruling raises."""
    session, why = await _session(db, request), given.get("why", "").strip()
    arbitration.require_stranger(session, actor)
    asked, wrong = read(given, session.tariff.currency)
    if asked is None or not why:
        raise _Again(**wrong, **({} if why else {"why": "why"}))
    found = await arbitration.preview_of(db, session, asked)
    if given.get("seen") != found.seen:
        raise _Again(seen="changed")
    ruling = next_ruling(await sessions.journal.facts(db, session.number))
    if given.get("ruling", ruling) not in ("", ruling):
        raise _Again(seen="ruled")  # somebody has ruled since the page was made
    leave = await arbitration.propose(db, session, ruling, asked, found.moved, actor, why, at)
    if leave.granted:
        await arbitration.carry_out(request.app, db, session, ruling, asked, found, actor, why, at)
    return leave


async def _decide(
    request: web.Request,
    db: AsyncConnection,
    actor: Actor,
    given: Mapping[str, str],
    at: datetime,
) -> Approval:
    """Raises: NotFound, _Again, NothingSaid, SamePerson, ApprovalEnded and what ruling raises."""
    session = await _session(db, request)
    arbitration.require_stranger(session, actor)
    ruling = next_ruling(await sessions.journal.facts(db, session.number))
    leave = await control.approval_of(db, ACTION, subject_of(session.number, ruling), at)
    if leave is None:
        raise NotFound()
    if given["decision"] == "decline":
        return await control.decline(db, leave.id, actor, given.get("why", ""), at)
    asked = asked_of(leave.facts, session.tariff.currency)
    found = await arbitration.preview_of(db, session, asked)
    if given.get("seen") != found.seen:
        raise _Again(seen="changed")
    if leave.state is not ApprovalState.GRANTED:
        leave = await control.approve(db, leave.id, actor, at)
    await arbitration.carry_out(
        request.app, db, session, ruling, asked, found, actor, leave.why, at
    )
    return leave


def _done(request: web.Request, leave: Approval) -> web.StreamResponse:
    number = request.match_info["number"]
    if leave.granted:
        request.app[NEWS].spawn(papers.issue(request.app, number))
    return see(request, f"{HOME}/{number}", leave)


async def _session(db: AsyncConnection, request: web.Request) -> Session:
    """Raises: NotFound."""
    try:
        return await sessions.session(db, request.match_info["number"])
    except sessions.errors.SessionUnknown as error:
        raise NotFound() from error


async def _list(
    request: web.Request, given: Mapping[str, str], errors: Mapping[str, str]
) -> web.StreamResponse:
    party = require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await cases_of(db, request, party, given, errors)
    return face(request, "rulings.html", value, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _page(
    request: web.Request,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """The case with the form as typed; what is wrong is told beside it."""
    party = require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        session = await _session(db, request)
        asked, wrong = read(given, session.tariff.currency) if given else (None, {})
        told = _words(request, wrong | dict(errors or {}))
        try:
            value = await case_of(db, request, party, session.number, given, asked, told)
        except RulingRefused as error:
            told |= {error.field: _most(request, error)}
            value = await case_of(db, request, party, session.number, given or {"": ""}, None, told)
    fragment = "HX-Request" in request.headers
    status = HTTPStatus.UNPROCESSABLE_ENTITY if told and not fragment else HTTPStatus.OK
    return face(request, "ruling.html", value, status)


def _words(request: web.Request, told: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, in the reader's language."""
    _ = texts(request)
    known = {
        "figures": _("Write figures, for example 12.5"),
        "whole": _("Together the shares are more than the whole"),
        "why": _("Say why: both sides will read it"),
        "changed": _("The sums are not those that you saw. Look once more"),
        "ruled": _("Somebody has ruled meanwhile. Look at it first"),
    }
    return {field: known.get(code, code) for field, code in told.items()}


def _most(request: web.Request, error: RulingRefused) -> str:
    _, most = texts(request), money_text(error.most, request[LOCALE])
    known = {
        "pay": _("A penalty takes {sum} at most: what the consultant gets", sum=most),
        "budget": _("There are {sum} for bonuses", sum=most),
        "given": _("A bonus or a penalty was given already: {sum}", sum=most),
    }
    return known[error.why]
