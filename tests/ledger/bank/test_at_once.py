"""Two who do the same at once do it once."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.bank import Outlook
from tests.ledger.bank.books import at_bank, billed, book, ready, sound, wallet
from tests.ledger.bank.writing import VECTOR, Bank, came


async def test_two_import_the_same_file_at_once(fresh_engine: AsyncEngine) -> None:
    """И одинаковые дни в другой кодировке: строка проводится один раз."""
    bank = Bank([came(1, 1500, VECTOR, "B-2026-000001")])
    async with fresh_engine.begin() as db:
        await ready(db, "anna")
        await billed(db, "anna", VECTOR, 1500)

    async def one(encoding: str) -> Outlook:
        async with fresh_engine.begin() as db:
            return await book(db, bank.one_c(encoding=encoding))

    seen = await asyncio.gather(*(one(e) for e in ("cp1251", "cp1251", "utf-8", "utf-8")))
    assert sorted((one.again, one.fresh) for one in seen) == [
        (False, 0),
        (False, 1),
        (True, 0),
        (True, 0),
    ]
    async with fresh_engine.begin() as db:
        assert await wallet(db, "anna") == await at_bank(db) == 150_000
        await sound(db)
