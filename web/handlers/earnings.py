"""What a consultant has earned, and taking it out."""

from aiohttp import web

from broker.parties import Party
from ledger import LedgerError, payouts
from ledger.cards import connect
from ledger.control import Rail, WrongRail, residence
from web import step_up
from web.acting import own
from web.control_page import CURRENCY
from web.earnings_page import earnings_of
from web.errors import Forbidden
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.keys import CLOCK, DB, LOCALE, MONEY_DUE, PAYEES, SETTINGS
from web.login import require_party
from web.settings import new_token
from web.words import money_text

HOME = "/earnings"
KEY_CHARS_MAX = 60
FIELDS = ("bik", "account", "name", "inn")


async def show(request: web.Request) -> web.StreamResponse:
    """Pending, cleared, kept back, on the way; where payouts go; what was paid."""
    return face(request, "earnings.html", await earnings_of(request, _payee(request)))


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask for a payout, once for the form's key."""
    party, given, _ = _payee(request), await fields(request), texts(request)
    amount = money_of(given.get("amount", ""), given.get("currency", CURRENCY))
    if amount is None:
        return await _wrong(request, party, given, amount=_("Write a sum in figures"))
    key = (given.get("key") or new_token())[:KEY_CHARS_MAX]
    pay_out, at = f"{party.id[:12]}-{key}", request.app[CLOCK]()
    try:
        async with request.app[DB].transaction() as db:
            await payouts.request_pay_out(db, pay_out, party.id, amount, own(request), at)
    except payouts.NotCleared as error:
        most = money_text(error.cleared, request[LOCALE])
        return await _wrong(request, party, given, amount=_("{sum} at most", sum=most))
    except payouts.OutOfBounds as error:
        bounds = [one for one in (error.least, error.most) if one is not None]
        words = " \u2013 ".join(money_text(one, request[LOCALE]) for one in bounds)
        return await _wrong(request, party, given, amount=_("Between {sums}", sums=words))
    request.app[MONEY_DUE].set()
    return see(request, HOME)


async def call_off(request: web.Request) -> web.StreamResponse:
    """The payee wants it no more; what has left cannot be called off."""
    party, id = _payee(request), request.match_info["id"]
    async with request.app[DB].transaction() as db:
        await payouts.call_off(db, id, party.id, own(request), request.app[CLOCK]())
    return see(request, HOME)


async def set_bank(request: web.Request) -> web.StreamResponse:
    """A bank account to be paid to, confirmed; its digits have to agree with each other."""
    party, given = _payee(request), await fields(request)
    try:
        place = payouts.clean_place(*(given.get(name, "") for name in FIELDS))
    except payouts.BadPayee as error:
        return await _wrong(request, party, given, **{error.field: _slip(request, error)})
    asked = await step_up.asked(request, given)
    if asked is not None:
        return asked
    async with request.app[DB].transaction() as db:
        at = request.app[CLOCK]()
        await payouts.change_details(db, party.id, Rail.BANK, place, own(request), at)
    return see(request, HOME)


async def set_weekly(request: web.Request) -> web.StreamResponse:
    """Whether what has cleared is paid out by itself once a week."""
    party, wish = _payee(request), (await fields(request)).get("weekly") == "yes"
    async with request.app[DB].transaction() as db:
        await payouts.set_weekly(db, party.id, wish, own(request), request.app[CLOCK]())
    return see(request, HOME)


async def open_account(request: web.Request) -> web.StreamResponse:
    """To the processor's questions: the account is made first, under a stored key."""
    asked = await step_up.asked(request, await fields(request))
    if asked is not None:
        return asked
    party, keeper, at = _payee(request), request.app[PAYEES], request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        home = await residence(db, party.id)
        if home is None and keeper.name != Rail.DEMO.value:
            raise WrongRail(party.id, Rail.CARD.value, "")
        country, email = home.country if home else "", party.email or ""
        planned = await connect.plan_account(
            db, party.id, keeper.name, country, email, own(request), at
        )
    transaction, clock = request.app[DB].transaction, request.app[CLOCK]
    account = await connect.open_account(transaction, keeper, clock, planned)
    back = f"{request.app[SETTINGS].origin}/earnings/account"
    try:
        return see(request, await connect.onboarding_url(keeper, account, back, back))
    except LedgerError:
        return see(request, HOME)  # silent: the page says so, and the teller makes it later


async def return_from_account(request: web.Request) -> web.StreamResponse:
    """Back from the processor, or its link is over: look how the account stands now."""
    party, keeper = _payee(request), request.app[PAYEES]
    async with request.app[DB].reading() as db:
        account = await connect.account_of(db, party.id, keeper.name)
    if account is not None:
        transaction, clock = request.app[DB].transaction, request.app[CLOCK]
        await connect.see_account(transaction, keeper, clock, account)
    return see(request, HOME)


def _payee(request: web.Request) -> Party:
    """Raises: LoginNeeded, Forbidden for whoever does not consult."""
    party = require_party(request, "consultant")
    if party.guest:
        raise Forbidden("account_needed")
    return party


def _slip(request: web.Request, error: payouts.BadPayee) -> str:
    _ = texts(request)
    if error.why == "check_digit":
        return _("There is a slip: the check digit does not agree")
    if error.field == "name":
        return _("Write the name as the bank knows it")
    counts = {"bik": _("9 digits"), "account": _("20 digits"), "inn": _("10 or 12 digits")}
    return counts.get(error.field, _("Check it"))


async def _wrong(
    request: web.Request, party: Party, given: object, **errors: str
) -> web.StreamResponse:
    typed = {str(k): str(v) for k, v in dict(given).items()}  # type: ignore[call-overload]
    value = await earnings_of(request, party, typed, errors)
    return face(request, "earnings.html", value, 422)
