"""The store refuses to write what does not add up, even when the judge has gone mad."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store
from ledger.errors import LedgerBroken
from ledger.judge import Books, Line, Posting, Verdict, judge
from tests.ledger.books import AT, BOB, CASH, fund, move


async def verdict_of(db: AsyncConnection) -> Verdict:
    await fund(db, BOB, 5000)
    standings = await store.lock(db, [CASH, BOB])
    return judge([move("a", CASH, BOB, 100)], Books(standings), AT.date())


def with_lines(verdict: Verdict, *lines: Line) -> Verdict:
    posting: Posting = replace(verdict.postings[0], lines=lines)
    return replace(verdict, postings=[posting])


async def refused(db: AsyncConnection, verdict: Verdict) -> None:
    with pytest.raises((LedgerBroken, DBAPIError)):
        async with db.begin_nested():
            await store.write(db, verdict, AT)


async def test_one_side_without_the_other(db: AsyncConnection) -> None:
    verdict = await verdict_of(db)
    cash, bob = verdict.postings[0].lines
    await refused(db, with_lines(verdict, bob))
    more = replace(bob, minor=101, balance_after=bob.balance_after + 1)
    bent = with_lines(verdict, cash, more)
    bent.standings[BOB] = replace(bent.standings[BOB], balance=more.balance_after)
    await refused(db, bent)
    await store.write(db, await judged_again(db), AT)


async def judged_again(db: AsyncConnection) -> Verdict:
    standings = await store.lock(db, [CASH, BOB])
    return judge([move("a", CASH, BOB, 100)], Books(standings), AT.date())


async def test_an_account_that_does_not_follow_its_entries(db: AsyncConnection) -> None:
    verdict = await verdict_of(db)
    verdict.standings[BOB] = replace(verdict.standings[BOB], balance=5099)
    await refused(db, verdict)


async def test_a_chain_with_a_gap(db: AsyncConnection) -> None:
    verdict = await verdict_of(db)
    cash, bob = verdict.postings[0].lines
    await refused(db, with_lines(verdict, cash, replace(bob, version=3)))


def test_moments_survive_to_the_microsecond() -> None:
    for at in (AT, datetime(2026, 1, 1, 0, 0, 0, 1, UTC), AT + timedelta(microseconds=999999)):
        assert store.at_of(store.us_of(at)) == at
