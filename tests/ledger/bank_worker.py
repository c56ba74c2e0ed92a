"""A process that moves money among twenty customers until it is killed, and writes a diary.

    python -m tests.ledger.bank_worker URL DIARY NAME

Before a draft is asked for, the diary says so; once it is answered, the diary says what. A line
is one write to the file, so a killed process leaves whole lines: what was acknowledged is known.
Through the writer and `post_many`, with holds, replays of old keys and attempts to use them anew.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asyncpg import InternalClientError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger import (
    Account,
    AccountKind,
    Draft,
    HoldDraft,
    LedgerError,
    Leg,
    Result,
    Status,
    Writer,
    post_many,
    void_hold,
)
from ledger.writer import Kept
from metering import utc_now
from web.db import Database

CUSTOMERS = [Account(AccountKind.PREPAID, f"customer-{n}") for n in range(20)]
OPENING = 10_000
SCOPE = "bank"
CALLERS = 12
# What a caller meets whose server is killed; asyncpg's own says that it fell in between.
AGAIN = (DBAPIError, LedgerError, OSError, PoolTimeout, InternalClientError)


def transfer(key: str, dice: random.Random, hold: str | None = None) -> Draft:
    """Up to half of what everybody began with, so that many are refused."""
    payer, payee = dice.sample(CUSTOMERS, 2)
    minor = dice.randint(1, OPENING // 2)
    legs = (Leg(payer, -minor), Leg(payee, minor))
    return Draft(SCOPE, key, "transfer", legs, posts_hold=hold)


class Worker:
    """Some callers at once; `diary` is a file descriptor."""

    def __init__(self, database: Database, diary: int, name: str) -> None:
        self.database, self.diary, self.name = database, diary, name
        transaction = database.transaction if database.sqlite else Kept(database.engine)
        self.writer = Writer(transaction, utc_now)
        self.number = 0
        self.done: list[Draft] = []

    def key(self) -> str:
        self.number += 1
        return f"{self.name}:{self.number}"

    def note(self, **facts: Any) -> None:
        os.write(self.diary, json.dumps(facts).encode() + b"\n")

    def note_ask(self, draft: Draft) -> None:
        payer, payee = draft.legs
        names = {"payer": payer.account.owner, "payee": payee.account.owner}
        self.note(ask=draft.key, **names, minor=payee.minor)

    def note_result(self, draft: Draft, result: Result) -> None:
        self.note(said=draft.key, status=result.status.value)
        if result.moved:
            self.done = [*self.done[-99:], draft]

    async def work(self, seed: int) -> None:
        dice = random.Random(f"{self.name}:{seed}")
        deeds = (self.one, self.batch, self.held, self.replay)
        while True:
            [deed] = dice.choices(deeds, (60, 15, 15, 10))
            await deed(dice)

    async def one(self, dice: random.Random) -> None:
        draft = transfer(self.key(), dice)
        self.note_ask(draft)
        self.note_result(draft, await self._submit(draft))

    async def batch(self, dice: random.Random) -> None:
        drafts = [transfer(self.key(), dice) for _ in range(dice.randint(2, 9))]
        for draft in drafts:
            self.note_ask(draft)
        for draft, result in zip(drafts, await self._post(drafts), strict=True):
            self.note_result(draft, result)

    async def held(self, dice: random.Random) -> None:
        """Set aside, then paid from or given back."""
        key = self.key()
        draft = transfer(key, dice, hold=f"{SCOPE}:{key}")
        payer = draft.legs[0]
        hold = HoldDraft(f"{SCOPE}:{key}", payer.account, -payer.minor)
        if (await self._submit(hold)).status not in (Status.HELD, Status.DUPLICATE):
            return
        if dice.random() < 0.3:
            await self._void(hold.key)
            return
        self.note_ask(draft)
        self.note_result(draft, await self._submit(draft))

    async def replay(self, dice: random.Random) -> None:
        """An old key: the same draft is a duplicate, another a conflict; neither moves money."""
        if not self.done:
            return
        draft = dice.choice(self.done)
        other = replace(draft, memo="other")
        assert (await self._submit(draft)).status is Status.DUPLICATE, draft
        assert (await self._submit(other)).status is Status.CONFLICT, draft

    async def _submit(self, ask: Draft | HoldDraft) -> Result:
        while True:
            try:
                return await self.writer.submit(ask)
            except AGAIN:
                await asyncio.sleep(0.05)

    async def _post(self, drafts: Sequence[Draft]) -> list[Result]:
        while True:
            try:
                async with self.database.transaction() as db:
                    return await post_many(db, drafts, utc_now())
            except AGAIN:
                await asyncio.sleep(0.05)

    async def _void(self, key: str) -> None:
        while True:
            try:
                async with self.database.transaction() as db:
                    return await void_hold(db, key, utc_now())
            except AGAIN:
                await asyncio.sleep(0.05)


async def main(url: str, diary: str, name: str) -> None:
    database = Database(url)
    worker = Worker(database, os.open(diary, os.O_WRONLY | os.O_CREAT | os.O_APPEND), name)
    async with asyncio.TaskGroup() as group:
        for seed in range(CALLERS):
            group.create_task(worker.work(seed))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
