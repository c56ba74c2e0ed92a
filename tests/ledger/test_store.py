"""The store refuses to write what does not add up, even when the judge has gone mad."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import check, store
from ledger.errors import LedgerBroken
from ledger.judge import Verdict
from ledger.judge import judge as sane
from tests.ledger.books import AT, BOB, CASH, available, fund, move, post

Madness = Callable[[Verdict], None]


async def refused(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch, mad: Madness) -> None:
    """A judge whose verdict on one draft has been tampered with; then the books go on."""
    await fund(db, BOB, 5000)

    def bent(*facts: object) -> Verdict:
        verdict = sane(*facts)  # type: ignore[arg-type]
        mad(verdict)
        return verdict

    with monkeypatch.context() as patched:
        patched.setattr("ledger.store.judge", bent)
        patched.setattr("ledger.store_sqlite.judge", bent)
        with pytest.raises((LedgerBroken, DBAPIError)):
            async with db.begin_nested():
                await post(db, move("a", CASH, BOB, 100))
    assert await post(db, move("a", CASH, BOB, 100)) == ["posted"]
    assert await available(db, BOB) == 5100
    assert await check(db) == []


def one_side(verdict: Verdict) -> None:
    verdict.lines.cut(1)
    del verdict.standings[BOB]


def more_than_was_taken(verdict: Verdict) -> None:
    verdict.lines.minors[1] += 1
    verdict.lines.balances[1] += 1
    verdict.standings[BOB].balance += 1


def another_balance(verdict: Verdict) -> None:
    verdict.standings[BOB].balance -= 1


def another_version(verdict: Verdict) -> None:
    verdict.standings[BOB].version += 1


def a_gap(verdict: Verdict) -> None:
    verdict.lines.versions[1] += 1
    verdict.standings[BOB].version += 1


def a_jump(verdict: Verdict) -> None:
    """The account follows its last entry, but that does not follow the one before."""
    verdict.lines.balances[1] += 7
    verdict.standings[BOB].balance += 7


def another_currency(verdict: Verdict) -> None:
    verdict.lines.currencies[:] = ["USD", "USD"]


@pytest.mark.parametrize(
    "mad",
    [
        one_side,
        more_than_was_taken,
        another_balance,
        another_version,
        a_gap,
        a_jump,
        another_currency,
    ],
)
async def test_a_mad_judge(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch, mad: Madness
) -> None:
    await refused(db, monkeypatch, mad)


def test_moments_survive_to_the_microsecond() -> None:
    for at in (AT, datetime(2026, 1, 1, 0, 0, 0, 1, UTC), AT + timedelta(microseconds=999999)):
        assert store.at_of(store.us_of(at)) == at
