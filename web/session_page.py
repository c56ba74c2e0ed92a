"""Gathers everything about one session that a party to it may see."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
import reports
from broker import parties, sessions
from broker.parties import Party
from broker.sessions import Review, Reviews, Session
from ledger import Money
from metering import PriceTag, free_tag, price_tag
from web.calls import company_seen
from web.gather import reading_of
from web.keys import CLOCK, LOCALE
from web.means import means_of
from web.minutes import minutes_of, reasons_of, with_unproven
from web.quarrels import dispute_seen
from web.recording_page import recordings_seen
from web.rulings import ruling_shown
from web.shapes import Paper, ReviewView, SessionPage, Way
from web.shapes_files import FileView
from web.shapes_minutes import MinuteView, ReasonView
from web.shapes_ruled import RulingView

PAPERS_WITHIN = timedelta(minutes=1)


async def page_of(
    db: AsyncConnection, request: web.Request, party: Party, number: str
) -> SessionPage:
    """The session as `party` sees it. Raises: SessionUnknown, NotYours."""
    session = await sessions.session(db, number)
    page = await _page_of(db, request, party, session)
    return replace(page, company=await company_seen(db, session, page.role, request[LOCALE]))


async def _page_of(
    db: AsyncConnection, request: web.Request, party: Party, session: Session
) -> SessionPage:
    number, at = session.number, request.app[CLOCK]()
    role, (clock_s, cost) = session.role_of(party.id), await reading_of(db, session)
    tariff, over, pays = session.tariff, session.ended_at is not None, session.payer == role
    minutes, billed = await strip_of(db, session)
    seen = await sessions.reviews(db, number, role, at) if over else None
    disputable = session.payer == "client" and cost.minor and session.outcome is None
    kept, sees_money = cost.part(tariff.kept_bp), pays or session.payer == "client"
    return SessionPage(
        number=number,
        role=role,
        topic=session.topic,
        plan=session.plan,
        state=session.state.value,
        cause=session.ended_by or session.cause or "",
        host=(await parties.party(db, session.host)).name,
        client=session.client_name or "",
        rate=_price(session, at) if sees_money else free_tag(tariff, at),
        invoice_rate=_invoice_rate(session, role),
        created_at=session.created_at,
        started_at=session.started_at,
        ended_at=session.ended_at,
        clock_s=clock_s,
        mutual_s=await mutual_of(db, session, at),
        billed_minutes=billed,
        cost=cost if sees_money else Money(0, tariff.currency),
        minutes=minutes if sees_money else _without_prices(minutes),
        ways=ways_of(session, cost) if sees_money and over else (),
        balance=await _balance(db, party, at, tariff.currency) if pays else None,
        result=session.result or "",
        outcome=session.outcome or "",
        outcome_comment=session.outcome_comment,
        outcome_due_at=_still_due(session, at),
        reviews=_reviews(seen),
        reviewed=seen is not None and seen.mine is not None,
        reviews_open_at=session.review_until(),
        papers=await _papers(db, session, party) if over else (),
        papers_soon=session.ended_at is not None and at - session.ended_at < PAPERS_WITHIN,
        refund=cost - kept if disputable else None,
        kept=kept if disputable else None,
        guest=party.guest,
        ruling=await _ruling(db, session, role),
        dispute=await dispute_seen(db, session, role, at),
        reasons=with_unproven(await _reasons(db, session, role), minutes),
        files=tuple(_file(one, role) for one in await sessions.files_of(db, number)),
        recordings=await recordings_seen(db, request.app, session),
    )


def _file(one: sessions.File, role: sessions.Role) -> FileView:
    there = one.state == "whole" and (one.accepted or one.by == role)
    path = f"/sessions/{one.session}/files/{one.id}" if there else ""
    told = (one.id, one.by, one.name, one.size, one.sha256, one.at, one.state, one.accepted)
    return FileView(*told, path)


def _invoice_rate(session: Session, role: str) -> Money | None:
    """What a consultant who pays asks of the own client."""
    own_client = session.payer == "host" and role == "host" and session.rate_minor
    return Money(session.rate_minor, session.tariff.currency) if own_client else None


async def _reasons(db: AsyncConnection, session: Session, role: str) -> tuple[ReasonView, ...]:
    """Nothing for whoever does not see the other side's money."""
    if session.started_at is None or (session.payer != role and session.payer == "host"):
        return ()
    return reasons_of(await metering.explain(db, session.number))


