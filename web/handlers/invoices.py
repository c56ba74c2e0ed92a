"""Top-up by bank transfer: the client asks for an invoice, prints it or pays by its QR."""

from aiohttp import web

from ledger import bank
from ledger.bank import LEAST, MOST, Invoice, InvoiceUnknown, Payer, PayerFaulty
from web.acting import own, reads_all
from web.bank_page import invoice_page_of, invoices_page_of
from web.errors import NotFound
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.keys import CLOCK, DB, SETTINGS
from web.login import require_party
from web.payee import payee_of
from web.settings import new_token

HOME = "/wallet/invoice"
KEY_CHARS_MAX = 60


async def show(request: web.Request) -> web.StreamResponse:
    """The form of an invoice and those asked for before."""
    party = require_party(request)
    async with request.app[DB].reading() as db:
        value = await invoices_page_of(db, request, party)
    return face(request, "invoices.html", value)


async def issue(request: web.Request) -> web.StreamResponse:
    """An invoice, once for the form's key."""
    party, given, _ = require_party(request), await fields(request), texts(request)
    amount, payee = money_of(given.get("amount", "")), payee_of(request.app[SETTINGS])
    if payee is None:
        raise NotFound()
    if amount is None or not LEAST <= amount <= MOST:
        return await _again(request, {"amount": _("Write a sum of 100 ₽ or more, in figures")})
    payer = Payer(given.get("name", ""), given.get("inn", "").strip(), given.get("kpp", "").strip())
    key, at = (given.get("key") or new_token())[:KEY_CHARS_MAX], request.app[CLOCK]()
    try:
        async with request.app[DB].transaction() as db:
            made = await bank.issue_invoice(
                db, payee, party.id, payer, amount, own(request), at, key
            )
    except PayerFaulty as wrong:
        words = {"form": _("Such a number does not exist"), "check": _("A digit is mistyped")}
        errors = {name: words[why] for name, why in wrong.faults.items()}
        if "name" in errors:
            errors["name"] = _("Write who pays, 160 letters at most")
        return await _again(request, errors)
    return see(request, f"{HOME}/{made.number}", invoice_page_of(made))


async def show_one(request: web.Request) -> web.StreamResponse:
    """One invoice, to print. Raises: NotFound for another party's."""
    return face(request, "invoice.html", invoice_page_of(await _invoice(request)))


async def cancel(request: web.Request) -> web.StreamResponse:
    """Nobody will pay it."""
    found = await _invoice(request)
    async with request.app[DB].transaction() as db:
        gone = await bank.cancel_invoice(db, found.number, own(request), request.app[CLOCK]())
    return see(request, f"{HOME}/{found.number}", invoice_page_of(gone))


async def _invoice(request: web.Request) -> Invoice:
    party = require_party(request)
    async with request.app[DB].reading() as db:
        try:
            found = await bank.invoice(db, request.match_info["number"], request.app[CLOCK]())
        except InvoiceUnknown as error:
            raise NotFound() from error
    looks = request.method == "GET" and reads_all(party)
    if found.party != party.id and not looks:
        raise NotFound()
    return found


async def _again(request: web.Request, errors: dict[str, str]) -> web.StreamResponse:
    party, given = require_party(request), await fields(request)
    async with request.app[DB].reading() as db:
        value = await invoices_page_of(db, request, party, given, errors)
    return face(request, "invoices.html", value, 422)
