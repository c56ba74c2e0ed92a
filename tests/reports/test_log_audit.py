"""The audit of the log finds whatever somebody with the database in hand did to it."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import Sealer, check_log, log_audit, log_verbs
from tests.reports.builders import ISSUED
from tests.reports.test_log_verbs import filled

COUNT = 11
TABLES = ("reports_log_leaves", "reports_log_nodes", "reports_log_checkpoints")
#: What was done → where it is found.
DAMAGES = {
    "update reports_log_leaves set entry = 'entry 99' where position = 4": ("log_leaf", "4"),
    "update reports_log_leaves set position = 99 where position = 10": ("log_leaf", "10"),
    "delete from reports_log_leaves where position = 3": ("log_leaf", "3"),
    "delete from reports_log_leaves where position > 6": ("log_leaf", "checkpoint 11"),
    "update reports_log_nodes set hash = '00' where level = 2 and position = 1": (
        "log_node",
        "2/1",
    ),
    "delete from reports_log_nodes where level = 3": ("log_node", "3/0"),
    "insert into reports_log_nodes values (4, 0, '00')": ("log_leaf", "node 4/0"),
    "update reports_log_checkpoints set size = 10": ("log_checkpoint", "10"),
    "update reports_log_checkpoints set note = 'x'": ("log_checkpoint", "11"),
}


async def unguarded(db: AsyncConnection, tables: Sequence[str] = TABLES) -> None:
    """As somebody who owns the database."""
    for table in tables:
        if db.dialect.name == "postgresql":
            await db.execute(text(f"alter table {table} disable trigger all"))
        else:
            for verb in ("update", "delete"):
                await db.execute(text(f"drop trigger {table}_no_{verb}"))


async def test_what_was_done_to_the_log_is_found(
    db: AsyncConnection, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_audit, "PAGE", 3)
    assert await check_log(db) == []
    await filled(db, COUNT)
    await log_verbs.sign(db, sealer.log, ISSUED)
    assert await check_log(db) == []
    await unguarded(db)
    for damage, found in DAMAGES.items():
        spot = await db.begin_nested()
        await db.execute(text(damage))
        faults = [(one.kind, one.where) for one in await check_log(db)]
        assert found in faults, (damage, faults)
        await spot.rollback()
    assert await check_log(db) == []
