"""Registers are prepared in the background: one at a time, told how far, kept for a day.

Files lie below MINUTA_FOLDER under their random ids. Whoever makes one holds its row for some
minutes at a time; after a crash another process, or this one, begins it again.
"""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

import structlog
from aiohttp import web

import reports
from broker.parties import Party
from web import export_rows, own_data
from web.errors import TooBusy
from web.export_rows import Export
from web.keys import CLOCK, DB, EXPORT_DUE, SEALER, SETTINGS
from web.settings import new_token

LOOK_S = 20  # what this process was asked for wakes it; the rest is what others left
LEASE = timedelta(minutes=3)  # closing a workbook of a million lines tells nobody
KEPT = timedelta(hours=24)
TRY_AGAIN = timedelta(seconds=20)
TRIES_MAX = 3
AT_ONCE_MAX = 5

log = structlog.get_logger("exports")


def path_of(app: web.Application, id: str) -> Path:
    return app[SETTINGS].folder / "exports" / id


async def ask(
    app: web.Application, party: Party, wanted: reports.Wanted, archive: bool = False
) -> str:
    """The id under which the file will be found. Raises: TooBusy when too many are on the way."""
    at, id = app[CLOCK](), new_token()
    async with app[DB].transaction() as db:
        if await export_rows.under_way(db, party.id) >= AT_ONCE_MAX:
            raise TooBusy
        await export_rows.ask(db, id, party.id, wanted, at, KEPT, archive)
    app[EXPORT_DUE].set()
    return id


async def work(app: web.Application) -> None:
    """Make what is asked for, erase what has expired."""
    while True:
        app[EXPORT_DUE].clear()
        try:
            while await make_next(app):
                pass
            await erase_expired(app)
        except Exception:
            log.exception("exports were not worked at")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app[EXPORT_DUE].wait(), LOOK_S)


async def make_next(app: web.Application) -> bool:
    """Make one file; False when none waits. A failure is tried again, three times in all."""
    async with app[DB].reading() as db:
        if not await export_rows.waits(db, app[CLOCK]()):
            return False
    async with app[DB].transaction() as db:
        one = await export_rows.claim(db, app[CLOCK](), LEASE)
    if one is None:
        return False
    try:
        await _make(app, one)
    except Exception:
        log.exception("an export was not made", id=one.id, tries=one.tries)
        async with app[DB].transaction() as db:
            if one.tries >= TRIES_MAX:
                await export_rows.failed(db, one.id)
            else:
                await export_rows.again(db, one.id, app[CLOCK]() + TRY_AGAIN)
    return True


async def _make(app: web.Application, one: Export) -> None:
    issuer, path = app[SEALER].issuer, path_of(app, one.id)
    await asyncio.to_thread(path.parent.mkdir, 0o700, True, True)
    part, total = path.with_suffix(".part"), one.total

    async def told(done: int) -> None:
        async with app[DB].transaction() as db:
            await export_rows.tell(db, one.id, done, total, app[CLOCK](), LEASE)

    async with app[DB].reading() as db:
        total = await reports.count_rows(db, one.wanted, issuer)
        await told(0)
        made = await reports.write_register(db, one.wanted, issuer, part, told)
        if one.archive:
            made = await own_data.add(db, one.party, part, made, app[CLOCK]())
    await asyncio.to_thread(part.replace, path)
    async with app[DB].transaction() as db:
        await export_rows.ready(db, one.id, made, app[CLOCK](), KEPT)
    log.info("export made", id=one.id, rows=made.rows, size=made.size)


async def erase_expired(app: web.Application) -> None:
    """The file first: a crash between the two leaves a row that is erased again."""
    at = app[CLOCK]()
    async with app[DB].reading() as db:
        old = await export_rows.expired(db, at)
    for id in old:
        for path in (path_of(app, id), path_of(app, id).with_suffix(".part")):
            await asyncio.to_thread(path.unlink, True)
        async with app[DB].transaction() as db:
            await export_rows.forget(db, id)
