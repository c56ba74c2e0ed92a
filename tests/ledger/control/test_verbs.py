"""The audit journal, switches and limits on the database."""

import asyncio
import sys
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Money
from ledger.control import (
    SYSTEM,
    Actor,
    NothingSaid,
    OverLimit,
    RoleRefused,
    Switch,
    SwitchedOff,
    audit_trail,
    check_trail,
    limit_of,
    limits,
    record,
    require_open,
    require_top_up,
    require_within,
    set_limit,
    switches,
    trail_head,
    turn,
)
from ledger.store import us_of
from tests.ledger.control.people import AT, BOB, NINA, VERA


async def some_rows(db: AsyncConnection, count: int = 5) -> None:
    for n in range(count):
        await record(db, BOB, "refund.asked", f"refund:r{n}", "", AT, amount_minor=n)


async def test_who_did_what_from_where_and_why(db: AsyncConnection) -> None:
    at = AT + timedelta(microseconds=7)
    await record(db, BOB, "refund.asked", "refund:r1", "не нужно", at, amount_minor=500, to="card")
    [row] = await audit_trail(db)
    assert (row.number, row.at, row.actor, row.why) == (1, at, BOB, "не нужно")
    assert (row.action, row.subject) == ("refund.asked", "refund:r1")
    assert dict(row.facts) == {"amount_minor": 500, "to": "card"}
    assert (await trail_head(db)).hash == row.hash
    assert await check_trail(db) == []


async def test_the_newest_first_and_by_what_one_looks_for(db: AsyncConnection) -> None:
    await record(db, BOB, "refund.asked", "refund:r1", "", AT)
    await record(db, SYSTEM, "refund.done", "refund:r1", "", AT + timedelta(days=1))
    await record(db, VERA, "refunds", "switch:refunds", "тишина", AT + timedelta(days=2))
    await record(db, VERA, "ruling", "session:S-2026-000001", "", AT + timedelta(days=3))

    async def numbers(**facts: object) -> list[int]:
        return [row.number for row in await audit_trail(db, **facts)]  # type: ignore[arg-type]

    assert await numbers() == [4, 3, 2, 1]
    assert await numbers(limit=2) == [4, 3]
    assert await numbers(before=3) == [2, 1]
    assert await numbers(subject="refund:r1") == [2, 1]
    assert await numbers(action="refund") == [2, 1]
    assert await numbers(action="refund.done") == [2]
    assert await numbers(party="vera") == [4, 3]
    assert await numbers(since=AT + timedelta(days=1), until=AT + timedelta(days=3)) == [3, 2]


async def refused(db: AsyncConnection, sql: str, words: str) -> None:
    with pytest.raises(DBAPIError, match=words):
        async with db.begin_nested():
            await db.execute(text(sql))


async def test_rows_are_never_changed_or_removed(db: AsyncConnection, backend: str) -> None:
    await some_rows(db)
    await refused(db, "UPDATE ledger_control_audit SET why = 'x'", "append only")
    await refused(db, "DELETE FROM ledger_control_audit WHERE number = 5", "append only")
    await refused(db, "DELETE FROM ledger_control_head", "append only")
    await refused(db, "UPDATE ledger_control_head SET number = 4", "moves with its rows only")
    await refused(db, "UPDATE ledger_control_head SET number = 6, hash = 'x'", "with its rows only")
    if backend == "postgresql":
        await refused(db, "TRUNCATE ledger_control_audit", "append only")
        await refused(db, "TRUNCATE ledger_control_head", "append only")
    copy = (
        "INSERT INTO ledger_control_audit SELECT {}, at_us, party, role, address, action, subject,"
        " why, facts, {}, hash FROM ledger_control_audit WHERE number = 5"
    )
    await refused(db, copy.format(7, "hash"), "does not follow")
    await refused(db, copy.format(6, "prev_hash"), "does not follow")
    if backend == "sqlite":
        replaced = copy.replace("INSERT", "INSERT OR REPLACE")
        await refused(db, replaced.format(5, "prev_hash"), "does not follow")
    assert await check_trail(db) == []


CUTS = {
    "edited": ("UPDATE ledger_control_audit SET why = 'иначе' WHERE number = 3", "audit 3"),
    "removed": ("DELETE FROM ledger_control_audit WHERE number = 3", "audit 4"),
    "tail cut": ("DELETE FROM ledger_control_audit WHERE number > 3", "audit"),
    "all removed": ("DELETE FROM ledger_control_audit", "audit"),
    "headless": ("DELETE FROM ledger_control_head", "audit"),
    "reordered": (
        "UPDATE ledger_control_audit SET number = CASE number WHEN 2 THEN 13 WHEN 3 THEN 12 END"
        " WHERE number IN (2, 3);UPDATE ledger_control_audit SET number = number - 10"
        " WHERE number > 10",
        "audit 2",
    ),
}


