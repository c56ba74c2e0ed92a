"""Gathers page values out of several rooms. Only reads."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import parties
from broker.parties import Party
from broker.sessions import Session
from ledger import Account, AccountKind, Money, cards, promo
from metering import PriceTag, price_tag
from web.means import means_of
from web.shapes import Movement, SessionRow, Wallet
from web.shapes_minutes import AllowanceView

MOVEMENTS_ON_PAGE = 50
LAST_MOMENT = timedelta(microseconds=1)  # credit expires at the end of its last day
BOOKS_READERS = frozenset({"accountant", "curator"})
MINUTES_MAX = 60 * 24 * 31  # no session is longer: what a free minute lasts for


async def rate_of(db: AsyncConnection, party: Party, at: datetime) -> PriceTag:
    """What a minute costs this party as the payer: the connection, or a consultant's usual rate."""
    return await plan_rate(db, "host-pays" if "consultant" in party.roles else "client-pays", at)


async def plan_rate(db: AsyncConnection, plan: str, at: datetime) -> PriceTag:
    """What a minute costs by the plan in force, a consultant's own rate apart."""
    return price_tag((await metering.current_plan(db, plan)).tariff, at)


def minutes_for(available: Money, rate: PriceTag) -> int:
    """For how many minutes so much lasts."""
    return available.minor // rate.minor if rate.minor else MINUTES_MAX


async def wallet_of(
    db: AsyncConnection, party: Party, rate: PriceTag, at: datetime, before: int | None = None
) -> Wallet:
    """Balance and one page of movements; `before` is the version of the last line seen."""
    prepaid = Account(AccountKind.PREPAID, party.id)
    balance = await means_of(db, party.id, at)
    purses = await promo.purses(db, party.id, prepaid.currency, at)
    lines = await ledger.statement(db, prepaid, MOVEMENTS_ON_PAGE, before)
    earned = None
    if "consultant" in party.roles:
        earned = (await ledger.balance(db, Account(AccountKind.EARNINGS, party.id))).available
    full = len(lines) == MOVEMENTS_ON_PAGE and lines[-1].version > 1
    return Wallet(
        balance=balance.money.posted,
        credit=balance.credit.posted,
        credit_until=purses[0].expires_at - LAST_MOMENT if purses else None,
        total=balance.posted,
        held=balance.money.held + balance.credit.held,
        earned=earned,
        minutes=minutes_for(balance.available, rate),
        rate=rate,
        movements=tuple(
            Movement(
                at=line.at,
                kind=line.kind,
                ref=line.ref if line.ref.startswith("S-") else "",
                amount=line.amount,
                balance_after=line.balance_after,
                journal=line.journal_id if party.roles & BOOKS_READERS else "",
            )
            for line in lines
        ),
        next=f"/wallet?before={lines[-1].version}" if full else "",
        frozen=await cards.is_frozen(db, party.id, prepaid.currency),
        allowances=await _allowances(db, party, at),
    )


async def _allowances(db: AsyncConnection, party: Party, at: datetime) -> tuple[AllowanceView, ...]:
    """Those that can still be used, in the order of use."""
    return tuple(
        AllowanceView(
            kind=one.kind,
            left_s=one.left_s,
            granted_s=one.seconds,
            until=one.expires_at - LAST_MOMENT if one.expires_at else None,
        )
        for one in await metering.allowances_of(db, party.id)
        if one.left_s and (one.expires_at is None or one.expires_at > at)
    )


async def row_of(db: AsyncConnection, session: Session, viewer: str) -> SessionRow:
    """A session as a line of its party's list."""
    mine = session.host == viewer
    other = session.client_name or "" if mine else (await parties.party(db, session.host)).name
    clock_s, cost = await reading_of(db, session)
    return SessionRow(
        number=session.number,
        at=session.started_at or session.created_at,
        topic=session.topic,
        other=other,
        clock_s=clock_s,
        cost=Money(0) if not mine and session.payer == "host" else cost,
        state=session.state.value,
        outcome=session.outcome or "",
    )


async def reading_of(db: AsyncConnection, session: Session) -> tuple[int, Money]:
    """Seconds on the meter and what they have cost so far."""
    currency = session.tariff.currency
    if session.started_at is None:
        return 0, Money(0, currency)
    meter = await metering.load(db, session.number)
    return meter.clock_s, Money(meter.charged_minor, currency)
