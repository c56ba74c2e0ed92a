"""The bank for the accountant: accounts, statements looked at and then booked, payment orders."""

import re
from datetime import date

from aiohttp import hdrs, web
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import bank
from ledger.bank import BYTES_MAX, NothingDue, Outlook, StatementRefused
from web.acting import OFFICES, officer
from web.bank_page import (
    bank_page_of,
    import_page_of,
    lines_page_of,
    refused_page_of,
)
from web.errors import BadInput, NotFound
from web.faces import face, texts
from web.forms import posted, see
from web.keys import CLOCK, DB, SETTINGS
from web.login import require_party
from web.payee import payee_of
from web.shapes_bank import ImportPage

HOME = "/bank"
NAME_CHARS_MAX = 120
SHA256 = re.compile("[0-9a-f]{64}")


async def show(request: web.Request) -> web.StreamResponse:
    """Accounts with balances and differences, statements, payouts that are due."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await bank_page_of(db, request)
    return face(request, "bank.html", value)


async def show_lines(request: web.Request) -> web.StreamResponse:
    """The lines of an account, newest first."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        number = request.match_info["number"]
        if number not in {one.account.number for one in await bank.standings(db)}:
            raise NotFound()
        value = await lines_page_of(db, number, _day(request.query.get("before", "")))
    return face(request, "bank_lines.html", value)


async def show_import(request: web.Request) -> web.StreamResponse:
    """The form for a statement's file."""
    require_party(request, *OFFICES)
    return face(request, "bank_import.html", ImportPage())


async def look(request: web.Request) -> web.StreamResponse:
    """Read a file and show what booking it would do; nothing is booked yet."""
    actor, _ = officer(request), texts(request)
    upload = (await posted(request)).get("file")
    if not isinstance(upload, web.FileField):
        wrong = {"file": _("Choose the file of a statement")}
        return face(request, "bank_import.html", ImportPage(errors=wrong), 422)
    data, name = upload.file.read(BYTES_MAX + 1), upload.filename[:NAME_CHARS_MAX]
    at = request.app[CLOCK]()
    try:
        statement = await bank.read_statement(data)
        async with request.app[DB].transaction() as db:
            await _keep_own_account(request, db)
            seen = await bank.outlook(db, data, statement)
            await bank.look_at_file(db, name, data, actor, at)
    except StatementRefused as refused:
        return face(request, "bank_import.html", refused_page_of(name, refused), 422)
    return face(request, "bank_import.html", import_page_of(name, seen))


async def book(request: web.Request) -> web.StreamResponse:
    """Book a file that was looked at. What it brings is decided anew, on the books of now."""
    actor, at = officer(request), request.app[CLOCK]()
    name, data = await _kept(request)
    try:
        statement = await bank.read_statement(data)
        async with request.app[DB].transaction() as db:
            seen = await bank.book_statement(db, name, data, statement, actor, at)
    except StatementRefused as refused:
        return face(request, "bank_import.html", refused_page_of(name, refused), 422)
    return see(request, _booked(seen), import_page_of(name, seen))


async def make_orders(request: web.Request) -> web.StreamResponse:
    """A file of payment orders for every payout that may leave now."""
    actor, payee = officer(request), payee_of(request.app[SETTINGS])
    if payee is None:
        raise NotFound()
    try:
        async with request.app[DB].transaction() as db:
            made = await bank.make_order_file(db, payee, actor, request.app[CLOCK]())
    except NothingDue:
        return see(request, HOME)
    return see(request, HOME, made)


async def download_orders(request: web.Request) -> web.StreamResponse:
    """The file as it was made, in windows-1251."""
    require_party(request, *OFFICES)
    number = request.match_info["number"]
    async with request.app[DB].reading() as db:
        try:
            data = await bank.order_file(db, number)
        except bank.OrderFileUnknown as error:
            raise NotFound() from error
    name = f"1c_to_kl-{number}.txt"
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    return web.Response(
        body=data, content_type="text/plain", charset="windows-1251", headers=headers
    )


async def _keep_own_account(request: web.Request, db: AsyncConnection) -> None:
    payee = payee_of(request.app[SETTINGS])
    if payee is not None:
        await bank.keep_account(db, payee.requisites, request.app[CLOCK]())


async def _kept(request: web.Request) -> tuple[str, bytes]:
    sha256 = request.match_info["sha256"]
    if not SHA256.fullmatch(sha256):
        raise BadInput("file")
    async with request.app[DB].reading() as db:
        found = await bank.kept_file(db, sha256)
    if found is None:
        raise NotFound()
    return found


def _booked(seen: Outlook) -> str:
    return f"{HOME}?fresh={seen.fresh}&questions={seen.questions}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
