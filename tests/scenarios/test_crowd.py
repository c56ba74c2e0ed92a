"""Thirty sessions of one payer start at the same instant with money for one: one runs."""

import asyncio
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

import ledger
import metering
from broker import parties, sessions
from ledger import Account, AccountKind, InsufficientFunds, Money
from tests.scenarios.stage import NOON, Stage

CROWD = 30


async def _arrange(engine: AsyncEngine) -> tuple[list[str], Account]:
    """One rouble, thirty sessions in which everybody is there and the host has pressed start."""
    async with engine.begin() as db:
        stage = Stage(db)
        await stage.prepare()
        await stage.tops_up("host", Money(100))
        for place in range(CROWD):
            session, _ = await sessions.create(
                db, stage.people["host"].id, "Тема", "host-pays", 2000, NOON, f"{place:027d}"
            )
            guest = await parties.register_guest(db, "Гость", session.number, "ru", NOON)
            await sessions.join(db, f"{place:027d}", guest, NOON)
            for role in ("host", "client"):
                await sessions.enter(db, session.number, role, NOON)
            await sessions.press_start(db, session.number, "host", NOON)
            stage.numbers.append(session.number)
        return stage.numbers, Account(AccountKind.PREPAID, stage.people["host"].id)


async def _start(engine: AsyncEngine, number: str) -> bool:
    try:
        async with engine.begin() as db:
            await sessions.press_start(db, number, "client", NOON)
    except InsufficientFunds:
        return False
    return True


async def test_thirty_starts_with_money_for_one(fresh_engine: AsyncEngine) -> None:
    numbers, wallet = await _arrange(fresh_engine)
    started = await asyncio.gather(*(_start(fresh_engine, number) for number in numbers))
    assert started.count(True) == 1
    running = numbers[started.index(True)]
    async with fresh_engine.begin() as db:
        assert [session.number for session in await sessions.live(db)] == [running]
        second = int(NOON.timestamp())
        await metering.observe(db, running, range(second, second + 61), NOON + timedelta(minutes=2))
        left = await ledger.balance(db, wallet)
        assert (left.posted, left.held) == (Money(0), Money(0))
        assert await ledger.check(db) == []
        assert await metering.check(db) == []
