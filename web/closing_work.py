"""The server's part in the closing of months: what is asked for, what was cut off, what is due.

`minuta close` does the same from a terminal; each goes on where the other was cut off.
"""

import asyncio
import contextlib
import platform
from functools import partial

import structlog
from aiohttp import web

import ledger
from reports import Book, Month
from web import closing_rows as rows
from web import elsewhere
from web.closing import Desk, ask, run
from web.closing_rows import ClosingTaken
from web.keys import CLOCK, CLOSING_DUE, DB, PERIOD_PRESS, SEALER, SETTINGS
from web.unbroken import safely

LOOK_S = 20  # what this process was asked for wakes it; the rest is what others left
PAUSE_S = 0.1  # after each paper: people in sessions come first

log = structlog.get_logger("closing")


def desk_of(app: web.Application) -> Desk:
    """The same holder after a restart: it need not wait for itself."""
    settings = app[SETTINGS]
    holder = f"server:{settings.port}:{platform.node()}"[:80]
    return Desk(
        app[DB], app[SEALER], app[CLOCK], settings.origin, holder, PAUSE_S, app[PERIOD_PRESS]
    )


async def work(app: web.Application) -> None:
    while True:
        app[CLOSING_DUE].clear()
        try:
            await begin_due(app)
            await carry_on(app)
        except Exception:
            log.exception("closings were not worked at")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app[CLOSING_DUE].wait(), LOOK_S)


async def begin_due(app: web.Application) -> None:
    """From the day of the setting on the month before is closed, in each currency, once."""
    settings, zone = app[SETTINGS], app[SEALER].issuer.zone
    today = app[CLOCK]().astimezone(zone).date()
    if not settings.closing_day or today.day < settings.closing_day or not elsewhere.leads(app):
        return
    month = Month.of(today).before
    async with app[DB].reading() as db:
        books = [Book(month, one, settings.locale) for one in await ledger.currencies(db)]
        fresh = [book for book in books if await rows.one(db, book) is None]
    for book in fresh:
        await ask(desk_of(app), book, "schedule")


async def carry_on(app: web.Application) -> None:
    """Work at what waits, the oldest month first."""
    async with app[DB].reading() as db:
        waiting = await rows.waiting(db, app[CLOCK]())
    for closing in waiting:
        await safely("closing", str(closing.book.month), partial(_carry_on, app, closing.book))


async def _carry_on(app: web.Application, book: Book) -> None:
    with contextlib.suppress(ClosingTaken):
        done = await run(desk_of(app), book, lambda _closing: None)
        log.info("month closed", month=str(book.month), issued=done.issued)
