"""The audit reads a block of meters at a time, and finds in many what it finds in one."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import (
    audit,
    check,
    check_allowances,
    client_pays_tariff,
    grant_allowance,
    observe,
)
from tests.metering.books import SESSION, at, begin, seconds

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
    assert len(asked) == 7, "a page of names, five questions of the block, the end of names"


async def test_a_minute_that_was_charged_otherwise_is_named(db: AsyncConnection) -> None:
    """The third minute cost more than its tariff says; receipt, journal and meter agree on it."""
    await begin(db, 100_00, replace(client_pays_tariff(), plan="cheap"))
    await observe(db, SESSION, seconds(0, 130), at(131))
    dearer = replace(client_pays_tariff(2001), plan="cheap").to_json()
    await db.execute(text("UPDATE metering_meters SET tariff = :t"), {"t": dearer})
    [fault] = await check(db)
    assert (fault.kind, fault.where) == ("minute", SESSION)
    assert fault.text.startswith("minute 1: (0, 60, 2001, ")


async def test_a_minute_that_nobody_charged_and_one_that_is_not_due_are_named(
    db: AsyncConnection,
) -> None:
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 130), at(131))
    await db.execute(text("UPDATE metering_segments SET to_second = to_second - 20"))
    found = {fault.kind: fault.text for fault in await check(db)}
    assert found["minute"] == "minute 3 was charged, not due"
    await db.execute(text("UPDATE metering_segments SET to_second = to_second + 90"))
    found = {fault.kind: fault.text for fault in await check(db)}
    assert found["minute"] == "minute 4 is due and was not charged"


async def test_seconds_that_are_gone_are_missed(db: AsyncConnection) -> None:
    await grant_allowance(db, "bob", 600, at(-20), "june")
    await begin(db, None, replace(client_pays_tariff(), allowance="minutes"))
    await observe(db, SESSION, seconds(0, 55), at(55))
    assert await check_allowances(db) == []
    await db.execute(text("UPDATE metering_allowances SET left_s = left_s - 60"))
    [fault] = await check_allowances(db)
    assert fault.text == "420 s left of 600, 60 taken, 60 held"
