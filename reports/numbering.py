"""Numbers without gaps: one row a series and year, moved in the transaction that issues."""

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store
from reports.register import SERIES, number_of


async def next_number(db: AsyncConnection, kind: str, year: int) -> str:
    """The next number of the series; a transaction that fails gives it back.

    Whoever issues at the same time waits here until this transaction ends.
    """
    return number_of(kind, year, await store.advance_series(db, SERIES[kind], year))
