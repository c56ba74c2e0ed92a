"""Gathers a month of sessions in figures: as a consultant, as a client, or of everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from ledger import Money
from reports import SessionsAsked, tally
from web.acting import reads_all
from web.listing import address, chosen, periods_until
from web.sessions_page import FILE, SIDES, sides_of
from web.shapes_lists import CutRow, CutTable, DayBar, Reports
from web.spans import Span, later, named_span

HOME = "/reports"
OFFICE = "office"
HOME_CURRENCY = "RUB"
THOUSANDTHS = 1000
DAY = timedelta(days=1)
# What a side is told of money: names of the fields of `Sums`.
COLUMNS = {
    "consultant": ("paid", "refunded", "waits", "consultant", "connection"),
    "client": ("paid", "refunded", "kept"),
    OFFICE: ("paid", "connection", "refunded", "waits", "consultant", "platform"),
}
CUTS = {
    "consultant": ("client", "outcome"),
    "client": ("consultant", "outcome"),
    OFFICE: ("consultant", "client", "pair", "outcome"),
}
CUTTERS = {
    "client": tally.by_client,
    "consultant": tally.by_consultant,
    "pair": tally.by_pair,
    "outcome": tally.by_outcome,
}
PAPERS = {"consultant": "earnings", "client": "client", OFFICE: ""}


async def reports_page(
    db: AsyncConnection, party: Party, query: Mapping[str, str], zone: ZoneInfo, at: datetime
) -> Reports:
    """The month that the address names, this one when it names none."""
    sides = (*sides_of(party), *([OFFICE] if reads_all(party) else []))
    side = chosen(query.get("side"), sides) or sides[0]
    today = at.astimezone(zone).date()
    first, ending = _month(query.get("month", ""), today)
    span = Span(first, ending)
    since, until = span.moments(zone)
    who = "" if side == OFFICE else party.id
    asked = SessionsAsked(who, SIDES.get(side, ""), since, until, over=True)
    lines = await reports.session_lines(db, asked)
    currencies = sorted({one.currency for one in lines})
    currency = chosen(query.get("currency"), currencies) or _first(currencies)
    lines = [one for one in lines if one.currency == currency]
    kept = {"month": f"{first:%Y-%m}", "side": side if len(sides) > 1 else ""}
    last = None if lines else await reports.last_before(db, replace(asked, since=None))
    return Reports(
        side=side,
        sides=sides,
        month=kept["month"],
        first=first,
        previous=_link(kept, later(first, -1)),
        next=_link(kept, later(first, 1)) if ending < today else "",
        periods=tuple(one for one in periods_until(at, zone) if "Q" not in one.name),
        currency=currency,
        currencies=tuple(currencies) if len(currencies) > 1 else (),
        columns=COLUMNS[side],
        total=_row(tally.Cut((), tally.sums_of(lines)), side, currency),
        days=_days(lines, span, zone, side, currency),
        tables=_tables(lines, side, currency),
        last=last.astimezone(zone).date().replace(day=1) if last else None,
        file=_file(kept["month"], side) if lines and side != OFFICE else "",
        paper=_paper(first, ending, side) if lines else "",
    )


def _first(currencies: Sequence[str]) -> str:
    """The money of the house where there is any."""
    return HOME_CURRENCY if HOME_CURRENCY in currencies or not currencies else currencies[0]


def _month(name: str, today: date) -> tuple[date, date]:
    """The first and the last day of the month that is named, of today's when none is."""
    first = today.replace(day=1)
    named = named_span(name) if "Q" not in name else None
    if named and named.since:
        first = named.since
    return first, later(first, 1) - DAY


def _link(kept: Mapping[str, str], first: date) -> str:
    return address(HOME, {**kept, "month": f"{first:%Y-%m}"})


def _file(month: str, side: str) -> str:
    return address(FILE, {"period": month, "side": side, "form": "xlsx"})


def _paper(first: date, ending: date, side: str) -> str:
    """Where a paper for these days is made, on which the same money stands."""
    days = {"since": first.isoformat(), "until": ending.isoformat()}
    return address("/documents/period", {"kind": PAPERS[side], **days})


def _row(cut: tally.Cut, side: str, currency: str) -> CutRow:
    sums = cut.sums
    money = tuple(Money(getattr(sums, name), currency) for name in COLUMNS[side])
    return CutRow(cut.names, sums.sessions, sums.clock_s, money, cut.merged)


def _tables(lines: Sequence[tally.SessionLine], side: str, currency: str) -> tuple[CutTable, ...]:
    return tuple(
        CutTable(by, tuple(_row(one, side, currency) for one in CUTTERS[by](lines)))
        for by in (CUTS[side] if lines else ())
    )


def _days(
    lines: Sequence[tally.SessionLine], span: Span, zone: ZoneInfo, side: str, currency: str
) -> tuple[DayBar, ...]:
    days = span.days()
    cuts = tally.by_day(lines, days, zone) if lines else ()
    most = max((one.sums.clock_s for one in cuts), default=0) or 1
    return tuple(
        DayBar(day, one.sums.clock_s * THOUSANDTHS // most, _row(one, side, currency))
        for day, one in zip(days, cuts, strict=False)
    )
