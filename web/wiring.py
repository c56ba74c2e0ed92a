"""Event to reactions: the one place where what the relay saw becomes minutes, pushes and papers.

    relay     SecondWitnessed        -> the meter's witness
              SourceAdded, Removed   -> `source` to both
              LegLost, PictureHeld   -> `path` to both, `want_offer` to whose media is dead
              LegFailed              -> `error` to that side, counted; not written down
              RoomLost, RoomMoved,
              OfferWanted            -> counted; `want_offer`; see web/moving.py
              every event            -> the session's journal, by the clerk, in order
    metering  every event            -> the session's journal, in the transaction of the charge
              after the commit       -> `meter`, `state`, `warning` to both
    session   ended                  -> `bye`, the room of the relay closes, papers within seconds
    page      result, outcome, scores -> new revisions of the papers

Callbacks are plain functions that remember; work beside them is kept in web/news.py.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import sessions
from broker.sessions import PRINCIPALS, Session, State
from broker.signalling import messages
from ledger import TopUp, TopUpState
from ledger.control import SYSTEM, Actor
from relay import (
    LegConnected,
    LegFailed,
    LegLost,
    NodeSeen,
    OfferWanted,
    PictureHeld,
    RecordingGap,
    RelayEvent,
    RoomLost,
    RoomMoved,
    SecondWitnessed,
    SourceAdded,
    SourceRemoved,
)
from web import (
    attempts,
    mending,
    metrics,
    moving,
    papers,
    pointing,
    receipts,
    recordings,
    trail,
    views,
    witnessing,
)
from web.db import repeated
from web.keys import CLOCK, DB, ENGINE, HUB, LOOP, MONEY_DUE, NEWS, PARTY, PATHS, RECORDS
from web.tickets import Seat

OVER = frozenset({State.ENDED, State.SETTLED, State.CANCELLED})
CLERK_TRIES = 4  # of a whole batch, before its rooms are written one by one
CLERK_WAIT_S = 1
CLERK_WAIT_MAX_S = 30
CHANGES_PAPERS = ("result", "outcome", "review")

log = structlog.get_logger("wiring")


# What the relay saw.


def relay_saw(app: web.Application, event: RelayEvent) -> None:
    """Called by the engine, inside its packet path: remember and return."""
    match event:
        case LegFailed():
            attempts.failed(app, event)
            return
        case RoomLost() | RoomMoved() | OfferWanted() | NodeSeen():
            moving.saw(app, event)
            return
        case SecondWitnessed() if sessions.billable(event.pairs):
            app[LOOP].witness(event.room, event.second)
        case SourceAdded():
            app[HUB].source_added(event.room, event.source)
            app[HUB].say(event.room, views.source_change("added", event.source))
        case SourceRemoved():
            app[HUB].source_removed(event.room, event.source)
            app[HUB].say(event.room, views.source_change("removed", event.source))
            pointing.screen_gone(app, event.room, event.source.id)
        case LegLost() | LegConnected() | PictureHeld():
            mending.saw(app, event)
        case RecordingGap():
            recordings.gap(app, event)
            app[NEWS].spawn(recordings.tell(app, event.room))
    for one in (*witnessing.of(app, event), event):
        app[NEWS].put(one)


async def clerk(app: web.Application) -> None:
    """Write the relay's news into the journals, in order; never stops."""
    failures = 0
    while True:
        await app[NEWS].some()
        try:
            changed = await write_news(app, one_by_one=failures >= CLERK_TRIES)
            failures = 0
            for number in changed:
                await tell_state(app, number)
        except Exception:
            failures += 1
            log.exception("news of the relay were not written, they wait", failures=failures)
            await asyncio.sleep(min(CLERK_WAIT_S << min(failures, 10), CLERK_WAIT_MAX_S))


