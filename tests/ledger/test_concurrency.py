"""Many at once, committing: the money is counted right whoever comes first.

On SQLite transactions take turns by BEGIN IMMEDIATE; on PostgreSQL they meet on row locks.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import (
    InsufficientFunds,
    Outcome,
    Terms,
    balance,
    check,
    hold,
    post_many,
    settle,
    void_hold,
)
from ledger.accounts import Account, AccountKind
from tests.ledger.books import ANN, AT, BOB, CASH, ESCROW, SESSION, fund, move, post, rub

Deed = Callable[[AsyncConnection], Awaitable[object]]


async def alone(engine: AsyncEngine, deed: Deed) -> object:
    """The deed in a transaction of its own, committed."""
    async with engine.begin() as db:
        return await deed(db)


async def together(engine: AsyncEngine, deeds: list[Deed]) -> list[object]:
    return await asyncio.gather(*(alone(engine, deed) for deed in deeds))


async def until_somebody_waits(db: AsyncConnection) -> None:
    """For a lock of this transaction. On SQLite one more waits before it has begun."""
    blocked = text("SELECT count(*), pg_sleep(0.01) FROM pg_locks WHERE NOT granted")
    while db.dialect.name != "sqlite" and not (await db.execute(blocked)).scalar_one():
        pass


async def assert_clean(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        assert await check(db) == []


async def test_two_sessions_on_one_account_with_money_for_three_minutes(
    fresh_engine: AsyncEngine,
) -> None:
    await alone(fresh_engine, lambda db: fund(db, BOB, 6000))

    async def sit_through(session: str) -> int:
        escrow, minutes = Account(AccountKind.ESCROW, session), 0
        for n in range(1, 6):
            draft = move(f"{session}:{n}", BOB, escrow, 2000)
            answer = await alone(fresh_engine, lambda db, d=draft: post(db, d))
            if answer == ["posted"]:
                minutes += 1
            await asyncio.sleep(0)
        return minutes

    minutes = await asyncio.gather(sit_through("S-1"), sit_through("S-2"))
    assert sum(minutes) == 3
    async with fresh_engine.connect() as db:
        assert (await balance(db, BOB)).posted == rub(0)
        low = await db.execute(
            text(
                "SELECT min(balance_after) FROM ledger_entry WHERE account_id"
                " IN (SELECT id FROM ledger_account WHERE owner = 'bob')"
            )
        )
        assert low.scalar_one() == 0
    await assert_clean(fresh_engine)


async def test_thirty_holds_with_money_for_one(fresh_engine: AsyncEngine) -> None:
    await alone(fresh_engine, lambda db: fund(db, BOB, 2000))

    def one(n: int) -> Deed:
        async def deed(db: AsyncConnection) -> str:
            try:
                await hold(db, f"h{n}", BOB, rub(2000), AT)
            except InsufficientFunds:
                return "refused"
            return "held"

        return deed

    answers = await together(fresh_engine, [one(n) for n in range(30)])
    assert Counter(answers) == {"held": 1, "refused": 29}
    async with fresh_engine.connect() as db:
        assert (await balance(db, BOB)).held == rub(2000)
    await assert_clean(fresh_engine)


async def test_the_same_hold_thirty_times_at_once(fresh_engine: AsyncEngine) -> None:
    await alone(fresh_engine, lambda db: fund(db, BOB, 9000))
    await together(fresh_engine, [lambda db: hold(db, "h", BOB, rub(2000), AT)] * 30)
    await together(fresh_engine, [lambda db: void_hold(db, "h", AT)] * 30)
    async with fresh_engine.connect() as db:
        assert (await balance(db, BOB)).available == rub(9000)
    await assert_clean(fresh_engine)


async def test_the_same_draft_thirty_times_at_once(fresh_engine: AsyncEngine) -> None:
    draft = move("once", CASH, BOB, 700)
    answers = await together(fresh_engine, [lambda db: post(db, draft)] * 30)
    assert Counter(str(answer) for answer in answers) == {"['posted']": 1, "['duplicate']": 29}
    async with fresh_engine.connect() as db:
        assert (await balance(db, BOB)).posted == rub(700)


async def test_opposite_orders_do_not_deadlock(fresh_engine: AsyncEngine) -> None:
    """New and old accounts, named in opposite orders, twenty at once, five times over."""
    crowd = [Account(AccountKind.PREPAID, f"p{n}") for n in range(6)]

    def shuffle(n: int) -> Deed:
        order = crowd if n % 2 else crowd[::-1]
        drafts = [move(f"in:{n}:{a.owner}", CASH, a, 100) for a in order]
        drafts += [move(f"x:{n}:{k}", order[k], order[k - 1], 50) for k in range(len(order))]
        return lambda db: post_many(db, drafts, AT)

    for wave in range(5):
        await together(fresh_engine, [shuffle(20 * wave + n) for n in range(20)])
    async with fresh_engine.connect() as db:
        for account in crowd:
            assert (await balance(db, account)).posted == rub(100 * 100)
    await assert_clean(fresh_engine)


async def test_settling_while_minutes_come_in(fresh_engine: AsyncEngine) -> None:
    """Both want the wallet and the escrow; nobody waits for ever, and no kopeck is lost."""
    await alone(fresh_engine, lambda db: fund(db, BOB, 20000))
    minutes: list[Deed] = [
        lambda db, n=n: post(db, move(f"{SESSION}:{n}", BOB, ESCROW, 1000)) for n in range(10)
    ]
    terms = Terms(ANN)
    ending: list[Deed] = [
        lambda db: settle(db, SESSION, BOB, terms, Outcome.UNRESOLVED, AT) for _ in range(5)
    ]
    await alone(fresh_engine, minutes[0])
    await together(fresh_engine, [*minutes[1:], *ending])
    async with fresh_engine.connect() as db:
        rest = await db.execute(text("SELECT sum(balance) FROM ledger_account"))
        assert rest.scalar_one() == 0
    await assert_clean(fresh_engine)


async def test_one_key_for_different_accounts_moves_once(fresh_engine: AsyncEngine) -> None:
    """The key decides, even when the accounts, and so the locks, are not the same."""
    crowd = [Account(AccountKind.PREPAID, f"p{n}") for n in range(10)]
    cashes = [Account(AccountKind.CASH, f"c{n}") for n in range(10)]
    deeds: list[Deed] = [
        lambda db, pair=pair: post(db, move("one", *pair, 100))
        for pair in zip(cashes, crowd, strict=True)
    ]
    answers = await asyncio.gather(
        *(alone(fresh_engine, deed) for deed in deeds), return_exceptions=True
    )
    assert sum(answer == ["posted"] for answer in answers) == 1
    others = {type(a).__name__ if isinstance(a, Exception) else str(a) for a in answers}
    assert others <= {"['posted']", "['conflict']", "TryAgain"}
    await assert_clean(fresh_engine)


async def test_who_waited_for_a_new_wallet_sees_what_it_was_opened_for(
    fresh_engine: AsyncEngine,
) -> None:
    """Neither account is there at first sight; when they are, so is the key."""
    draft = move("one", Account(AccountKind.CASH, "new"), Account(AccountKind.PREPAID, "new"), 100)
    async with fresh_engine.begin() as db:
        assert await post(db, draft) == ["posted"]
        later = asyncio.create_task(alone(fresh_engine, lambda db: post(db, draft)))
        await until_somebody_waits(db)
    assert await later == ["duplicate"]
    await assert_clean(fresh_engine)


async def test_old_and_new_accounts_in_one_batch(fresh_engine: AsyncEngine) -> None:
    """Whatever was missing is opened, and each journal finds its own accounts again."""
    crowd = [Account(AccountKind.PREPAID, f"p{n}") for n in range(9)]
    for place in (3, 4, 7):
        await alone(fresh_engine, lambda db, to=crowd[place]: fund(db, to, 1000))
    drafts = [move(f"d{n}", crowd[3], to, 10 + n) for n, to in enumerate(crowd) if n != 3]
    answers = await alone(fresh_engine, lambda db: post(db, *drafts))
    assert answers == ["posted"] * len(drafts)
    async with fresh_engine.connect() as db:
        left = [(await balance(db, one)).posted.minor for one in crowd]
    paid = 1000 - sum(10 + n for n in range(9) if n != 3)
    assert left == [10, 11, 12, paid, 1014, 15, 16, 1017, 18]
    await assert_clean(fresh_engine)


async def test_what_was_committed_cannot_be_changed(fresh_engine: AsyncEngine) -> None:
    await alone(fresh_engine, lambda db: fund(db, BOB, 2000))
    for sql in ("UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry"):
        with pytest.raises(DBAPIError, match="append only"):
            await alone(fresh_engine, lambda db, sql=sql: db.execute(text(sql)))


async def test_a_transaction_that_fails_leaves_nothing(fresh_engine: AsyncEngine) -> None:
    async def deed(db: AsyncConnection) -> None:
        await fund(db, BOB, 2000)
        await hold(db, "h", BOB, rub(100), AT)
        raise RuntimeError("the caller changed his mind")

    with pytest.raises(RuntimeError):
        await alone(fresh_engine, deed)
    async with fresh_engine.connect() as db:
        assert (await balance(db, BOB)).posted == rub(0)
    await alone(fresh_engine, lambda db: fund(db, BOB, 2000))
    await assert_clean(fresh_engine)
