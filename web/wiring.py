"""Event to reactions: the one place where what the relay saw becomes minutes, pushes and papers.

    relay     SecondWitnessed        -> the meter's witness
              LegConnected, LegLost  -> the session's journal, `state` to both
              SourceAdded, Removed   -> `source` to both
    metering  every event            -> the session's journal, in the transaction of the charge
              after the commit       -> `meter`, `state`, `warning`; MeterStopped -> hang up
    session   ended, judged, scored  -> protocol and act within seconds; the sweep repeats failures

Callbacks are plain functions that remember; one clerk writes in order, so nothing overtakes.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import sessions
from broker.sessions import State
from ledger import TopUp
from relay import LegConnected, LegLost, RelayEvent, SecondWitnessed, SourceAdded, SourceRemoved
from reports import NothingToAct, issue_act, issue_protocol
from web import views
from web.keys import CLOCK, DB, ENGINE, HUB, LOOP, NEWS, SEALER

OVER = frozenset({State.ENDED, State.SETTLED, State.CANCELLED})
PAIR = ("client", "host")
PULSE_S = 2
SWEEP_S = 5
SETTLE_EVERY = 6  # sweeps

log = structlog.get_logger("wiring")


# What the relay saw.


def relay_saw(app: web.Application, event: RelayEvent) -> None:
    """Called by the engine, inside its packet path: remember and return."""
    match event:
        case SecondWitnessed(room, second, _legs, pairs):
            if PAIR in pairs:
                app[LOOP].witness(room, second)
        case SourceAdded(room, source):
            app[HUB].source_added(room, source)
            app[HUB].say(room, views.source_change("added", source))
        case SourceRemoved(room, source):
            app[HUB].source_removed(room, source)
            app[HUB].say(room, views.source_change("removed", source))
        case LegConnected() | LegLost():
            app[NEWS].relay.put_nowait(event)
        case _:
            return


async def clerk(app: web.Application) -> None:
    """Write the relay's news into the journals, in order; never stops."""
    while True:
        batch = await app[NEWS].batch()
        try:
            async with app[DB].transaction() as db:
                await sessions.record_events(db, batch, app[CLOCK]())
        except Exception:
            log.exception("news of the relay were not written", count=len(batch))
            continue
        for number in sorted({event.room for event in batch}):
            await tell_state(app, number)


# What the meters did.


async def record(app: web.Application, db: AsyncConnection, events: Sequence[Any]) -> None:
    """Inside the transaction of the charge: the journal and the state commit with the money."""
    await sessions.record_events(db, events, app[CLOCK]())


def metered(app: web.Application, events: Iterable[Any]) -> None:
    """After the commit: tell the sockets, end what has to end."""
    by_session: dict[str, list[Any]] = {}
    for event in events:
        by_session.setdefault(event.session, []).append(event)
    for number, own in by_session.items():
        app[NEWS].spawn(_react(app, number, own))


async def _react(app: web.Application, number: str, events: list[Any]) -> None:
    for event in events:
        if isinstance(event, metering.FundsLow):
            for peer in app[HUB].peers(number):
                peer.say(await views.low_funds(app, peer, event.minutes_left))
    if any(not isinstance(event, metering.MinuteCharged) for event in events):
        await tell_state(app, number)
    await tell_meter(app, number)
    stopped = [event for event in events if isinstance(event, metering.MeterStopped)]
    if stopped:
        await hang_up(app, number, None, stopped[-1].cause)


def topped_up(app: web.Application, _top_up: TopUp) -> None:
    """Money came in: whoever is in a session sees the new balance at once."""
    for number in app[HUB].sessions():
        app[NEWS].spawn(tell_meter(app, number))


# What people did.


async def pause(app: web.Application, number: str, by: str) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        events = await app[LOOP].flush(db, number, at)
        await record(app, db, events)
        await sessions.pause(db, number, by, at)
    await tell_state(app, number, by=by)
    await tell_meter(app, number)


async def hang_up(app: web.Application, number: str, by: str | None, cause: str) -> None:
    """End a session once: the last seconds are charged, then the meter stops, then papers."""
    news = app[NEWS]
    if number in news.ending:
        return
    news.ending.add(number)
    try:
        await app[ENGINE].close_room(number)  # tells the seconds still due before it returns
        at = app[CLOCK]()
        async with app[DB].transaction() as db:
            events = await app[LOOP].flush(db, number, at)
            await record(app, db, events)
            await sessions.hang_up(db, number, by, cause, at)
    finally:
        news.ending.discard(number)
    await tell_meter(app, number)
    await tell_state(app, number, by=by)
    for peer in list(app[HUB].peers(number)):
        peer.deliver(peer.conversation.bye("ended", f"/sessions/{number}/result"))
    app[HUB].forget(number)
    papers_due(app, number)


# Papers.


def papers_due(app: web.Application, number: str) -> None:
    """Issue protocol and act soon; asked again after each outcome, comment or score."""
    app[NEWS].papers_due.add(number)
    app[NEWS].spawn(issue_papers(app, number))


async def issue_papers(app: web.Application, number: str) -> None:
    at, sealer = app[CLOCK](), app[SEALER]
    async with app[DB].transaction() as db:
        await issue_protocol(db, number, at, sealer)
        with contextlib.suppress(NothingToAct):
            await issue_act(db, number, at, sealer)
    app[NEWS].papers_due.discard(number)


@web.middleware
async def papers_follow(request: web.Request, handler: Any) -> web.StreamResponse:
    """After a page changed what a document says (result, outcome, scores), issue it anew."""
    response: web.StreamResponse = await handler(request)
    resource = request.match_info.route.resource
    last = (resource.canonical if resource else "").rpartition("/")[2]
    if request.method == "POST" and last in ("result", "outcome", "review"):
        number = request.match_info.get("number", "")
        if number and response.status < 400:
            papers_due(request.app, number)
    return response


# What is done from time to time.


async def pulse(app: web.Application) -> None:
    """Every running meter is told again every few seconds; a lost frame is soon mended."""
    while True:
        await asyncio.sleep(PULSE_S)
        for number in app[HUB].sessions():
            try:
                await tell_meter(app, number)
            except Exception:
                log.exception("meter was not told", session=number)


async def sweep(app: web.Application) -> None:
    """Do again what a crash or a failure left undone."""
    turn = 0
    while True:
        try:
            if turn % SETTLE_EVERY == 0:
                await _settle_due(app)
            for number in await _without_papers(app):
                await issue_papers(app, number)
        except Exception:
            log.exception("sweep failed")
        turn += 1
        await asyncio.sleep(SWEEP_S)


# What sockets are told.


async def tell_state(app: web.Application, number: str, by: str | None = None) -> None:
    for peer in list(app[HUB].peers(number)):
        peer.say(await views.state(app, peer, by))


async def tell_meter(app: web.Application, number: str) -> None:
    peers = list(app[HUB].peers(number))
    if not peers:
        return
    async with app[DB].reading() as db:
        for peer in peers:
            told = await views.meter(db, peer, app[CLOCK]())
            if told is not None:
                peer.say(told)