async def write_news(app: web.Application, one_by_one: bool = False) -> list[str]:
    """Write one batch down; the sessions that it changed. What fails is kept for the next time.

    One by one each room has a transaction of its own, and news that a database which answers will
    not take even so are let go: they must not hold up all the others for ever.
    """
    async with app[NEWS].pen:
        if one_by_one:
            await app[DB].ping()
        batch = app[NEWS].batch()
        rooms = dict.fromkeys(event.room for event in batch) if one_by_one else [""]
        changed: list[str] = []
        for room in rooms:
            own = [event for event in batch if room in ("", event.room)]
            try:
                changed += await repeated(partial(_written, app, own))
            except Exception:
                if not one_by_one:
                    app[NEWS].give_back(own)
                    raise
                log.exception("news of the relay were let go", room=room, count=len(own))
            finally:
                app[NEWS].laid_down(room)
    return changed


async def _written(app: web.Application, events: Sequence[RelayEvent]) -> list[str]:
    async with app[DB].transaction() as db:
        changed = await sessions.record_events(db, events, app[CLOCK]())
    return [session.number for session in changed]


# What the meters did.


async def record(app: web.Application, db: AsyncConnection, events: Sequence[Any]) -> None:
    """Inside the transaction of the charge: journal, state and papers due commit with the money."""
    at = app[CLOCK]()
    seen: list[RelayEvent] = []
    for event in events:
        if isinstance(event, metering.MeterStopped):
            witnessing.last(app, event.session)
            seen += witnessing.waiting(app, event.session)
    for session in await sessions.record_events(db, [*seen, *events], at):
        if session.state in OVER:
            await papers.due(db, session.number, at)
            await trail.settled(db, SYSTEM, session, at)


def metered(app: web.Application, events: Sequence[Any]) -> None:
    """After the commit: tell the sockets; let go of the sessions that a meter ended."""
    by_session: dict[str, list[Any]] = {}
    for event in events:
        by_session.setdefault(event.session, []).append(event)
    for number, own in by_session.items():
        app[NEWS].spawn(_react(app, number, own))


async def _react(app: web.Application, number: str, events: list[Any]) -> None:
    charged = sum(isinstance(event, metering.MinuteCharged) for event in events)
    metrics.MINUTES.inc(charged)
    for event in events:
        if isinstance(event, (metering.FundsLow, metering.FundsExhausted)):
            app[MONEY_DUE].set()  # the teller charges a saved card, if its owner agreed to that
        if isinstance(event, metering.FundsLow):
            await tell_low(app, number, event.minutes_left)
    if charged < len(events):
        await tell_state(app, number)
    await tell_meter(app, number)
    if charged:
        await receipts.ask(app, number)
    stops = [event for event in events if isinstance(event, metering.MeterStopped)]
    if stops:
        await _let_go(app, number, None, stops[-1].cause)


def topped_up(app: web.Application, top_up: TopUp) -> None:
    """Money came in: whoever waits for it in a session sees the new balance at once."""
    for number in app[HUB].sessions():
        if any(peer.seat and peer.seat.party == top_up.party for peer in app[HUB].peers(number)):
            app[NEWS].spawn(tell_meter(app, number))


async def paid_by_itself(app: web.Application, top_up_id: str) -> None:
    """A top-up came in without its page: tell as `topped_up` does, if it is paid."""
    async with app[DB].reading() as db:
        found = await ledger.top_up(db, top_up_id)
    if found.state is TopUpState.PAID:
        topped_up(app, found)


# What people did.


async def pause(app: web.Application, number: str, by: Any) -> None:
    """Charge what was seen until now, then stand still."""
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        events = await app[LOOP].flush(db, number, at)
        await record(app, db, events)
        await sessions.pause(db, number, by, at)
    metered(app, events)
    await tell_state(app, number, by=by)
    await tell_meter(app, number)


