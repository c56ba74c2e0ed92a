"""Protocol and act follow a session's end, and every later change of what they say."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

import structlog
from aiohttp import web
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import notices, parties, sessions
from broker.parties import Party
from ledger import Money
from reports import (
    Document,
    Draft,
    Issued,
    NotEnded,
    NothingToAct,
    Overtaken,
    Paper,
    PaperError,
    Sealer,
    SessionUnknown,
    document,
    draft_act,
    draft_protocol,
    issue_act,
    issue_protocol,
    keep,
    keep_edition,
    press_draft,
    press_edition,
)
from web import vat
from web.acting import reads_all
from web.errors import NotFound
from web.keys import CLOCK, DB, SEALER, SESSION_PRESS, SETTINGS
from web.printing import until_kept
from web.schema import papers_due
from web.words import clock_text, money_text

DUE_MAX = 50
WAIT_FIRST_S = 4
WAIT_MAX_S = 3600
BOTH = 2  # a protocol and an act

T = TypeVar("T")
Maker: TypeAlias = Callable[[AsyncConnection, str, datetime, Sealer], Awaitable[T]]

log = structlog.get_logger("papers")


async def due(db: AsyncConnection, number: str, at: datetime) -> None:
    """Remember, in the caller's transaction, that the papers of a session are to be issued."""
    kind = postgresql if db.dialect.name == "postgresql" else sqlite
    again = {"next_us": metering.microseconds(at), "tries": 0}
    fresh = kind.insert(papers_due).values(session=number, **again)
    await db.execute(fresh.on_conflict_do_update(index_elements=["session"], set_=again))


async def waiting(db: AsyncConnection, at: datetime) -> Sequence[str]:
    """Sessions whose papers should be issued by now, the longest waiting first."""
    query = select(papers_due.c.session).where(papers_due.c.next_us <= metering.microseconds(at))
    found = await db.execute(query.order_by(papers_due.c.next_us).limit(DUE_MAX))
    return found.scalars().all()


async def paper_for(db: AsyncConnection, party: Party, name: str) -> Paper:
    """An issued file by number or exact name. Raises: NotFound to whoever has no right to it."""
    try:
        paper = await document(db, name)
    except PaperError as error:
        raise NotFound() from error
    if not (reads_all(party) or paper.issued.is_for(party.id)):
        raise NotFound()
    return paper


async def edition_of(app: web.Application, paper: Paper) -> bytes:
    """The English edition of a session's paper, sealed; drawn while no transaction is open."""
    drawn, sealer, at = await press_edition(paper), app[SEALER], app[CLOCK]()
    async with app[DB].transaction() as db:
        return await keep_edition(db, paper, drawn, sealer, at)


async def issue(app: web.Application, number: str) -> None:
    """Issue what changed and forget that it was due; on a failure try later, and later still."""
    at = app[CLOCK]()
    try:
        await until_kept(
            app[SESSION_PRESS],
            lambda: _issue_drawn(app, number, at),
            lambda: _issue_held(app, number, at),
        )
    except Exception:
        log.exception("papers were not issued", session=number)
        async with app[DB].transaction() as db:
            await _later(db, number, at)


async def _issue_drawn(app: web.Application, number: str, at: datetime) -> None:
    """Draw between two transactions: the tax and the drafts, the files and what follows."""
    sealer = app[SEALER]
    async with app[DB].transaction() as db:
        await vat.book(db, number, app[SETTINGS].vat, sealer.issuer, at)
        drafts = await _drafts(db, number, at, sealer)
    drawn = [(one, await press_draft(one)) if isinstance(one, Draft) else one for one in drafts]
    async with app[DB].transaction() as db:
        if not all(isinstance(one, Draft) for one in drafts) or len(drafts) < BOTH:
            again = await _drafts(db, number, at, sealer)  # `keep` looks only at what was drawn
            if [one.content for one in again] != [one.content for one in drafts]:
                raise Overtaken(number)
        papers = [one if isinstance(one, Issued) else await keep(db, *one, sealer) for one in drawn]
        await _done(app, db, number, papers, at)


async def _drafts(
    db: AsyncConnection, number: str, at: datetime, sealer: Sealer
) -> list[Issued | Draft[Document]]:
    """What there is, or is to be drawn; nothing of a session that is not over."""
    with suppress(NotEnded, SessionUnknown):
        return await _each(draft_protocol, draft_act, db, number, at, sealer)
    return []


async def _issue_held(app: web.Application, number: str, at: datetime) -> None:
    """Everything in one transaction."""
    sealer, papers = app[SEALER], list[Issued]()
    async with app[DB].transaction() as db:
        with suppress(NotEnded, SessionUnknown):
            await vat.book(db, number, app[SETTINGS].vat, sealer.issuer, at)
            papers = await _each(issue_protocol, issue_act, db, number, at, sealer)
        await _done(app, db, number, papers, at)


async def _each(
    protocol: Maker[T], act: Maker[T], db: AsyncConnection, number: str, at: datetime, by: Sealer
) -> list[T]:
    """Both papers; no act where nothing was charged."""
    made = [await protocol(db, number, at, by)]
    with suppress(NothingToAct):
        made.append(await act(db, number, at, by))
    return made


async def _done(
    app: web.Application, db: AsyncConnection, number: str, papers: list[Issued], at: datetime
) -> None:
    """Letters about the papers, told once; nothing is due any more."""
    origin = app[SETTINGS].origin
    if papers:
        await _tell_ended(db, number, f"{origin}/sessions/{number}/result", at)
    for paper in papers:
        url = f"{origin}/documents/{paper.number}.pdf"
        await notices.document_ready(db, number, paper.number, url, at)
    await db.execute(delete(papers_due).where(papers_due.c.session == number))


async def _tell_ended(db: AsyncConnection, number: str, url: str, at: datetime) -> None:
    session = await sessions.session(db, number)
    if session.started_at is None:
        return
    meter = await metering.load(db, number)
    cost = Money(meter.charged_minor, session.tariff.currency)
    sides = {"host": session.host, "client": session.client}
    texts = {
        role: money_text(cost, (await parties.party(db, party)).locale)
        for role, party in sides.items()
        if party is not None
    }
    await notices.session_ended(db, number, clock_text(meter.clock_s), texts, url, at)


async def _later(db: AsyncConnection, number: str, at: datetime) -> None:
    query = select(papers_due.c.tries).where(papers_due.c.session == number)
    tries = (await db.execute(query)).scalar_one_or_none()
    if tries is None:
        return
    wait = timedelta(seconds=min(WAIT_FIRST_S << min(tries, 10), WAIT_MAX_S))
    await db.execute(
        update(papers_due)
        .where(papers_due.c.session == number)
        .values(tries=tries + 1, next_us=metering.microseconds(at + wait))
    )
