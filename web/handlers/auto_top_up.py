"""Agreeing to automatic top-ups, the card that pays for them, and the owner's confirmation."""

import structlog
from aiohttp import web

from broker.parties import Party
from ledger import LedgerError
from ledger.cards import auto_top_up
from web import wiring
from web.acting import own
from web.auto_top_up_page import CURRENCY, auto_top_up_of, setting_from
from web.errors import Forbidden
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CARDS, CLOCK, DB, MONEY_DUE, SETTINGS
from web.login import require_party
from web.settings import new_token

HOME = "/wallet/auto-top-up"
KEY_CHARS_MAX = 60

log = structlog.get_logger("web")


async def show(request: web.Request) -> web.StreamResponse:
    """What was agreed, the card, and every automatic top-up."""
    return face(request, "auto_top_up.html", await auto_top_up_of(request, _payer(request)))


async def agree(request: web.Request) -> web.StreamResponse:
    """Turn it on, or change its sums; without a card the bank's page for one comes next."""
    party, given = _payer(request), await fields(request)
    wanted, wrong = setting_from(party, given)
    try:
        if wanted is None:
            raise auto_top_up.BadSetting(wrong, "number")
        async with request.app[DB].transaction() as db:
            setting = await auto_top_up.agree(db, wanted, own(request), request.app[CLOCK]())
    except auto_top_up.BadSetting as error:
        value = await auto_top_up_of(request, party, given, {error.field: _slip(request, error)})
        return face(request, "auto_top_up.html", value, 422)
    request.app[MONEY_DUE].set()
    return see(request, HOME) if setting.enabled else await _to_the_bank(request, party, given)


async def turn_off(request: web.Request) -> web.StreamResponse:
    """Nothing more is charged by itself."""
    party, at = _payer(request), request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        await auto_top_up.turn_off(db, party.id, "owner", own(request), at)
    return see(request, HOME)


async def give_card(request: web.Request) -> web.StreamResponse:
    """To the bank's page where a card is given; nothing is charged there."""
    return await _to_the_bank(request, _payer(request), await fields(request))


async def _to_the_bank(request: web.Request, party: Party, given: object) -> web.StreamResponse:
    wish = dict(given).get("key") or new_token()  # type: ignore[call-overload]
    id = f"{party.id[:12]}-{str(wish)[:KEY_CHARS_MAX]}"
    keeper, back = request.app[CARDS], f"{request.app[SETTINGS].origin}/wallet/cards/{id}"
    async with request.app[DB].transaction() as db:
        planned = await auto_top_up.plan_setup(
            db, id, party.id, keeper.name, CURRENCY, back, request.app[CLOCK]()
        )
    transaction, clock = request.app[DB].transaction, request.app[CLOCK]
    opened = await auto_top_up.open_setup(transaction, keeper, clock, planned)
    return see(request, opened.url or HOME)


async def return_with_card(request: web.Request) -> web.StreamResponse:
    """Back from the bank's page: keep the card if it was given. Raises: SetupUnknown."""
    await finish(request, await _setup(request))
    return see(request, HOME)


async def finish(request: web.Request, setup: auto_top_up.CardSetup) -> None:
    """Look at the page; what waited for the card begins at once."""
    transaction, clock = request.app[DB].transaction, request.app[CLOCK]
    await auto_top_up.finish_setup(transaction, request.app[CARDS], clock, setup)
    request.app[MONEY_DUE].set()


async def _setup(request: web.Request) -> auto_top_up.CardSetup:
    party = _payer(request)
    async with request.app[DB].reading() as db:
        return await auto_top_up.setup_of(db, request.match_info["id"], party.id)


async def remove_card(request: web.Request) -> web.StreamResponse:
    """Forget the card, here and at the acquirer; automatic top-ups are off then."""
    party, at = _payer(request), request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        card = await auto_top_up.remove_card(db, party.id, own(request), at)
    try:
        await request.app[CARDS].forget(card.ref)
    except LedgerError as error:
        log.warning("a card is still known to the acquirer", why=str(error))
    return see(request, HOME)


async def confirm(request: web.Request) -> web.StreamResponse:
    """The bank wants the owner: to its page, about the same payment. Raises: RunUnknown."""
    party, id = _payer(request), request.match_info["id"]
    async with request.app[DB].transaction() as db:
        run, key = await auto_top_up.begin_confirmation(db, id, party.id)
    back = f"{request.app[SETTINGS].origin}{HOME}/{id}/confirmed"
    try:
        where = await request.app[CARDS].confirm(run.payment, run.card, back, key)
    except LedgerError as error:
        log.warning("a payment cannot be confirmed now", why=str(error))
        where = ""
    return see(request, where or back)


async def confirmed(request: web.Request) -> web.StreamResponse:
    """Back from the bank: only what the acquirer says counts. Raises: RunUnknown."""
    party, id = _payer(request), request.match_info["id"]
    async with request.app[DB].reading() as db:
        run = await auto_top_up.run_of(db, id, party.id)
    transaction, clock = request.app[DB].transaction, request.app[CLOCK]
    seen = await auto_top_up.look(transaction, request.app[CARDS], clock, run)
    if seen.state is not run.state:
        await wiring.paid_by_itself(request.app, seen.id)
    return see(request, HOME)


def _payer(request: web.Request) -> Party:
    """Raises: LoginNeeded, Forbidden for guests and officers."""
    party = require_party(request, "consultant", "client")
    if party.guest:
        raise Forbidden("account_needed")
    return party


def _slip(request: web.Request, error: auto_top_up.BadSetting) -> str:
    _ = texts(request)
    if error.why == "number":
        return _("Write a number")
    if error.field == "day_amount" and error.why == "too_small":
        return _("Not less than one top-up")
    return _("This is too little") if error.why == "too_small" else _("This is too much")
