"""The balance, its movements, and putting money in."""

import re

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker.parties import Party
from ledger import Money, TopUp
from ledger.control import (
    OverLimit,
    Rail,
    Switch,
    SwitchedOff,
    WrongRail,
    rails_of,
    require_gateway,
    require_open,
)
from web.acting import own
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields, local_path, money_of, see
from web.gather import minutes_for, rate_of, wallet_of
from web.keys import CLOCK, DB, GATEWAY, LOCALE, SETTINGS
from web.login import require_party
from web.means import means_of
from web.settings import new_token
from web.shapes import TopUpForm, TopUpView
from web.words import field_text, money_text

AMOUNTS = (Money(50_000), Money(100_000), Money(300_000))
LEAST = Money(10_000)
KEY_CHARS_MAX = 60
VERSION = re.compile("[0-9]{1,18}")


async def show(request: web.Request) -> web.StreamResponse:
    """Balance and movements, fifty at a time; `before` is the version of the last line seen."""
    party, before = require_party(request), request.query.get("before", "")
    async with request.app[DB].reading() as db:
        value = await wallet_of(
            db,
            party,
            await rate_of(db, party, request.app[CLOCK]()),
            request.app[CLOCK](),
            int(before) if VERSION.fullmatch(before) else None,
        )
    return face(request, "wallet.html", value)


async def show_form(request: web.Request) -> web.StreamResponse:
    return face(request, "top_up.html", await _form(request, request.query.get("back")))


async def begin(request: web.Request) -> web.StreamResponse:
    """Start a payment once for the form's key and send the payer to the bank."""
    party, given, _ = require_party(request), await fields(request), texts(request)
    amount = money_of(given.get("amount", ""))
    back = local_path(given.get("back"), "")
    if amount is None or amount < LEAST:
        wrong = {"amount": _("Write a sum of 100 ₽ or more, in figures")}
        form = await _form(request, back, field_text(amount) if amount else "", wrong)
        return face(request, "top_up.html", form, 422)
    key = (given.get("key") or new_token())[:KEY_CHARS_MAX]
    top_up_id = f"{party.id[:12]}-{key}"
    home = f"{request.app[SETTINGS].origin}/wallet/top-up/{top_up_id}"
    at, gateway = request.app[CLOCK](), request.app[GATEWAY].name
    try:
        async with request.app[DB].transaction() as db:
            planned = await ledger.plan_top_up(
                db, gateway, party.id, amount, home, at, top_up_id, actor=own(request)
            )
    except OverLimit as error:
        left = money_text(error.limit - error.used, request[LOCALE])
        wrong = {"amount": _("Today you can top up by {sum} more at most", sum=left)}
        form = await _form(request, back, field_text(amount), wrong)
        return face(request, "top_up.html", form, 422)
    top_up = await _at_the_bank(request, planned)
    response = see(request, top_up.url or f"/wallet/top-up/{top_up_id}", top_up)
    if back:
        response.set_cookie("back", back, max_age=3600, httponly=True, samesite="Lax")
    return response


async def show_top_up(request: web.Request) -> web.StreamResponse:
    """What became of a payment; a bank that was not asked, or was silent, is asked now.

    Raises: NotFound for another party's.
    """
    party = require_party(request)
    async with request.app[DB].reading() as db:
        try:
            found = await ledger.top_up(db, request.match_info["id"])
        except ledger.LedgerError as error:
            raise NotFound() from error
    if found.party != party.id:
        raise NotFound()
    found = await _at_the_bank(request, found)
    async with request.app[DB].reading() as db:
        balance = await means_of(db, party.id, request.app[CLOCK]())
        rate = await rate_of(db, party, request.app[CLOCK]())
    value = TopUpView(
        id=found.id,
        state=found.state.value,
        amount=found.amount,
        balance=balance.available,
        minutes=minutes_for(balance.available, rate),
        refusal=found.refusal,
        url=found.url,
        back=local_path(request.cookies.get("back"), ""),
    )
    return face(request, "top_up_result.html", value)


async def _at_the_bank(request: web.Request, planned: TopUp) -> TopUp:
    """The top-up with its checkout open. No transaction waits for the bank, and whoever asks again
    after a crash asks under the same key; a silent bank leaves the top-up as it was."""
    gateway, at = request.app[GATEWAY], request.app[CLOCK]()
    if planned.gateway != gateway.name:
        return planned
    answer = await ledger.ask_checkout(gateway, planned, at)
    if answer is None:
        return planned
    async with request.app[DB].transaction() as db:
        return await ledger.note_checkout(db, planned.id, answer, at)


async def _form(
    request: web.Request, back: str | None, own: str = "", errors: dict[str, str] | None = None
) -> TopUpForm:
    party = require_party(request)
    async with request.app[DB].reading() as db:
        balance = await means_of(db, party.id, request.app[CLOCK]())
        closed = await _closed(db, request, party)
        rate = await rate_of(db, party, request.app[CLOCK]())
    return TopUpForm(
        closed=closed,
        balance=balance.available,
        amounts=AMOUNTS,
        rate=rate,
        key=new_token(),
        own=own,
        back=local_path(back, ""),
        errors=errors or {},
    )


async def _closed(db: AsyncConnection, request: web.Request, party: Party) -> str:
    """Why the form cannot be used now: "switched_off", "no_residence" or "wrong_rail"."""
    try:
        await require_open(db, Switch.TOP_UPS)
        await require_gateway(db, party.id, request.app[GATEWAY].name)
    except SwitchedOff:
        return "switched_off"
    except WrongRail as error:
        if not error.country:
            return "no_residence"
        return "wrong_rail" if Rail.BANK in await rails_of(db, party.id) else "switched_off"
    return ""