FAULTS = {
    "edited": ("trail_broken", "it was changed after it was written"),
    "removed": ("trail_broken", "row 3 is missing"),
    "tail cut": ("trail_cut", "3 rows end in"),
    "all removed": ("trail_cut", "0 rows end in 000000000000"),
    "headless": ("trail_headless", "the head of the journal is gone"),
    "reordered": ("trail_broken", "it does not follow from the row before"),
}


@pytest.mark.parametrize("how", CUTS)
async def test_what_is_changed_behind_the_triggers_is_found(
    db: AsyncConnection, backend: str, how: str
) -> None:
    await some_rows(db)
    await disarm(db, backend)
    statements, where = CUTS[how]
    for statement in statements.split(";"):
        await db.execute(text(statement))
    found = await check_trail(db)
    assert found
    assert (found[0].where, found[0].kind) == (where, FAULTS[how][0])
    assert FAULTS[how][1] in found[0].text


async def disarm(db: AsyncConnection, backend: str) -> None:
    """What somebody with every right can do to the tables."""
    if backend == "postgresql":
        for table in ("ledger_control_audit", "ledger_control_head"):
            await db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        return
    names = text(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_control%'"
    )
    for name in (await db.execute(names)).scalars().all():
        await db.execute(text(f"DROP TRIGGER {name}"))


async def test_numbers_have_no_gaps_whoever_writes_and_whoever_gives_up(
    fresh_engine: AsyncEngine,
) -> None:
    class GaveUp(Exception):
        """The caller's transaction fails after the row was written."""

    async def act(n: int) -> None:
        try:
            async with fresh_engine.begin() as db:
                await record(db, Actor(f"p{n}", "self"), "act", f"act:{n}", "", AT, n=n)
                if n % 4 == 0:
                    raise GaveUp
        except GaveUp:
            pass

    await asyncio.gather(*(act(n) for n in range(20)))
    async with fresh_engine.connect() as db:
        rows = await audit_trail(db, limit=100)
        assert [row.number for row in rows] == list(range(15, 0, -1))
        assert {row.facts["n"] for row in rows} == {n for n in range(20) if n % 4}
        assert await check_trail(db) == []


# --- switches


async def test_a_switch_is_turned_with_a_reason_and_leaves_a_row(db: AsyncConnection) -> None:
    await require_open(db, Switch.PAYOUTS)
    await turn(db, Switch.PAYOUTS, False, VERA, "  банк   не отвечает ", AT)
    with pytest.raises(SwitchedOff) as off:
        await require_open(db, Switch.PAYOUTS)
    assert (off.value.switch, off.value.why) == ("payouts", "банк не отвечает")
    await require_open(db, Switch.REFUNDS)
    states = {one.switch: one for one in await switches(db)}
    assert list(states) == list(Switch)
    assert (states[Switch.PAYOUTS].open, states[Switch.PAYOUTS].turned_by) == (False, "vera")
    await turn(db, Switch.PAYOUTS, True, VERA, "отвечает", AT)
    await require_open(db, Switch.PAYOUTS)
    rows = await audit_trail(db, subject="switch:payouts")
    assert [(row.action, row.why) for row in rows] == [
        ("switch.open", "отвечает"),
        ("switch.close", "банк не отвечает"),
    ]
    assert rows[0].actor == VERA


@pytest.mark.parametrize("actor", [NINA, BOB])
async def test_only_a_curator_turns_switches(db: AsyncConnection, actor: Actor) -> None:
    with pytest.raises(RoleRefused):
        await turn(db, Switch.TOP_UPS, False, actor, "так надо", AT)
    assert await audit_trail(db) == []


async def test_a_switch_wants_a_reason(db: AsyncConnection) -> None:
    with pytest.raises(NothingSaid):
        await turn(db, Switch.TOP_UPS, False, VERA, "  ", AT)
    await require_open(db, Switch.TOP_UPS)


async def test_a_switch_acts_at_once_on_other_connections(fresh_engine: AsyncEngine) -> None:
    """What is committed is seen by the very next transaction: no cache, no delay."""
    async with fresh_engine.begin() as db:
        await turn(db, Switch.TOP_UPS, False, VERA, "проверка", AT)
    async with fresh_engine.begin() as other:
        with pytest.raises(SwitchedOff):
            await require_open(other, Switch.TOP_UPS)


# --- limits


async def test_limits_have_defaults_in_every_currency(db: AsyncConnection) -> None:
    assert await limit_of(db, "refund.two_persons", "RUB") == Money(30_000_00)
    assert await limit_of(db, "refund.two_persons", "JPY") == Money(45_000, "JPY")
    assert await limit_of(db, "of.nothing", "RUB") is None
    in_roubles = await limits(db, "RUB")
    assert {one.what for one in in_roubles} >= {"payout.most", "top_up.most_a_day"}
    assert len(await limits(db)) == 7 * len(in_roubles)