async def hang_up(
    app: web.Application, number: str, by: Any, cause: str, actor: Actor = SYSTEM
) -> Session:
    """End a session: the last seconds are charged, then the meter stops, then papers.

    Raises: SessionUnknown, WrongState (a client cannot call off what has not begun).
    """
    if await _has_begun(app, number):
        await app[ENGINE].close_room(number)  # tells the seconds still due before it returns
        witnessing.last(app, number)
    at, news = app[CLOCK](), app[NEWS]
    async with news.pen:
        seen = news.take(number)
        try:
            async with app[DB].transaction() as db:
                events = await app[LOOP].flush(db, number, at)
                await record(app, db, [*seen, *events])
                ended = await sessions.hang_up(db, number, by, cause, at)
                if ended.state in OVER:
                    await papers.due(db, number, at)
                    await trail.settled(db, actor, ended, at)
        except BaseException:
            news.give_back(seen)
            raise
    metered(app, events)
    await _let_go(app, number, by, cause)
    return ended


async def _has_begun(app: web.Application, number: str) -> bool:
    async with app[DB].reading() as db:
        return (await sessions.session(db, number)).started_at is not None


async def _let_go(app: web.Application, number: str, by: Any, cause: str) -> None:
    """A session is over, in the database already: last words, media, papers."""
    metrics.SESSIONS_ENDED.labels(cause).inc()
    await part(app, number, by)
    app[NEWS].spawn(papers.issue(app, number))


async def part(app: web.Application, number: str, by: Any) -> None:
    """The last words to the sockets that are here, and the end of the media."""
    await tell_meter(app, number)
    await tell_state(app, number, by=by)
    for peer in list(app[HUB].peers(number)):
        if peer.seat is not None:
            peer.deliver(peer.conversation.bye("ended", result_of(peer.seat)))
    try:
        await app[ENGINE].close_room(number)
    finally:  # a room may say in closing that a source is there or a leg is lost
        app[HUB].forget(number)
        app[PATHS].forget(number)
        app[RECORDS].forget(number)


def result_of(seat: Seat) -> str:
    """Where somebody goes when it is over: the two sides to what there is to say of it."""
    return f"/sessions/{seat.session}/result" if seat.role in PRINCIPALS else "/dashboard"


@web.middleware
async def papers_follow(request: web.Request, handler: Any) -> web.StreamResponse:
    """A page may change what a document says: its papers are due, whether we crash or not."""
    resource = request.match_info.route.resource
    last = (resource.canonical if resource else "").rpartition("/")[2]
    number = request.match_info.get("number", "")
    if request.method != "POST" or last not in CHANGES_PAPERS or request[PARTY] is None:
        return await handler(request)  # type: ignore[no-any-return]
    app = request.app

    async def due() -> None:
        async with app[DB].transaction() as db:
            await papers.due(db, number, app[CLOCK]())

    await repeated(due)
    try:
        response: web.StreamResponse = await handler(request)
    finally:
        app[NEWS].spawn(papers.issue(app, number))
    return response


# What sockets are told.


async def tell_state(app: web.Application, number: str, by: str | None = None) -> None:
    peers = list(app[HUB].peers(number))
    if not peers:
        return
    async with app[DB].reading() as db:
        read = await views.standing(db, number)
    for peer in peers:
        if peer.seat is not None:
            peer.say(views.state(app, read, peer.seat, by))


async def tell_cap(app: web.Application, number: str) -> None:
    """The payer's cap, to the payer."""
    async with app[DB].reading() as db:
        session = await sessions.session(db, number)
    peer = app[HUB].peer(number, session.payer)
    if peer is not None and peer.seat is not None:
        peer.say(views.cap(session, peer.seat.locale))


async def tell_low(app: web.Application, number: str, minutes_left: int) -> None:
    async with app[DB].reading() as db:
        payer = (await sessions.session(db, number)).payer
    for role in PRINCIPALS:
        app[HUB].say(number, messages.LowFunds(minutes_left, role == payer), to=(role,))


async def tell_meter(app: web.Application, number: str) -> None:
    peers = list(app[HUB].peers(number))
    if not peers:
        return
    at = app[CLOCK]()
    async with app[DB].reading() as db:
        read = await views.counted(db, number, at)
    for peer in peers:
        if read is not None and peer.seat is not None:
            peer.say(views.meter(read, peer.seat, at))
