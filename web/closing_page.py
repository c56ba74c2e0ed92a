"""Gathers the page of the closing of months."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker.parties import Party
from ledger import Money
from reports import Month
from web import closing_rows as rows
from web.closing_rows import DONE, Closing
from web.keys import CLOCK, SEALER, SETTINGS
from web.shapes_closing import ClosingFault, ClosingPage, ClosingView

MONTHS = 12
HOME_CURRENCY = "RUB"
FAULTS_SHOWN = 20


async def page_of(db: AsyncConnection, app: web.Application, party: Party) -> ClosingPage:
    """What can be closed, and how far each month is."""
    last = Month.of(app[CLOCK]().astimezone(app[SEALER].issuer.zone).date()).before
    months = [last]
    while len(months) < MONTHS:
        months.append(months[-1].before)
    others = [one for one in await ledger.currencies(db) if one != HOME_CURRENCY]
    found = [await _view(db, one) for one in await rows.listed(db)]
    return ClosingPage(
        months=tuple(one.first for one in months),
        currencies=(HOME_CURRENCY, *others),
        issues="accountant" in party.roles,
        day=app[SETTINGS].closing_day,
        busy=any(one.state != DONE for one in found),
        closings=tuple(found),
    )


async def _view(db: AsyncConnection, one: Closing) -> ClosingView:
    faults = await rows.faults_of(db, one.book) if one.faults else []
    currency = one.book.currency
    return ClosingView(
        month=one.book.month.first,
        currency=currency,
        language=one.book.locale,
        state=one.state,
        round=one.round,
        done=one.done,
        total=one.total,
        issued=one.issued,
        letters=one.letters,
        acts=one.sums.acts,
        certified=Money(one.sums.certified, currency),
        turnover=Money(one.sums.turnover, currency),
        asked_at=one.asked_at,
        done_at=one.done_at,
        fault_count=one.faults,
        faults=tuple(
            ClosingFault(fault.place.kind, fault.place.party, fault.text)
            for fault in faults[:FAULTS_SHOWN]
        ),
    )
