"""Numbers without gaps: one row a series and year, moved in the transaction that issues."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store
from reports.register import SERIES, number_of

#: `coming_number` for a draft, `next_number` for what is kept.
Numbering = Callable[[AsyncConnection, str, int], Awaitable[str]]


async def next_number(db: AsyncConnection, kind: str, year: int) -> str:
    """The next number of the series; a transaction that fails gives it back.

    Whoever issues at the same time waits here until this transaction ends.
    """
    return number_of(kind, year, await store.advance_series(db, SERIES[kind], year))


async def coming_number(db: AsyncConnection, kind: str, year: int) -> str:
    """The number that `next_number` would give now; nothing is taken, nobody waits."""
    return number_of(kind, year, await store.last_of_series(db, SERIES[kind], year) + 1)
