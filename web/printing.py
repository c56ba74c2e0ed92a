"""Papers drawn while no transaction is open: SQLite has one writer, and an act of 10,000
sessions takes seconds.

What is drawn holds a number that nobody has reserved. On this node one paper of a series is under
way at a time; another node may be faster, then the paper is drafted again. After TRIES_MAX times
it is drawn while the writer is held, which cannot be overtaken.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

import reports
from web.db import TRIES_MAX, repeated
from web.keys import CLOCK, DB, PERIOD_PRESS, SEALER

T = TypeVar("T")


async def until_kept(
    press: asyncio.Lock, work: Callable[[], Awaitable[T]], held: Callable[[], Awaitable[T]]
) -> T:
    """What `work` answers, done again when it was overtaken; at last what `held` answers."""
    async with press:
        for _ in range(TRIES_MAX):
            try:
                return await repeated(work)
            except reports.Overtaken:
                continue
        return await repeated(held)


async def period_paper(
    app: web.Application, kind: str, scope: reports.Scope, customer: reports.Customer
) -> reports.PeriodIssued:
    """A paper for a period under its number. Raises: as `reports.draft_period_paper`."""
    at, sealer = app[CLOCK](), app[SEALER]

    async def work() -> reports.PeriodIssued:
        async with app[DB].reading() as db:
            draft = await reports.draft_period_paper(db, kind, scope, customer, at, sealer)
        if not isinstance(draft, reports.Draft):
            return draft
        pressed = await reports.press_draft(draft)
        async with app[DB].transaction() as db:
            return await reports.keep_period_paper(db, draft, pressed, sealer)

    async def held() -> reports.PeriodIssued:
        async with app[DB].transaction() as db:
            return await reports.issue_period_paper(db, kind, scope, customer, at, sealer)

    return await until_kept(app[PERIOD_PRESS], work, held)
