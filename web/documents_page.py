"""Gathers the list of issued documents: filter, one page, totals of all pages, what is ticked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from ledger import Money
from reports import Listed, PapersAsked
from web.acting import reads_all
from web.exports_page import KINDS
from web.listing import address, chosen, page_asked, page_of, periods_until, typed
from web.shapes import Paper
from web.shapes_lists import Documents, DocumentsFilter
from web.spans import Span, span_of

HOME = "/documents"
ROWS_ON_PAGE = 50
TICKS_MAX = 200
STATES = ("superseded", "all")  # what is in force needs no name
COUNTED = "act"  # a protocol tells of the same money as its act
_NUMBER = re.compile(r"[A-Z]{1,3}-\d{4}-\d{6,12}(-r\d{1,6})?")


def filter_of(
    party: Party, query: Mapping[str, str], zone: ZoneInfo
) -> tuple[DocumentsFilter, PapersAsked]:
    """The filter as it was typed, and what it asks for."""
    name, span = span_of(query)
    days = span if name == "own" else Span()
    own = not reads_all(party)
    asked = DocumentsFilter(
        period=name,
        since=days.since.isoformat() if days.since else "",
        until=days.until.isoformat() if days.until else "",
        kind=chosen(query.get("kind"), KINDS),
        party="" if own else typed(query, "party"),
        state=chosen(query.get("state"), STATES),
    )
    since, until = span.moments(zone)
    whose = party.id if own else None
    state = asked.state or "issued"
    return asked, PapersAsked(whose, asked.kind, since, until, asked.party, state)


async def documents_page(
    db: AsyncConnection,
    party: Party,
    query: Mapping[str, str],
    zone: ZoneInfo,
    at: datetime,
    ticks: Iterable[str] = (),
) -> Documents:
    """The page of the list that the address names; `ticks` are the numbers chosen so far."""
    asked, wanted = filter_of(party, query, zone)
    ticked = ticks_of(ticks)
    totals = await reports.paper_totals(db, wanted)
    count = sum(one.count for one in totals)
    pages = page_of(HOME, asdict(asked), page_asked(query), count, ROWS_ON_PAGE)
    skip = (pages.number - 1) * ROWS_ON_PAGE
    listed = await reports.listed_papers(db, wanted, ROWS_ON_PAGE, skip)
    papers = tuple(map(paper_of_line, listed))
    here = {one.number for one in papers}
    counted = [one for one in totals if one.kind == (asked.kind or COUNTED)]
    sums = tuple(Money(one.minor, one.currency) for one in counted) or (Money(0),)
    return Documents(
        papers=papers,
        total=sums[0],
        totals=sums,
        count=count,
        pages=pages,
        filter=asked,
        filtered=asked != DocumentsFilter(),
        periods=periods_until(at, zone),
        own=wanted.party is not None,
        ticked=ticked,
        elsewhere=tuple(number for number in ticked if number not in here),
    )


def ticks_of(given: Iterable[str]) -> tuple[str, ...]:
    """Numbers of documents, each once, so many at most; what is no number is left out."""
    found = dict.fromkeys(one for one in given if _NUMBER.fullmatch(one))
    return tuple(found)[:TICKS_MAX]


def ticked_address(asked: DocumentsFilter, page: str, ticks: Sequence[str]) -> str:
    """A page of the list with the filter and the ticks in its address."""
    path = address(HOME, {**asdict(asked), "page": page})
    if not ticks:
        return path
    return path + ("&" if "?" in path else "?") + urlencode([("n", one) for one in ticks])


def paper_of_line(one: Listed) -> Paper:
    """A superseded file goes by its exact name."""
    return Paper(
        number=one.name if one.superseded else one.number,
        kind=one.kind,
        issued_on=one.issued_at,
        party=", ".join(one.parties),
        amount=Money(one.minor, one.currency),
        state="superseded" if one.superseded else "issued",
        sha256=one.sha256,
        session=one.session,
    )
