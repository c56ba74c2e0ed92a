"""What is done from time to time, whatever happens: the pulse of meters, and the sweep."""

import asyncio
from datetime import date, datetime
from functools import partial

import structlog
from aiohttp import web

import ledger
from broker import sessions
from ledger import bank, books, promo
from ledger.control import SYSTEM, trail_head
from web import elsewhere, giving, metrics, papers, trail, wiring
from web.audit import Fault, check_all
from web.db import repeated
from web.keys import CLOCK, DB, HUB
from web.unbroken import unbroken

PULSE_S = 2
SWEEP_S = 2
SETTLE_EVERY = 15  # sweeps
BOOKS_EVERY = 15
FILES_EVERY = 150
ROLLS_MAX = 4
AUDIT_HOUR = 1  # UTC
AUDIT_LOOK_S = 60

log = structlog.get_logger("chores")


async def pulse(app: web.Application) -> None:
    """Every running meter is told again every few seconds, so a lost frame is soon mended."""
    while True:
        await asyncio.sleep(PULSE_S)
        for number in await _begun(app):
            try:
                await wiring.tell_meter(app, number)
            except Exception:
                log.exception("meter was not told", session=number)
        try:
            await elsewhere.look(app)
        except Exception:
            log.exception("what another node did was not looked at")


async def _begun(app: web.Application) -> list[str]:
    """Sessions with sockets here that have a meter: in most rooms people only wait."""
    try:
        async with app[DB].reading() as db:
            return await sessions.begun(db, app[HUB].sessions())
    except Exception:
        log.exception("who has begun was not found")
        return []


async def sweep(app: web.Application) -> None:
    """Do what a crash or a failure left undone, and what time alone makes due."""
    turn = 0
    while True:
        await unbroken(_swept(app, turn))
        turn += 1
        await asyncio.sleep(SWEEP_S)


async def _swept(app: web.Application, turn: int) -> None:
    try:
        if turn % SETTLE_EVERY == 0:
            await settle_due(app)
        if turn % BOOKS_EVERY == 0:
            await repeated(lambda: keep_books(app))
        if turn % FILES_EVERY == 0:
            await repeated(lambda: giving.erase_due(app))
        async with app[DB].reading() as db:
            waiting = await papers.waiting(db, app[CLOCK]())
        for number in waiting:
            await papers.issue(app, number)
    except Exception:
        log.exception("sweep failed")


async def settle_due(app: web.Application) -> None:
    """Silence until the end of the dispute window settles a session, and its act says so; an
    invoice that nobody paid until its due day has expired. Each session has a transaction of its
    own: one that cannot be settled must not hold up the money of all the others."""
    at = app[CLOCK]()
    async with app[DB].reading() as db:
        due = await sessions.due_to_settle(db, at)
    failed = 0
    for number in due:
        try:
            await repeated(partial(_settle, app, number, at))
        except Exception:
            failed += 1
            log.exception("session was not settled", session=number)
    metrics.UNSETTLED.set(failed)
    await repeated(partial(_lapse, app, at))


async def _settle(app: web.Application, number: str, at: datetime) -> None:
    async with app[DB].transaction() as db:
        session = await sessions.settle_due(db, number, at)
        if session is not None:
            await papers.due(db, number, at)
            await trail.settled(db, SYSTEM, session, at)


async def _lapse(app: web.Application, at: datetime) -> None:
    async with app[DB].transaction() as db:
        await bank.lapse_invoices(db, at)


async def keep_books(app: web.Application) -> None:
    """End what is due, seal what was recorded, and add it to the day sums of the books, a little
    at a time."""
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await ledger.expire_holds(db, at)
        await promo.expire(db, at)
    async with app[DB].transaction() as db:
        await ledger.seal(db, at, await trail_head(db))
    for _ in range(ROLLS_MAX):
        async with app[DB].transaction() as db:
            if not await books.roll_up(db):
                break


async def nightly(app: web.Application) -> None:
    """Once a night everything is recomputed from its evidence, whoever looks or not."""
    done = app[CLOCK]().date()
    while True:
        await asyncio.sleep(AUDIT_LOOK_S)
        done, _ = await audited(app, done)


async def audited(app: web.Application, done: date) -> tuple[date, list[Fault]]:
    """`minuta check` in a thread of its own, if this night's is not done; the day that it was done
    for, and what was found. Each fault is an error in the log, for whoever is called by those."""
    at = app[CLOCK]()
    if at.date() == done or at.hour < AUDIT_HOUR:
        return done, []
    faults, url = list[Fault](), app[DB].url
    try:
        faults = await asyncio.to_thread(lambda: asyncio.run(check_all(url)))
    except Exception:
        log.exception("the nightly audit failed")
    else:
        for fault in faults:
            log.error("audit fault", kind=fault.kind, where=fault.where, text=fault.text)
        log.info("audited", faults=len(faults))
    return at.date(), faults


async def after_restart(app: web.Application) -> None:
    """No socket is open yet: say so in the sessions where somebody was there, unless another node
    is up, for then we cannot know whose sockets those were."""
    async with app[DB].transaction() as db:
        if await elsewhere.others(app, db):
            return
        left = await sessions.everyone_left(db, app[CLOCK]())
        cut = await sessions.cut_off_recordings(db, app[CLOCK]())
    if left:
        log.info("seats were empty after the restart", count=left)
    if cut:
        log.info("recordings were cut off by the restart", count=len(cut))
