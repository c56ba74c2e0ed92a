"""The books: trial balance, accounts, statements, journals, exports, the closing of months."""

from collections.abc import Callable

from aiohttp import hdrs, web

from ledger import books, control
from ledger.books import BadExport, ClosingRefused, Format, Period
from web.acting import OFFICES, officer
from web.books_page import (
    about_page_of,
    accounts_page_of,
    asked_of,
    closing_page_of,
    journal_page_of,
    journals_page_of,
    statement_page_of,
    trial_page_of,
)
from web.books_query import (
    ACCOUNT_KINDS,
    NO_OWNER,
    Question,
    day_of,
    line_of,
    number_of,
    question_of,
    typed_of,
)
from web.errors import BadInput, NotFound
from web.exporting import cut, one_of_few
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB
from web.login import require_party
from web.shapes_books import ExportPage

HOME = "/books"


async def show(request: web.Request) -> web.StreamResponse:
    """The trial balance of a period, by kind of account, and the months that are closed."""
    question = _asked(request)
    async with request.app[DB].reading() as db:
        value = await trial_page_of(db, question)
    return face(request, "books.html", value, _status(question))


async def show_accounts(request: web.Request) -> web.StreamResponse:
    """The accounts of a kind; `after` is the owner that the last page ended with."""
    question, kind = _asked(request), ACCOUNT_KINDS.get(request.match_info["kind"])
    if kind is None:
        raise NotFound()
    async with request.app[DB].reading() as db:
        value = await accounts_page_of(db, question, kind, request.query.get("after"))
    return face(request, "books_accounts.html", value, _status(question))


async def show_statement(request: web.Request) -> web.StreamResponse:
    """One account over a period: opening, entries by day, closing."""
    question, kind = _asked(request), ACCOUNT_KINDS.get(request.match_info["kind"])
    if kind is None:
        raise NotFound()
    owner = request.match_info["owner"]
    after = line_of(request.query.get("after", ""))
    async with request.app[DB].reading() as db:
        value = await statement_page_of(
            db, question, kind, "" if owner == NO_OWNER else owner, after
        )
    return face(request, "books_statement.html", value, _status(question))


async def list_journals(request: web.Request) -> web.StreamResponse:
    """Journals by period, kind, reference, account and amount, the newest first."""
    question, typed = _asked(request), typed_of(request.query)
    before = number_of(request.query.get("before", ""))
    async with request.app[DB].reading() as db:
        value = await journals_page_of(db, question, typed, before)
    return face(request, "books_journals.html", value, _status(question))


async def show_journal(request: web.Request) -> web.StreamResponse:
    """A journal with its entries and what it is about."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await journal_page_of(db, request.match_info["id"])
    if value is None:
        raise NotFound()
    return face(request, "books_journal.html", value)


async def show_about(request: web.Request) -> web.StreamResponse:
    """Everything on the books about a session or a payment."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await about_page_of(db, request.match_info["ref"])
    if not value.journals and not value.papers:
        raise NotFound()
    return face(request, "books_about.html", value)


async def show_export(request: web.Request) -> web.StreamResponse:
    """The form for the journal as a file."""
    question = _asked(request)
    async with request.app[DB].reading() as db:
        value = ExportPage(await asked_of(db, question), tuple(form.value for form in Format))
    return face(request, "books_export.html", value, _status(question))


async def download(request: web.Request) -> web.StreamResponse:
    """The journal as a file, in pieces; a period that is none shows the form again."""
    question = _asked(request)
    if question.errors:
        return await show_export(request)
    try:
        form = books.format_of(request.query.get("format", ""))
    except BadExport as error:
        raise BadInput("format") from error
    period = Period(question.first, question.last)
    response = web.StreamResponse()
    response.content_type = form.media_type
    if form.media_type.startswith("text/"):
        response.charset = "utf-8"
    name = books.file_name(form, period)
    response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    async with one_of_few(), request.app[DB].reading() as db:
        await response.prepare(request)
        try:
            async for piece in books.export_journal(db, form, period):
                await response.write(piece)
        except Exception:
            cut(request)
            raise
    await response.write_eof()
    return response


async def show_closing(request: web.Request) -> web.StreamResponse:
    """What would be closed, before it is."""
    require_party(request, *OFFICES)
    return await _closing(request, _month(request.query.get("first")))


async def close(request: web.Request) -> web.StreamResponse:
    """Close a month for ever; `sure` says that the person has read what that means."""
    actor, given, at = officer(request), await fields(request), request.app[CLOCK]()
    month, _ = _month(given.get("first")), texts(request)
    if given.get("sure") != "yes":
        return await _closing(request, month, _("Say that you are sure"), 422)
    try:
        async with request.app[DB].transaction() as db:
            done = await books.close_period(db, month.first, month.last, actor.party, at)
            facts = {"last": str(month.last), "manifest": done.manifest}
            await control.record(
                db, actor, "period.closed", f"period:{month.first}", "", at, **facts
            )
    except ClosingRefused as error:
        return await _closing(request, month, _refusal(error, _), 409)
    return see(request, f"{HOME}?first={month.first}&last={month.last}", done)


async def _closing(
    request: web.Request, month: Period, problem: str = "", status: int = 200
) -> web.StreamResponse:
    async with request.app[DB].reading() as db:
        value = await closing_page_of(db, month, problem)
    return face(request, "books_closing.html", value, status)


def _refusal(error: ClosingRefused, _: Callable[..., str]) -> str:
    said = {
        "not_over": _("This month is not over yet"),
        "closed_already": _("This month is closed already"),
        "out_of_order": _("An earlier month is still open: close it first"),
    }
    return said.get(error.reason, _("This cannot be done now"))


def _month(text: str | None) -> Period:
    day = day_of(text)
    if day is None:
        raise BadInput("first")
    return books.month_of(day)


def _asked(request: web.Request) -> Question:
    """The period of the address. Raises: LoginNeeded, Forbidden for a party in no office."""
    require_party(request, *OFFICES)
    return question_of(request.query, request.app[CLOCK]().date(), texts(request))


def _status(question: Question) -> int:
    return 422 if question.errors else 200
