"""Unspent money back to the cards that it came from."""

from aiohttp import web

from ledger import cards
from web.acting import own
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.keys import CARD_NEWS, CLOCK, DB, GATEWAY, LOCALE
from web.login import require_party
from web.refund_page import page_of
from web.settings import new_token
from web.words import field_text, money_text

HERE = "/wallet/refund"
KEY_CHARS_MAX = 60
WHY_CHARS_MAX = 200


async def show(request: web.Request) -> web.StreamResponse:
    """What can be had back, and every refund asked for so far."""
    party = require_party(request)
    async with request.app[DB].reading() as db:
        value = await page_of(db, party, request.app[GATEWAY].name)
    return face(request, "refund.html", value)


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask once for the form's key; the money is held at once and goes back by itself."""
    party, given, _ = require_party(request), await fields(request), texts(request)
    amount, why = money_of(given.get("amount", "")), given.get("why", "")[:WHY_CHARS_MAX]
    if amount is None:
        return await _again(request, "", _("Write a sum, in figures"))
    id = f"{party.id[:12]}-{(given.get('key') or new_token())[:KEY_CHARS_MAX]}"
    at = request.app[CLOCK]()
    try:
        async with request.app[DB].transaction() as db:
            asked = await cards.ask_refund(db, id, party.id, amount, own(request), why, at)
    except cards.NothingToRefund as error:
        most = money_text(error.available, request[LOCALE])
        wrong = _("At most {sum} can go back now", sum=most)
        return await _again(request, field_text(amount), wrong)
    request.app[CARD_NEWS].set()
    return see(request, HERE, asked)


async def _again(request: web.Request, typed: str, wrong: str) -> web.StreamResponse:
    party = require_party(request)
    async with request.app[DB].reading() as db:
        gateway = request.app[GATEWAY].name
        value = await page_of(db, party, gateway, typed, {"amount": wrong})
    return face(request, "refund.html", value, 422)
