"""The least that *this product's* minute costs: the same rows, written by SQL alone.

The tables, keys, constraints and triggers are ours, and so is every row that a first minute leaves:
the account of the escrow, the journal with its two entries, both balances, the end of the hold, the
charge, its receipt, the second, the meter. What is missing is all of our Python: nothing is read,
priced, judged, hashed or told. Batches of a thousand, each committed before the next begins.
"""

import time
from collections.abc import Callable, Sequence

import asyncpg

from bench._metering_limit import BATCH, Limit
from bench.result import Unmeasured
from ledger import AccountKind

PRICE = 2000
PAYER, ESCROW = AccountKind.PREPAID.code, AccountKind.ESCROW.code
HASH = "0" * 64

_DUE = "unnest($1::text[], $2::bigint[], $3::bigint[]) AS v(session, payer, journal)"
_STEPS = (
    f"""UPDATE ledger_account a SET balance = a.balance - {PRICE}, held = a.held - {PRICE},
  version = a.version + 1 FROM {_DUE} WHERE a.id = v.payer""",
    f"""INSERT INTO ledger_account (kind, owner, currency, floor, balance, version)
SELECT {ESCROW}, session, 'RUB', 0, {PRICE}, 1 FROM {_DUE}""",
    f"""INSERT INTO ledger_journal
  (id, scope, key, req_hash, kind, ref, memo, effective_on, reverses, recorded_us)
SELECT journal, 'tick', session || ':1', '{HASH}', 'minute', session, '1', '2026-01-01', NULL, 0
FROM {_DUE}""",
    f"""INSERT INTO ledger_entry
  (account_id, version, journal_id, line, currency, amount, balance_after)
SELECT a.id, a.version, journal, 1, 'RUB', -{PRICE}, a.balance
  FROM {_DUE}, LATERAL (SELECT * FROM ledger_account a WHERE a.id = v.payer LIMIT 1) a
UNION ALL SELECT a.id, 1, journal, 2, 'RUB', {PRICE}, {PRICE}
  FROM {_DUE}, LATERAL (SELECT id FROM ledger_account a
    WHERE a.kind = {ESCROW} AND a.owner = v.session AND a.currency = 'RUB' LIMIT 1) a""",
    f"""INSERT INTO ledger_hold_end (hold_key, kind, journal_id, ended_us)
SELECT 'meter:' || session || ':1', 'post', journal, 0 FROM {_DUE}""",
    f"""INSERT INTO metering_charges (session, n, from_s, to_s, amount_minor, currency, second,
  state, cause, charged_us)
SELECT session, 1, 0, 60, {PRICE}, 'RUB', 0, 'charged', 'rate', 0 FROM {_DUE}""",
    f"""INSERT INTO metering_receipts (session, n, total_minor, prev, hash, signature)
SELECT session, 1, {PRICE}, '{HASH}', '{HASH}', NULL FROM {_DUE}""",
    f"""INSERT INTO metering_segments (session, from_second, to_second)
SELECT session, 0, 1 FROM {_DUE}""",
    f"""UPDATE metering_meters m SET clock_s = 1, ticks = 1, paid_s = 60, charged_minor = {PRICE},
  exact = '{PRICE}', first_second = 0, last_second = 0, segment_from = 0, held_minor = NULL,
  receipt_hash = '{HASH}', version = m.version + 1, saved_us = 0
FROM {_DUE} WHERE m.session = v.session""",
)
_PAYERS = f"""
SELECT a.id FROM unnest($1::text[]) WITH ORDINALITY AS v(session, n), ledger_account a
WHERE a.kind = {PAYER} AND a.owner = 'party-' || v.session AND a.currency = 'RUB' ORDER BY n
"""
# Look-ups by key, as the plans of our own statements are.
_PLANS = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"


async def postgresql(url: str, sessions: Sequence[str], server_cpu_s: Callable[[], float]) -> Limit:
    """The first minute of prepared sessions, on one connection. Raises: Unmeasured."""
    connection = await asyncpg.connect(url)
    try:
        payers = [row[0] for row in await connection.fetch(_PAYERS, sessions)]
        await connection.execute(_PLANS)
        steps = [await connection.prepare(step) for step in _STEPS]
        first = 1 + await connection.fetchval("SELECT coalesce(max(id), 0) FROM ledger_journal")
        own_s, theirs_s, begun = time.process_time(), server_cpu_s(), time.monotonic()
        for at in range(0, len(sessions), BATCH):
            some = sessions[at : at + BATCH]
            facts = (some, payers[at : at + BATCH], range(first + at, first + at + len(some)))
            async with connection.transaction():
                for step in steps:
                    await step.fetch(*facts)
        took = time.monotonic() - begun
        own_s, theirs_s = time.process_time() - own_s, server_cpu_s() - theirs_s
        await _assert_written(connection, len(sessions))
    finally:
        await connection.close()
    done = len(sessions)
    return Limit(round(done / took), round(own_s / done * 1e6, 1), round(theirs_s / done * 1e6, 1))


async def _assert_written(connection: asyncpg.Connection, count: int) -> None:
    """As many of everything. Raises: Unmeasured."""
    asked = (
        "SELECT count(*) FROM ledger_journal WHERE scope = 'tick'",
        "SELECT count(*) FROM metering_receipts",
        "SELECT count(*) FROM metering_meters WHERE ticks = 1",
        f"SELECT count(*) FROM ledger_account WHERE kind = {ESCROW} AND balance = {PRICE}",
    )
    if any([await connection.fetchval(question) != count for question in asked]):
        raise Unmeasured("the limit did not write every row")
