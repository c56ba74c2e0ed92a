"""The ledger's seals cover the head of the audit journal: a tail that somebody cut off together
with the head is missed, and named."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import check
from ledger.control import Actor, check_trail, record, trail_head
from ledger.seals import FIRST_HASH, Batch, recorded_after, seal
from tests.ledger.books import AT, BOB, ESCROW, fund, move, post
from tests.ledger.control.people import VERA

HEAD_OF = "(SELECT hash FROM ledger_control_audit WHERE number = {})"


async def said(db: AsyncConnection, *why: str, by: Actor = VERA) -> None:
    for n, word in enumerate(why):
        await record(db, by, "switch.turned", "switch:payouts", word, AT + timedelta(seconds=n))


async def sealed(db: AsyncConnection) -> Batch:
    batch = await seal(db, AT, await trail_head(db))
    assert batch is not None
    return batch


async def without_guards(db: AsyncConnection, backend: str, *deeds: str) -> None:
    """What somebody with all rights does, who takes the triggers away first."""
    if backend == "postgresql":
        for table in ("ledger_control_audit", "ledger_control_head", "ledger_batch"):
            await db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    else:
        triggers = await db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in triggers.all():
            await db.execute(text(f"DROP TRIGGER {name}"))
    for deed in deeds:
        await db.execute(text(deed))


def cut_to(count: int) -> tuple[str, str]:
    """Rows and head, so that the journal by itself is sound."""
    return (
        f"DELETE FROM ledger_control_audit WHERE number > {count}",
        f"UPDATE ledger_control_head SET number = {count}, hash = {HEAD_OF.format(count)}",
    )


async def books(db: AsyncConnection) -> None:
    """Money and three rows, sealed; two rows more and no money, sealed."""
    await fund(db, BOB, 5000)
    await said(db, "1", "2", "3")
    assert (await sealed(db)).journals == 1
    await said(db, "4", "5")
    last = await sealed(db)
    assert (last.id, last.journals, last.trail) == (2, 0, await trail_head(db))
    assert await seal(db, AT, await trail_head(db)) is None


async def test_sound_books(db: AsyncConnection) -> None:
    await books(db)
    await said(db, "6")
    await post(db, move("a", BOB, ESCROW, 1))
    assert await check_trail(db) == []
    assert await check(db) == []


@pytest.mark.parametrize(("left", "missed"), [(4, ["batch 2"]), (2, ["batch 1", "batch 2"])])
async def test_a_cut_tail_is_named(
    db: AsyncConnection, backend: str, left: int, missed: list[str]
) -> None:
    await books(db)
    await without_guards(db, backend, *cut_to(left))
    faults = await check_trail(db)
    assert [(fault.kind, fault.where) for fault in faults] == [("trail_cut", one) for one in missed]
    assert faults[-1].text == (
        f"it covers audit row 5, which is gone or another now ({left} are left)"
    )
    assert await check(db) == []


async def test_a_tail_that_was_written_anew_is_named(db: AsyncConnection, backend: str) -> None:
    """As long as before and a sound chain, but of other rows."""
    await books(db)
    await without_guards(db, backend, *cut_to(3))
    for number, word in ((4, "nothing"), (5, "of interest")):
        await said(db, word)
        head = f"UPDATE ledger_control_head SET number = {number}, hash = {HEAD_OF.format(number)}"
        await db.execute(text(head))
    assert [fault.where for fault in await check_trail(db)] == ["batch 2"]


@pytest.mark.parametrize("forged", ["trail_rows = 3", "trail_hash = 'x'", "trail_rows = NULL"])
async def test_a_seal_cannot_be_talked_out_of_it(
    db: AsyncConnection, backend: str, forged: str
) -> None:
    await books(db)
    deed = f"UPDATE ledger_batch SET {forged} WHERE id = 2"
    await without_guards(db, backend, *cut_to(3), deed)
    assert [fault.where for fault in await check(db)] == ["batch 2"]


async def test_seals_of_before_stay_sound(db: AsyncConnection, backend: str) -> None:
    """Batches that know no audit journal hash as they always did."""
    await fund(db, BOB, 5000)
    facts = "".join([row[2] async for rows in recorded_after(db, 0) for row in rows])
    await sealed(db)
    hash = hashlib.sha256(f"{FIRST_HASH};{facts}".encode()).hexdigest()
    old = f"UPDATE ledger_batch SET trail_rows = NULL, trail_hash = NULL, hash = '{hash}'"
    await without_guards(db, backend, old)
    await post(db, move("a", BOB, ESCROW, 1))
    assert (await sealed(db)).id == 2
    assert await check(db) == []
    assert await check_trail(db) == []