async def test_a_tighter_limit_is_in_force_at_once(db: AsyncConnection) -> None:
    assert await set_limit(db, "payout.most", Money(100), VERA, "осторожно", AT) is None
    assert await limit_of(db, "payout.most", "RUB") == Money(100)
    await require_within(db, "payout.most", Money(100))
    with pytest.raises(OverLimit) as over:
        await require_within(db, "payout.most", Money(60), used=Money(41))
    assert (over.value.limit, over.value.used) == (Money(100), Money(41))
    [row] = await audit_trail(db)
    assert (row.action, row.subject) == ("limit.set", "limit:payout.most")
    assert dict(row.facts) == {"currency": "RUB", "from_minor": 500_000_00, "to_minor": 100}
    assert [one.own for one in await limits(db, "RUB") if one.what == "payout.most"] == [True]


async def test_the_record_of_a_limit_says_what_was_before(db: AsyncConnection) -> None:
    """-1: there was none; a nought would read as a limit that let nothing through."""
    for minor in (700, 500):
        await set_limit(db, "errand.most", Money(minor, "EUR"), VERA, "начинаем", AT)
    newest, first = await audit_trail(db, action="limit.set")
    assert dict(first.facts) == {"currency": "EUR", "from_minor": -1, "to_minor": 700}
    assert dict(newest.facts) == {"currency": "EUR", "from_minor": 700, "to_minor": 500}
    assert {(row.subject, row.why, row.actor) for row in (newest, first)} == {
        ("limit:errand.most", "начинаем", VERA)
    }


async def test_a_limit_of_nothing_lets_nothing_through(db: AsyncConnection) -> None:
    await set_limit(db, "payout.most", Money(0), SYSTEM, "стоп", AT)
    with pytest.raises(OverLimit):
        await require_within(db, "payout.most", Money(1))


async def test_only_a_curator_sets_limits_and_says_why(db: AsyncConnection) -> None:
    with pytest.raises(RoleRefused):
        await set_limit(db, "payout.most", Money(1), NINA, "так надо", AT)
    with pytest.raises(NothingSaid):
        await set_limit(db, "payout.most", Money(1), VERA, "", AT)
    with pytest.raises(ValueError, match="-1"):
        await set_limit(db, "payout.most", Money(-1), VERA, "так надо", AT)


async def test_top_ups_of_a_day_are_counted_by_party(db: AsyncConnection) -> None:
    await set_limit(db, "top_up.most_a_day", Money(1_000), VERA, "осторожно", AT)
    insert = text(
        "INSERT INTO ledger_top_up (id, gateway, party, amount, currency, return_url,"
        " idempotency_key, state, url, refusal, created_us, changed_us)"
        " VALUES (:id, 'demo', :party, :minor, 'RUB', '', :id, :state, '', '', :us, :us)"
    )
    midnight = AT.replace(hour=0)

    async def top_up(id: str, party: str, minor: int, state: str, at: datetime) -> None:
        facts = {"id": id, "party": party, "minor": minor, "state": state, "us": us_of(at)}
        await db.execute(insert, facts)

    await top_up("paid", "bob", 300, "paid", midnight)
    await top_up("begun", "bob", 200, "created", AT)
    await top_up("failed", "bob", 900, "refused", AT)
    await top_up("yesterday", "bob", 900, "paid", midnight - timedelta(microseconds=1))
    await top_up("other", "eve", 900, "paid", AT)
    await require_top_up(db, "bob", Money(500), AT)
    await require_top_up(db, "bob", Money(700), AT, "begun")
    with pytest.raises(OverLimit) as over:
        await require_top_up(db, "bob", Money(501), AT)
    assert over.value.used == Money(500)
    await require_top_up(db, "bob", Money(1_000), AT + timedelta(hours=12))


CHILD = """
import asyncio, sys, time
from ledger.control import Switch, SwitchedOff, require_open
from web.db import Database

async def watch(url):
    database = Database(url)
    print("open", flush=True)
    for _ in range(1000):
        async with database.transaction() as db:
            try:
                await require_open(db, Switch.PAYOUTS)
            except SwitchedOff as off:
                print(off.why, flush=True)
                break
        await asyncio.sleep(0.02)
    await database.close()

asyncio.run(watch(sys.argv[1]))
"""


async def test_a_switch_stops_another_process_within_seconds(
    fresh_engine: AsyncEngine, database_url: str
) -> None:
    """The bar is 5 s; nothing is cached, so it is the time of one query."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"open\n"
    async with fresh_engine.begin() as db:
        await turn(db, Switch.PAYOUTS, False, VERA, "stop", AT)
    began = time.monotonic()
    assert await child.stdout.readline() == b"stop\n"
    assert time.monotonic() - began < 5
    assert await child.wait() == 0
