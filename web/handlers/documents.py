"""Issued documents: the accountant's list, and each file as it was issued."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

import reports
from ledger import Money
from web.acting import reads_all
from web.faces import face
from web.keys import DB
from web.login import require_party
from web.papers import edition_of, paper_for
from web.session_page import names_of, newest_first, paper_of, paper_of_period
from web.shapes import Documents
from web.words import zone_of

FOUND_MAX = 500
NAME_CHARS_MAX = 80
YEARS = (2000, 2999)
KINDS = ("protocol", "act", "period-act", "statement")


async def list_all(request: web.Request) -> web.StreamResponse:
    """What the filter finds, newest first, with the total of what counts."""
    party = require_party(request, "accountant", "curator", "consultant", "client")
    query, own = request.query, not reads_all(party)
    zone = ZoneInfo(zone_of(request.cookies.get("zone")))
    wanted = _filter(query, party.id if own else None, zone)
    async with request.app[DB].reading() as db:
        issued = await reports.documents(db, wanted)
        names = await names_of(db, issued)
        periods = await reports.period_papers(db, wanted)
    name = "" if own else query.get("party", "").strip()[:NAME_CHARS_MAX]
    papers = [paper_of(one, names, party.id if own else "") for one in issued]
    papers = newest_first([*papers, *map(paper_of_period, periods)])[:FOUND_MAX]
    papers = [one for one in papers if name.casefold() in one.party.casefold()]
    summed = wanted.kind or "act"  # a protocol tells of the same money as its act
    value = Documents(
        papers=tuple(papers),
        total=sum((one.amount for one in papers if one.kind == summed), Money(0)),
        count=len(papers),
        since=query.get("since", "") if wanted.since else "",
        until=query.get("until", "") if wanted.until else "",
        kind=wanted.kind or "",
        party=name,
        own=own,
    )
    return face(request, "documents.html", value)


async def download(request: web.Request) -> web.StreamResponse:
    """The file itself, byte for byte, or its English edition. Raises: NotFound to whoever has no
    right to it."""
    party, number = require_party(request), request.match_info["number"]
    async with request.app[DB].reading() as db:
        paper = await paper_for(db, party, number)
    english = request.query.get("language") == "en" and isinstance(paper.issued, reports.Issued)
    name = f"{paper.issued.name}{'-en' if english else ''}.pdf"
    return web.Response(
        body=await edition_of(request.app, paper) if english else paper.pdf,
        content_type="application/pdf",
        headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
    )


def _filter(query: Mapping[str, str], party: str | None, zone: ZoneInfo) -> reports.Filter:
    """What was asked for; days are whole days of the reader, and what is no day is any."""
    since, until, kind = _day(query.get("since")), _day(query.get("until")), query.get("kind")
    return reports.Filter(
        party=party,
        kind=kind if kind in KINDS else None,
        since=_midnight(since, zone),
        until=_midnight(until + timedelta(days=1), zone) if until else None,
        limit=FOUND_MAX,
    )


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found and YEARS[0] <= found.year <= YEARS[1] else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
