"""The audit reads a block of meters at a time, and finds in many what it finds in one."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import audit, check, observe
from tests.metering.books import at, begin, seconds

NAMES = [f"S-2026-{n:06d}" for n in range(1, 8)]


async def some_meters(db: AsyncConnection) -> None:
    """Seven of a minute each, of which two lie."""
    for name in NAMES:
        await begin(db, 100_00, session=name)
        await observe(db, name, seconds(0, 70), at(71))
    await db.execute(text("UPDATE metering_meters SET clock_s = 7 WHERE session LIKE '%3'"))
    await db.execute(text("UPDATE metering_meters SET charged_minor = 1 WHERE session LIKE '%6'"))


@pytest.mark.parametrize("block", [1, 3, 100])
async def test_blocks_do_not_matter(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    await some_meters(db)
    monkeypatch.setattr(audit, "BLOCK", block)
    found = [(fault.kind, fault.where) for fault in await check(db)]
    assert found == [("clock", NAMES[2]), ("charges", NAMES[5])]


async def test_a_block_is_a_handful_of_questions(db: AsyncConnection) -> None:
    await some_meters(db)
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(db.sync_connection, "before_cursor_execute", note)
    await check(db)
    event.remove(db.sync_connection, "before_cursor_execute", note)
    assert len(asked) == 6, "a page of names, four questions of the block, the end of names"
