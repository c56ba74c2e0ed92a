"""Lines that nobody could be named for: one proposes, a second one confirms or declines."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import InsufficientFunds, bank
from ledger.bank import LineDecided, LineUnknown, ProposalFaulty, ProposalUnknown
from ledger.control import ApprovalEnded, NothingSaid, SamePerson
from web.acting import OFFICES, officer
from web.bank_page import questions_page_of
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB
from web.login import require_party

HOME = "/bank/questions"
CHARS_MAX = 200
WHY_CHARS_MAX = 500


async def show(request: web.Request) -> web.StreamResponse:
    """Every line that waits, oldest first."""
    return await _page(request)


async def propose(request: web.Request) -> web.StreamResponse:
    """Say what a line is: whose wallet (by e-mail or invoice), a fee, the platform's own."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    line, kind = request.match_info["id"], given.get("kind", "")
    whose, why = given.get("whose", "").strip()[:CHARS_MAX], given.get("why", "")[:WHY_CHARS_MAX]
    _ = texts(request)
    if not why.strip():
        return await _page(request, {line: _("Say why: it goes into the journal")}, 422)
    try:
        async with request.app[DB].transaction() as db:
            party, invoice = await _named(db, whose) if kind == "wallet" else ("", "")
            asked = await bank.propose_line(db, line, kind, party, invoice, actor, why, at)
    except LineUnknown as error:
        raise NotFound() from error
    except ProposalFaulty:
        return await _page(request, {line: _("Nobody has this e-mail or invoice")}, 422)
    except LineDecided:
        return await _page(request, {line: _("Somebody was faster: look again")}, 409)
    return see(request, HOME, asked)


async def decide(request: web.Request) -> web.StreamResponse:
    """The second person confirms, and the money moves; or declines with a reason."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    line, _ = request.match_info["id"], texts(request)
    try:
        async with request.app[DB].transaction() as db:
            if given.get("decision") == "confirm":
                await bank.confirm_line(db, line, actor, at)
            else:
                await bank.decline_line(db, line, actor, given.get("why", "")[:WHY_CHARS_MAX], at)
    except (LineUnknown, ProposalUnknown) as error:
        raise NotFound() from error
    except SamePerson:
        return await _page(request, {line: _("Yours: somebody else decides")}, 403)
    except NothingSaid:
        return await _page(request, {line: _("Say why: it goes into the journal")}, 422)
    except InsufficientFunds:
        return await _page(request, {line: _("The wallet has less than that")}, 409)
    except (LineDecided, ApprovalEnded):
        return await _page(request, {line: _("Somebody was faster: look again")}, 409)
    return see(request, HOME)


async def _named(db: AsyncConnection, whose: str) -> tuple[str, str]:
    """Party and invoice: an e-mail names the one, a number both (the room finds its party)."""
    numbers = bank.numbers_in(whose)
    if len(numbers) == 1:
        return "", next(iter(numbers))
    try:
        found = await parties.by_email(db, whose)
    except parties.BadParty:
        found = None
    return (found.id if found else ""), ""


async def _page(
    request: web.Request, errors: dict[str, str] | None = None, status: int = 200
) -> web.StreamResponse:
    party = require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await questions_page_of(db, request, party, errors)
    return face(request, "bank_questions.html", value, status)
