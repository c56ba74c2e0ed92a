"""Gathers the dashboard of a consultant or a client."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
import reports
from broker import sessions
from broker.parties import Party
from broker.sessions import Session, State
from ledger import Account, AccountKind
from metering import price_tag
from web.gather import minutes_for, plan_rate, row_of
from web.invitation import open_invite, view_of
from web.keys import CLOCK, SETTINGS
from web.listing import asked_here
from web.means import means_of
from web.sessions_page import SIDES
from web.shapes import Dashboard, NewSession, SessionRow
from web.spans import Span
from web.words import field_text

RECENT = 5
LOOK_BACK = 30
RUNNING = frozenset({State.TOGETHER, State.LIVE, State.PAUSED, State.FINAL})
OPEN = frozenset({State.CREATED, State.WAITING})


async def dashboard_of(
    db: AsyncConnection, request: web.Request, party: Party, wanted_side: str
) -> Dashboard:
    """The cabinet of one side of a party; a client has only the client's."""
    sides = tuple(role for role in ("consultant", "client") if role in party.roles)
    side = wanted_side if wanted_side in sides else sides[0]
    settings, at = request.app[SETTINGS], request.app[CLOCK]()
    rate = await plan_rate(db, "host-pays" if side == "consultant" else "client-pays", at)
    own = await metering.tariff_for(db, "client-pays", party.id)
    own_rate = price_tag(own, at)
    balance = await means_of(db, party.id, at)
    earned = await ledger.balance(db, Account(AccountKind.EARNINGS, party.id))
    all_of_party = await sessions.of_party(db, party.id, LOOK_BACK)
    mine = [s for s in all_of_party if (s.host == party.id) == (side == "consultant")]
    running = next((s for s in mine if s.state in RUNNING), None)
    waiting = next((s for s in mine if s.state in OPEN and side == "consultant"), None)
    invite = await open_invite(db, waiting.number, at) if waiting else None
    month = await reports.session_totals(db, _this_month(request, party, side))
    past = [s for s in mine if s not in (running, waiting)]
    return Dashboard(
        name=party.name,
        side=side,
        sides=sides,
        balance=balance.available,
        minutes=minutes_for(balance.available, rate),
        earned=earned.available,
        connection_rate=rate,
        own_rate=own_rate,
        provider_bp=own.provider_bp,
        form=NewSession(rate=field_text(own_rate.money)),
        running=await row_of(db, running, party.id) if running else None,
        invite=await view_of(db, settings, waiting, invite, at) if waiting and invite else None,
        recent=await _rows(db, past[:RECENT], party),
        undecided=await _rows(db, [s for s in past if _undecided(s, side, at)][:RECENT], party),
        first_day=not all_of_party,
        month_count=month.count,
        month_s=month.clock_s,
    )


async def _rows(db: AsyncConnection, found: list[Session], party: Party) -> tuple[SessionRow, ...]:
    return tuple([await row_of(db, one, party.id) for one in found])


def _this_month(request: web.Request, party: Party, side: str) -> reports.SessionsAsked:
    """What is over of the month that the reader's day is in."""
    _, zone, at = asked_here(request)
    since = Span(at.astimezone(zone).date().replace(day=1)).moments(zone)[0]
    return reports.SessionsAsked(party.id, SIDES[side], since, over=True)


def _undecided(session: Session, side: str, at: datetime) -> bool:
    """A paying client has not yet said whether it is resolved."""
    due = session.outcome_due_at
    return side == "client" and session.outcome is None and due is not None and at < due
