"""Holds: set aside, counted by the limit, ended at most once."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Balance, InsufficientFunds, balance, check, expire_holds, hold, void_hold
from ledger.errors import HoldConflict, HoldEnded, HoldUnknown
from tests.ledger.books import ANN_PREPAID, AT, BOB, CASH, ESCROW, available, fund, move, post, rub


async def test_a_hold_is_counted_but_not_entered(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await hold(db, "h1", BOB, rub(2000), AT)
    assert await balance(db, BOB) == Balance(rub(5000), rub(2000), rub(3000))
    assert await post(db, move("too much", BOB, ESCROW, 3001)) == ["insufficient"]
    with pytest.raises(InsufficientFunds) as caught:
        await hold(db, "h2", BOB, rub(3001), AT)
    assert (caught.value.needed, caught.value.available) == (rub(3001), rub(3000))
    assert await check(db) == []


async def test_a_hold_on_an_empty_account_is_refused(db: AsyncConnection) -> None:
    with pytest.raises(InsufficientFunds):
        await hold(db, "h1", BOB, rub(1), AT)
    with pytest.raises(ValueError, match="cannot be held"):
        await hold(db, "h1", BOB, rub(0), AT)


async def test_holding_twice_holds_once(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await fund(db, ANN_PREPAID, 5000)
    for _ in range(2):
        await hold(db, "h1", BOB, rub(2000), AT)
    assert (await balance(db, BOB)).held == rub(2000)
    with pytest.raises(HoldConflict):
        await hold(db, "h1", BOB, rub(1999), AT)
    with pytest.raises(HoldConflict):
        await hold(db, "h1", ANN_PREPAID, rub(2000), AT)


async def test_posting_a_hold_ends_it_whole(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await hold(db, "h1", BOB, rub(5000), AT)
    minute = move("m1", BOB, ESCROW, 2000, posts_hold="h1")
    assert await post(db, minute, minute, move("m2", BOB, ESCROW, 1, posts_hold="h1")) == [
        "posted",
        "duplicate",
        "hold_ended",
    ]
    assert await balance(db, BOB) == Balance(rub(3000), rub(0), rub(3000))
    await hold(db, "h1", BOB, rub(5000), AT)  # the same call again, late, changes nothing
    assert (await balance(db, BOB)).held == rub(0)
    with pytest.raises(HoldEnded):
        await void_hold(db, "h1", AT)
    assert await check(db) == []


async def test_a_hold_pays_only_what_it_covers(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await fund(db, ANN_PREPAID, 5000)
    await hold(db, "h1", BOB, rub(2000), AT)
    assert await post(
        db,
        move("more", BOB, ESCROW, 2001, posts_hold="h1"),
        move("other", ANN_PREPAID, ESCROW, 1000, posts_hold="h1"),
        move("whole", BOB, ESCROW, 2000, posts_hold="h1"),
    ) == ["hold_mismatch", "hold_mismatch", "posted"]


async def test_a_voided_hold_gives_the_money_back_once(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await hold(db, "h1", BOB, rub(2000), AT)
    for _ in range(2):
        await void_hold(db, "h1", AT)
    assert await available(db, BOB) == 5000
    assert await post(db, move("m", BOB, ESCROW, 1, posts_hold="h1")) == ["hold_ended"]
    with pytest.raises(HoldEnded) as caught:
        await hold(db, "h1", BOB, rub(2000), AT)
    assert caught.value.how == "void"
    with pytest.raises(HoldUnknown):
        await void_hold(db, "never", AT)


async def test_a_hold_that_is_due_does_not_stand_in_the_way(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await hold(db, "h1", BOB, rub(5000), AT - timedelta(minutes=2), AT - timedelta(minutes=1))
    assert await post(db, move("m", BOB, ESCROW, 5000)) == ["posted"]
    with pytest.raises(HoldEnded) as caught:
        await hold(db, "h1", BOB, rub(5000), AT)
    assert caught.value.how == "expire"
    assert await check(db) == []


async def test_the_sweep_ends_what_is_due_only(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await hold(db, "due", BOB, rub(1000), AT, AT + timedelta(minutes=1))
    await hold(db, "later", BOB, rub(500), AT, AT + timedelta(minutes=3))
    await hold(db, "open", BOB, rub(200), AT)
    assert await expire_holds(db, AT + timedelta(seconds=59)) == 0
    assert await expire_holds(db, AT + timedelta(minutes=1)) == 1
    assert (await balance(db, BOB)).held == rub(700)
    assert await expire_holds(db, AT + timedelta(minutes=1)) == 0


async def test_unlimited_accounts_may_be_held_below_zero(db: AsyncConnection) -> None:
    await hold(db, "h1", CASH, rub(1000), AT)
    assert await available(db, CASH) == -1000
