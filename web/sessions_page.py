"""Gathers the list of a party's sessions: the filter, one page, totals of all pages."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from ledger import Money
from reports import SessionsAsked, tally
from web.listing import address, chosen, page_asked, page_of, periods_until, typed
from web.shapes import SessionRow
from web.shapes_lists import Sessions, SessionsFilter
from web.spans import Span, span_of

ROWS_ON_PAGE = 20
HOME = "/sessions"
FILES = ("xlsx", "csv-ru", "csv")
FILE = "/sessions/register"
SIDES = {"consultant": "host", "client": "client"}  # side of a page to the side of a session


def asked_of(
    party: Party, query: Mapping[str, str], zone: ZoneInfo
) -> tuple[SessionsFilter, SessionsAsked]:
    """The filter as it was typed, and what it asks for; what makes no sense asks for nothing."""
    name, span = span_of(query)
    own = span if name == "own" else Span()
    asked = SessionsFilter(
        period=name,
        since=own.since.isoformat() if own.since else "",
        until=own.until.isoformat() if own.until else "",
        side=chosen(query.get("side"), sides_of(party)),
        who=typed(query, "who"),
        topic=typed(query, "topic"),
        outcome=chosen(query.get("outcome"), tally.OUTCOMES),
    )
    since, until = span.moments(zone)
    side = SIDES.get(asked.side, "")
    wanted = SessionsAsked(party.id, side, since, until, asked.who, asked.topic, asked.outcome)
    return asked, wanted


def sides_of(party: Party) -> tuple[str, ...]:
    return tuple(side for side in SIDES if side in party.roles)


async def sessions_page(
    db: AsyncConnection, party: Party, query: Mapping[str, str], zone: ZoneInfo, at: datetime
) -> Sessions:
    """The page of the list that the address names."""
    asked, wanted = asked_of(party, query, zone)
    kept = asdict(asked)
    found = await reports.session_totals(db, wanted)
    pages = page_of(HOME, kept, page_asked(query), found.count, ROWS_ON_PAGE)
    skip = (pages.number - 1) * ROWS_ON_PAGE
    lines = await reports.session_lines(db, wanted, ROWS_ON_PAGE, skip)
    filtered = asked != SessionsFilter()
    ever = bool(lines) or (
        filtered and bool(await reports.session_lines(db, SessionsAsked(party.id), 1))
    )
    return Sessions(
        rows=tuple(row_of_line(one, party.id) for one in lines),
        count=found.count,
        clock_s=found.clock_s,
        costs=tuple(Money(minor, code) for code, minor in sorted(found.charged.items())),
        pages=pages,
        filter=asked,
        filtered=filtered,
        ever=ever,
        periods=periods_until(at, zone),
        sides=sides_of(party),
        outcomes=tally.OUTCOMES,
        files=tuple((form, address(FILE, kept | {"form": form})) for form in FILES),
    )


def row_of_line(one: tally.SessionLine, viewer: str) -> SessionRow:
    return SessionRow(
        number=one.number,
        at=one.began_at,
        topic=one.topic,
        other=one.client[1] if one.host[0] == viewer else one.host[1],
        clock_s=one.clock_s,
        cost=Money(one.charged, one.currency),
        state=one.state,
        outcome=one.outcome,
    )
