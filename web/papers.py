"""Protocol and act follow a session's end, and every later change of what they say."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import NotEnded, NothingToAct, issue_act, issue_protocol
from web.keys import CLOCK, DB, SEALER
from web.schema import papers_due

DUE_MAX = 50
WAIT_FIRST_S = 4
WAIT_MAX_S = 3600

log = structlog.get_logger("papers")


async def due(db: AsyncConnection, number: str, at: datetime) -> None:
    """Remember, in the caller's transaction, that the papers of a session are to be issued."""
    changed = await db.execute(
        update(papers_due).where(papers_due.c.session == number).values(next_us=_us(at), tries=0)
    )
    if not changed.rowcount:
        await db.execute(insert(papers_due).values(session=number, next_us=_us(at), tries=0))


async def waiting(db: AsyncConnection, at: datetime) -> Sequence[str]:
    """Sessions whose papers should be issued by now, the longest waiting first."""
    query = select(papers_due.c.session).where(papers_due.c.next_us <= _us(at))
    found = await db.execute(query.order_by(papers_due.c.next_us).limit(DUE_MAX))
    return found.scalars().all()


async def issue(app: web.Application, number: str) -> None:
    """Issue what changed and forget that it was due; on a failure try later, and later still."""
    at = app[CLOCK]()
    try:
        async with app[DB].transaction() as db:
            with suppress(NotEnded):
                await issue_protocol(db, number, at, app[SEALER])
                with suppress(NothingToAct):
                    await issue_act(db, number, at, app[SEALER])
            await db.execute(delete(papers_due).where(papers_due.c.session == number))
    except Exception:
        log.exception("papers were not issued", session=number)
        async with app[DB].transaction() as db:
            await _later(db, number, at)


async def _later(db: AsyncConnection, number: str, at: datetime) -> None:
    query = select(papers_due.c.tries).where(papers_due.c.session == number)
    tries = (await db.execute(query)).scalar_one_or_none()
    if tries is None:
        return
    wait = timedelta(seconds=min(WAIT_FIRST_S << min(tries, 10), WAIT_MAX_S))
    await db.execute(
        update(papers_due)
        .where(papers_due.c.session == number)
        .values(tries=tries + 1, next_us=_us(at + wait))
    )


def _us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond
