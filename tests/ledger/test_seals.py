"""The chain of hashes shows what was changed behind the ledger's back."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import check
from ledger.seals import seal
from tests.ledger.books import AT, BOB, ESCROW, fund, move, post


async def sealed_books(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    assert await seal(db, AT)
    await post(db, *(move(str(n), BOB, ESCROW, 100) for n in range(5)))
    assert await seal(db, AT)


async def test_sealing_covers_everything_once(db: AsyncConnection) -> None:
    assert await seal(db, AT) is None
    await fund(db, BOB, 5000)
    first = await seal(db, AT)
    assert first is not None
    assert (first.id, first.journals) == (1, 1)
    assert await seal(db, AT) is None
    await post(db, move("a", BOB, ESCROW, 1), move("b", BOB, ESCROW, 1))
    second = await seal(db, AT)
    assert second is not None
    assert (second.id, second.journals) == (2, 2)
    assert first.hash != second.hash
    await post(db, move("c", BOB, ESCROW, 1))
    assert await check(db) == []


@pytest.mark.parametrize(
    "bend",
    [
        "UPDATE ledger_journal SET memo = 'other' WHERE key = '3'",
        "UPDATE ledger_journal SET effective_on = '2026-01-01' WHERE key = '3'",
        "UPDATE ledger_entry SET amount = -amount, balance_after = balance_after + 200"
        " WHERE journal_id = (SELECT id FROM ledger_journal WHERE key = '3')",
        "DELETE FROM ledger_journal WHERE key = '3'",
    ],
)
async def test_a_change_breaks_the_seal(db: AsyncConnection, backend: str, bend: str) -> None:
    """Somebody with all rights takes the triggers away first."""
    await sealed_books(db)
    if backend == "postgresql":
        for table in ("ledger_journal", "ledger_entry"):
            await db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    else:
        triggers = await db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in triggers.all():
            await db.execute(text(f"DROP TRIGGER {name}"))
    await db.execute(text(bend))
    broken = [fault.where for fault in await check(db) if fault.kind == "seal_broken"]
    assert broken == ["batch 2"]
