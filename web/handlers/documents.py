"""Issued documents: the accountant's list, and each file as it was issued."""

from datetime import UTC, date, datetime, time, timedelta

from aiohttp import hdrs, web
from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker import sessions
from broker.parties import Party
from ledger import Money
from web.errors import NotFound
from web.faces import face
from web.keys import DB
from web.login import require_party
from web.session_page import paper_of
from web.shapes import Documents

FOUND_MAX = 500
KINDS = ("protocol", "act")
READS_ALL = frozenset({"accountant", "curator"})


async def list_all(request: web.Request) -> web.StreamResponse:
    """What the filter finds, newest first, with the total of what counts."""
    party = require_party(request, "accountant", "curator", "consultant", "client")
    query, own = request.query, not party.roles & READS_ALL
    since, until = _day(query.get("since")), _day(query.get("until"))
    kind = query.get("kind", "") if query.get("kind") in KINDS else ""
    wanted = reports.Filter(
        party=party.id if own else None,
        kind=kind or None,
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)) if until else None,
        limit=FOUND_MAX,
    )
    async with request.app[DB].reading() as db:
        found = [paper_of(one) for one in await reports.documents(db, wanted)]
    name = "" if own else query.get("party", "").strip()[:80]
    papers = tuple(p for p in found if name.casefold() in p.party.casefold())
    counted = [p for p in papers if p.state == "issued"]
    value = Documents(
        papers=papers,
        total=sum((p.amount for p in counted), Money(0)),
        count=len(counted),
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        kind=kind,
        party=name,
        own=own,
    )
    return face(request, "documents.html", value)


async def download(request: web.Request) -> web.StreamResponse:
    """The file itself, byte for byte. Raises: NotFound to whoever has no right to it."""
    party = require_party(request)
    async with request.app[DB].reading() as db:
        try:
            paper = await reports.document(db, request.match_info["number"])
        except reports.PaperError as error:
            raise NotFound() from error
        if not party.roles & READS_ALL:
            await _check_own(db, party, paper.issued.session)
    name = f"{paper.issued.name}.pdf"
    return web.Response(
        body=paper.pdf,
        content_type="application/pdf",
        headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
    )


async def _check_own(db: AsyncConnection, party: Party, number: str) -> None:
    try:
        (await sessions.session(db, number)).role_of(party.id)
    except sessions.errors.SessionsError as error:
        raise NotFound() from error


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
