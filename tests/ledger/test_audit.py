"""The audit finds what was bent behind the ledger's back."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import check, hold
from tests.ledger.books import AT, BOB, ESCROW, fund, move, post, rub

OUTGOING = (
    "INSERT INTO ledger_outgoing (id, kind, gateway, party, target, amount, currency,"
    " idempotency_key, state, ref, refusal, created_us, changed_us)"
    " VALUES ('o1', 'pay_out', 'demo', 'ann', '', 100, 'RUB', 'k', '{state}', '', '', 0, 0)"
)
BEND = {
    "account_adrift": "UPDATE ledger_account SET balance = balance + 1 WHERE owner = 'bob'",
    "account_version": "UPDATE ledger_account SET version = version + 1 WHERE owner = 'bob'",
    "held_adrift": "UPDATE ledger_account SET held = held + 1 WHERE owner = 'bob'",
    "journal_short": "INSERT INTO ledger_journal (scope, key, req_hash, kind, ref, memo,"
    " effective_on, recorded_us) VALUES ('raw', '1', '', 'raw', '', '', '2026-11-21', 0)",
    "reversal_orphaned": "INSERT INTO ledger_journal (scope, key, req_hash, kind, ref, memo,"
    " effective_on, recorded_us, reverses)"
    " VALUES ('raw', '1', '', 'raw', '', '', '2026-11-21', 0, 987654)",
    "hold_end_orphaned": "INSERT INTO ledger_hold_end (hold_key, kind, ended_us)"
    " VALUES ('ghost', 'void', 0)",
    "books_unbalanced": "UPDATE ledger_account SET balance = balance + 1 WHERE owner = 'bob'",
    "hold_orphaned": "INSERT INTO ledger_hold (key, account_id, amount, created_us)"
    " VALUES ('ghost', 987654, 1, 0)",
    "top_up_orphaned": "INSERT INTO ledger_journal (scope, key, req_hash, kind, ref, memo,"
    " effective_on, recorded_us) VALUES ('psp', '1', '', 'top_up', 'ghost', '', '2026-11-21', 0)",
    "outgoing_unbooked": OUTGOING.format(state="done"),
    "outgoing_unheld": OUTGOING.format(state="pending"),
    "top_up_unbooked": "INSERT INTO ledger_top_up"
    " (id, gateway, party, amount, currency, return_url, idempotency_key, state, url,"
    " payment, refusal, created_us, changed_us)"
    " VALUES ('t1', 'demo', 'bob', 100, 'RUB', '', 'k', 'paid', '', 'p1', '', 0, 0)",
}


async def sound_books(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await post(db, move("m", BOB, ESCROW, 1000))
    await hold(db, "h1", BOB, rub(2000), AT)


async def test_sound_books_are_clean(db: AsyncConnection) -> None:
    await sound_books(db)
    assert await check(db) == []


async def test_a_hold_that_outlives_its_payout_is_found(db: AsyncConnection) -> None:
    await sound_books(db)
    await hold(db, "pay_out:o1", BOB, rub(100), AT)
    await db.execute(text(OUTGOING.format(state="pending")))
    assert await check(db) == []
    await db.execute(text("UPDATE ledger_outgoing SET state = 'refused'"))
    assert [(fault.kind, fault.where) for fault in await check(db)] == [
        ("outgoing_still_held", "pay_out o1")
    ]


@pytest.mark.parametrize("kind", BEND)
async def test_the_audit_names_the_fault(db: AsyncConnection, kind: str) -> None:
    await sound_books(db)
    await db.execute(text(BEND[kind]))
    faults = await check(db)
    assert kind in {fault.kind for fault in faults}
    assert all(fault.where and fault.text for fault in faults)