def _price(session: Session, at: datetime) -> PriceTag:
    """The price now; of a session that is over, the one with which it began."""
    over = session.ended_at is not None
    return price_tag(session.tariff, (session.started_at or session.created_at) if over else at)


async def _ruling(db: AsyncConnection, session: Session, role: str) -> RulingView | None:
    """What a curator found, if one did."""
    if session.outcome != "ruled":
        return None
    return await ruling_shown(db, session, await sessions.journal.facts(db, session.number), role)


async def strip_of(db: AsyncConnection, session: Session) -> tuple[tuple[MinuteView, ...], int]:
    """The strip, and how many minutes are billed."""
    if session.started_at is None:
        return (), 0
    charges = await metering.charges(db, session.number)
    runs = await metering.segments(db, session.number)
    facts = await sessions.journal.facts(db, session.number)
    signed = await metering.who_signed(db, session.number)
    currency = session.tariff.currency
    strip = minutes_of(charges, runs, facts, session.ended_at, signed, currency)
    return strip, -(-max((c.to_s for c in charges), default=0) // 60)


async def mutual_of(db: AsyncConnection, session: Session, at: datetime) -> int:
    """Whole seconds between start and end in which the relay saw both sides."""
    if session.started_at is None:
        return 0
    seen = await sessions.journal.presence_of(db, session.number)
    end = session.ended_at or at
    return seen.mutual_between(ceil(session.started_at.timestamp()), int(end.timestamp()))


async def _papers(db: AsyncConnection, session: Session, party: Party) -> tuple[Paper, ...]:
    wanted = reports.Filter(session=session.number, party=party.id)
    found = await reports.documents(db, wanted)
    names = await names_of(db, found)
    return tuple(paper_of(one, names, party.id) for one in found)


async def names_of(db: AsyncConnection, found: Sequence[reports.Issued]) -> dict[str, str]:
    """Names of everybody on these papers, by party."""
    ids = {party for one in found for party in (one.host, one.client) if party}
    return {id: (await parties.party(db, id)).name for id in ids}


def paper_of(issued: reports.Issued, names: Mapping[str, str], viewer: str = "") -> Paper:
    """An act is for who paid, a protocol for both. A client whose consultant paid sees no sum."""
    readers = (issued.buyer,) if issued.kind == "act" else (issued.host, issued.client)
    hidden = viewer == issued.client and issued.buyer == issued.host
    return Paper(
        number=issued.number,
        kind=issued.kind,
        issued_on=issued.issued_at,
        party=", ".join(names[id] for id in readers if id in names),
        amount=Money(0 if hidden else issued.total_minor, issued.currency),
        state="superseded" if issued.superseded else "issued",
        sha256=issued.sha256,
        session=issued.session,
        superseded_by=issued.superseded_by,
    )


async def _balance(db: AsyncConnection, party: Party, at: datetime, currency: str) -> Money | None:
    """What the payer has; a guest has no wallet."""
    if party.guest:
        return None
    return (await means_of(db, party.id, at, currency)).available


def _reviews(seen: Reviews | None) -> tuple[ReviewView, ...]:
    return tuple(_review(one) for one in (seen.mine, seen.theirs) if one) if seen else ()


def _review(one: Review) -> ReviewView:
    return ReviewView(one.role, one.quality, one.punctuality, one.courtesy, one.comment)


def _still_due(session: Session, at: datetime) -> datetime | None:
    """Until when the client may say the outcome, while nobody has."""
    due = session.outcome_due_at
    return due if due is not None and session.outcome is None and at < due else None


def ways_of(session: Session, cost: Money) -> tuple[Way, ...]:
    """Where the money went; parts of nothing are left out."""
    if not cost.minor:
        return ()
    if session.sums is None:
        return (Way("escrow", cost),)
    sums, currency = session.sums, cost.currency
    parts = (
        ("platform", sums.platform_minor),
        ("consultant", sums.provider_minor),
        ("refund", sums.refunded_minor),
    )
    return tuple(Way(to, Money(minor, currency)) for to, minor in parts if minor)


def _without_prices(minutes: tuple[MinuteView, ...]) -> tuple[MinuteView, ...]:
    """The guest of `host-pays` sees that minutes counted, and nothing of the host's money."""
    free = ((m, m.state == "charged") for m in minutes)
    return tuple(replace(m, state="counted" if paid else m.state, price=None) for m, paid in free)
