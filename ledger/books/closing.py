"""Closing a period, and the proof that a closed one is as it was.

What is closed is written down twice: the trial balance by kind, and a manifest, sha256 over the
manifest before, who closed and when, the trial balance and every journal of the period with its
entries. A closed period is never opened again: what is found later is a journal in
an open one. The time before the first closed period is closed with it.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import KIND_OF_CODE
from ledger.books import store
from ledger.books.periods import (
    DAY,
    Axis,
    Period,
    closing_fault,
    next_to_close,
)
from ledger.books.reading import bounds
from ledger.books.turnover import KindTurnover, Turnover, turnover_of
from ledger.errors import LedgerBroken
from ledger.money import Money
from ledger.seals import FACTS, Rows
from ledger.store import at_of, us_of
from ledger.views import currencies

FIRST_MANIFEST = "0" * 64
BEFORE_ALL = date(1, 1, 1)  # where the time before the first closing begins
PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed period. `by` is who closed it; `manifest` is hex sha256."""

    period: Period
    at: datetime
    by: str
    manifest: str = ""


async def close_period(
    db: AsyncConnection, first_day: date, last_day: date, by: str, at: datetime
) -> Closing:
    """Close whole months, the oldest open ones first; for ever. Waits for writers under way.

    Raises: ClosingRefused; BadPeriod; LedgerBroken when the trial balance does not balance.
    """
    period = Period(first_day, last_day)
    await store.hold_writers(db)
    known = await closings(db)
    last = known[-1] if known else None
    fault = closing_fault(
        period, last.period.last if last else None, await store.oldest_day(db), at
    )
    if fault:
        raise fault
    if last is None:
        before = Period(BEFORE_ALL, first_day - DAY)
        await store.add_period(db, before, by, at, FIRST_MANIFEST)
    closing, trial = Closing(period, at, by), await _trial_rows(db, period)
    manifest = await _manifest(db, closing, last.manifest if last else FIRST_MANIFEST, trial)
    await store.add_closing(db, trial)
    await store.add_period(db, period, by, at, manifest)
    return replace(closing, manifest=manifest)


async def closings(db: AsyncConnection) -> list[Closing]:
    """Every closed period, the oldest first."""
    return [
        Closing(
            Period(row.first_day, row.last_day), at_of(row.closed_us), row.closed_by, row.manifest
        )
        for row in await store.periods(db)
        if row.first_day != BEFORE_ALL
    ]


async def next_closing(db: AsyncConnection) -> date | None:
    """The first day that is still open; None while nothing was ever recorded."""
    known = await closings(db)
    last = known[-1].period.last if known else None
    return next_to_close(last, None if last else await store.oldest_day(db))


async def closed_turnover(db: AsyncConnection, closing: Closing, currency: str) -> Turnover:
    """The trial balance as it was written when the period was closed."""
    lines = []
    for row in await store.closing_of(db, closing.period.first):
        if row.currency == currency:
            sums = [Money(minor, currency) for minor in (row.opening, row.debits, row.credits)]
            opening, debits, credits = sums
            kind = KIND_OF_CODE[row.kind]
            lines.append(KindTurnover(kind, opening, debits, credits, opening + credits - debits))
    return turnover_of(closing.period, Axis.EFFECTIVE, currency, lines)


class Proof:
    """Every closed period's manifest, made anew in one pass over the journals: show it all rows of
    the seals, in the order of recording, with `watch`; then `broken` knows."""

    def __init__(self, known: Sequence[tuple[Closing, "hashlib._Hash"]], broken: set[date]) -> None:
        self._known, self._broken = known, broken
        self.shown = 0  # the number of the last journal
        self._of_day = {
            str(closing.period.first + DAY * n): digest
            for closing, digest in known
            for n in range((closing.period.last - closing.period.first).days + 1)
        }

    def watch(self, rows: Rows) -> None:
        """Is a `ledger.seals.Watch`."""
        for day, lines in groupby(rows, itemgetter(1)):
            digest = self._of_day.get(day)
            if digest is not None:
                digest.update("".join([line[2] for line in lines]).encode())
        if rows:
            self.shown = rows[-1][0]

    def broken(self) -> list[Closing]:
        """Closed periods whose journals or sums are no longer those that were closed."""
        return [
            closing
            for closing, digest in self._known
            if closing.period.first in self._broken or digest.hexdigest() != closing.manifest
        ]


async def proof(db: AsyncConnection) -> Proof:
    """A proof that has been shown nothing yet; trial balances are compared already."""
    known, broken, previous = [], set(), FIRST_MANIFEST
    for closing in await closings(db):
        trial = await _trial_rows(db, closing.period)
        written = await store.closing_of(db, closing.period.first)
        if [tuple(row.values()) for row in trial] != [tuple(row) for row in written]:
            broken.add(closing.period.first)
        known.append((closing, _begun(closing, previous, trial)))
        previous = closing.manifest
    return Proof(known, broken)


async def _trial_rows(db: AsyncConnection, period: Period) -> list[dict[str, Any]]:
    """The trial balance as rows of the table of closings. Raises: LedgerBroken."""
    found = []
    for currency in await currencies(db):
        rows = await store.sums_by_kind(db, period, Axis.EFFECTIVE, currency)
        if sum(row.opening for row in rows) or sum(row.debits - row.credits for row in rows):
            raise LedgerBroken(f"the trial balance of {period} in {currency} does not balance")
        found += [
            {
                "first_day": period.first,
                "currency": currency,
                "kind": row.kind,
                "opening": int(row.opening),
                "debits": int(row.debits),
                "credits": int(row.credits),
            }
            for row in rows
        ]
    return found


async def _manifest(
    db: AsyncConnection, closing: Closing, previous: str, trial: Sequence[Mapping[str, Any]]
) -> str:
    digest = _begun(closing, previous, trial)
    async for text in _journals(db, closing.period):
        digest.update(text.encode())
    return digest.hexdigest()


def _begun(closing: Closing, previous: str, trial: Sequence[Mapping[str, Any]]) -> "hashlib._Hash":
    """The manifest as far as it goes without journals."""
    period = closing.period
    digest = hashlib.sha256(
        _line(previous, period.first, period.last, closing.by, us_of(closing.at))
    )
    for row in trial:
        digest.update(_line(*row.values()))
    return digest


def _line(*facts: object) -> bytes:
    """Facts with their lengths before them, so that no two lists of facts look the same."""
    return ("".join(f"{len(str(fact))}:{fact}" for fact in facts) + "\n").encode()


@cache
def _page(within: str) -> TextClause:
    return store.dated(
        f"SELECT j.id, {FACTS} FROM (SELECT * FROM ledger_journal j"
        f"  WHERE j.id > :after AND {within} ORDER BY j.id LIMIT :most) j"
        " LEFT JOIN ledger_entry e ON e.journal_id = j.id ORDER BY j.id, e.line"
    )


async def _journals(db: AsyncConnection, period: Period) -> AsyncIterator[str]:
    query, after = _page(bounds(db, Axis.EFFECTIVE)), 0
    facts = {"first": period.first, "last": period.last, "most": PAGE}
    while rows := (await db.execute(query, {**facts, "after": after})).all():
        yield "".join([row[1] for row in rows])
        after = rows[-1][0]
