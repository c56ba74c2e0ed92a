"""One batch of drafts on PostgreSQL: lock, read, judge, and one statement that writes it all.

Whole columns go to asyncpg as arrays. Every look-up is a sub-select that can only be an index
look-up: as joins the planner, which knows nothing of tables that have just grown, scans them.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, account_of
from ledger.driver import fetch
from ledger.errors import TryAgain
from ledger.journals import Leg
from ledger.judge import Books, HoldFacts, ReversalFacts, Standing, Verdict
from ledger.moments import us_of
from ledger.needs import AccountKey, Needs

UNIQUE_VIOLATION = "23505"
EXPIRED_MAX = 1000  # holds of one account that one batch ends

_LOCK = """
SELECT v.n, l.* FROM unnest($1::int[], $2::text[], $3::text[]) WITH ORDINALITY
  AS v(kind, owner, currency, n),
LATERAL (SELECT a.id, a.balance, a.held, a.version, a.floor, a.ceiling, a.status
  FROM ledger_account a
  WHERE a.kind = v.kind AND a.owner = v.owner AND a.currency = v.currency
  LIMIT 1 FOR UPDATE) l
"""
_OPEN = """
INSERT INTO ledger_account (kind, owner, currency, floor)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING
"""
# The fingerprint of a journal that is there, or the row of one that may come to be.
_KNOWN = """
SELECT j.req_hash,
  CASE WHEN j.req_hash IS NULL THEN nextval('ledger_journal_id_seq') END
FROM unnest($1::text[], $2::text[]) AS v(scope, key)
LEFT JOIN LATERAL (SELECT req_hash FROM ledger_journal j
  WHERE j.scope = v.scope AND j.key = v.key LIMIT 1) j ON true
"""
_HOLDS = """
SELECT v.key, a.kind, a.owner, a.currency, h.amount,
  (SELECT e.kind FROM ledger_hold_end e WHERE e.hold_key = v.key)
FROM unnest($1::text[]) AS v(key),
LATERAL (SELECT account_id, amount FROM ledger_hold h WHERE h.key = v.key LIMIT 1) h,
LATERAL (SELECT kind, owner, currency FROM ledger_account a WHERE a.id = h.account_id LIMIT 1) a
"""
_DUE = """
SELECT v.id, h.key, h.amount FROM unnest($1::bigint[]) AS v(id),
LATERAL (SELECT key, amount FROM ledger_hold h WHERE h.account_id = v.id AND h.expires_us <= $2
  AND NOT EXISTS (SELECT FROM ledger_hold_end e WHERE e.hold_key = h.key) LIMIT $3) h
"""
_CLOSED = "SELECT first_day, last_day FROM ledger_period"
_REVERSAL = """
SELECT j.id, j.reverses IS NOT NULL OR EXISTS
    (SELECT FROM ledger_journal r WHERE r.reverses = j.id),
  a.kind, a.owner, a.currency, e.amount
FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id
JOIN ledger_account a ON a.id = e.account_id
WHERE j.scope = $1 AND j.key = $2 ORDER BY e.line
"""
_SAVE = """
UPDATE ledger_account a SET balance = v.balance, held = v.held, version = v.version
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  AS v(id, balance, held, version) WHERE a.id = v.id
"""
_WRITE = f"""
WITH journals AS (
  INSERT INTO ledger_journal
    (id, scope, key, req_hash, kind, ref, memo, effective_on, recorded_us, reverses)
  SELECT * FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::date[], $13::bigint[], $14::bigint[])),
accounts AS ({_SAVE})
INSERT INTO ledger_entry
  (account_id, version, journal_id, line, currency, amount, balance_after)
SELECT * FROM unnest($15::bigint[], $16::bigint[], $17::bigint[], $18::int[], $19::text[],
  $20::bigint[], $21::bigint[])
"""
_ADD_HOLDS = """
INSERT INTO ledger_hold (key, account_id, amount, created_us, expires_us)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
"""
_END_HOLDS = """
INSERT INTO ledger_hold_end (hold_key, kind, journal_id, ended_us)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
"""


async def read(db: AsyncConnection, needs: Needs, at: datetime) -> tuple[Books, list[int]]:
    """What the judge must know, under the locks of the accounts, and rows for new journals."""
    standings = await lock(db, needs.accounts)
    await expire(db, standings.values(), at)
    known, ids = await _known(db, needs.pairs)
    books = Books(
        standings,
        known,
        await holds(db, list(needs.holds)),
        {id: facts for id in needs.reversals if (facts := await _reversal(db, id))},
        [(row[0], row[1]) for row in await fetch(db, _CLOSED)] if needs.dated else (),
    )
    return books, ids


async def lock(db: AsyncConnection, accounts: dict[AccountKey, Account]) -> dict[Account, Standing]:
    """Lock accounts until the transaction ends; those that did not exist are opened, empty."""
    keys = sorted(accounts)
    found = await _lock_existing(db, accounts, keys)
    if len(found) < len(keys):
        missing = [key for key in keys if accounts[key] not in found]
        floors = [accounts[key].kind.floor_minor for key in missing]
        await fetch(db, _OPEN, *_columns(missing, 3), floors)
        found = await _lock_existing(db, accounts, keys)
    return found


async def _lock_existing(
    db: AsyncConnection, accounts: dict[AccountKey, Account], keys: list[AccountKey]
) -> dict[Account, Standing]:
    if not keys:
        return {}
    return {
        accounts[keys[row[0] - 1]]: Standing(*row[1:])
        for row in await fetch(db, _LOCK, *_columns(keys, 3))
    }


async def expire(db: AsyncConnection, standings: Collection[Standing], at: datetime) -> None:
    """End the due holds of locked accounts, so that limits count living holds only."""
    by_id = {standing.id: standing for standing in standings if standing.held}
    if not by_id:
        return
    due = await fetch(db, _DUE, list(by_id), us_of(at), EXPIRED_MAX)
    if not due:
        return
    for id, _, amount in due:
        by_id[id].held -= amount
    await end_holds(db, [row[1] for row in due], "expire", at)
    await save(db, [by_id[id] for id in {row[0] for row in due}])


async def _known(
    db: AsyncConnection, pairs: Sequence[tuple[str, str]]
) -> tuple[dict[str, str], list[int]]:
    """Fingerprints of the journals that are there; a row for each that is not, ascending."""
    if not pairs:
        return {}, []
    rows = await fetch(db, _KNOWN, *_columns(pairs, 2))
    known = {
        f"{scope}:{key}": row[0]
        for (scope, key), row in zip(pairs, rows, strict=True)
        if row[0] is not None
    }
    return known, [row[1] for row in rows if row[1] is not None]


async def holds(db: AsyncConnection, keys: Sequence[str]) -> dict[str, HoldFacts]:
    """The holds that are there, by key."""
    rows = await fetch(db, _HOLDS, list(keys)) if keys else ()
    return {row[0]: HoldFacts(account_of(*row[1:4]), row[4], row[5]) for row in rows}


async def _reversal(db: AsyncConnection, journal_id: str) -> ReversalFacts | None:
    scope, _, key = journal_id.partition(":")
    rows = await fetch(db, _REVERSAL, scope, key)
    if not rows:
        return None
    legs = tuple(Leg(account_of(*row[2:5]), row[5]) for row in rows)
    return ReversalFacts(rows[0][0], legs, rows[0][1])


async def write(db: AsyncConnection, verdict: Verdict, ids: list[int], at: datetime) -> None:
    """Write what was judged; the guard trigger looks at all its entries at once.

    Raises: TryAgain when another transaction has taken a key meanwhile.
    """
    try:
        if verdict.holds:
            await _add_holds(db, verdict, at)
        ended = [
            (posting.draft.posts_hold, ids[place])
            for place, posting in enumerate(verdict.postings)
            if posting.draft.posts_hold is not None
        ]
        if ended:
            await end_holds(db, [key for key, _ in ended], "post", at, [id for _, id in ended])
        if verdict.postings:
            journals = _journal_columns(verdict, ids, at)
            await fetch(
                db,
                _WRITE,
                *_saved(verdict.standings.values()),
                *journals,
                *_entry_columns(verdict, ids),
            )
        elif verdict.standings:
            await save(db, verdict.standings.values())
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise TryAgain(str(getattr(error.orig, "detail", ""))) from error
        raise


def _journal_columns(verdict: Verdict, ids: list[int], at: datetime) -> tuple[list[Any], ...]:
    postings, recorded = verdict.postings, us_of(at)
    drafts = [posting.draft for posting in postings]
    return (
        ids[: len(postings)],
        [draft.scope for draft in drafts],
        [draft.key for draft in drafts],
        [posting.req_hash for posting in postings],
        [draft.kind for draft in drafts],
        [draft.ref for draft in drafts],
        [draft.memo for draft in drafts],
        [posting.effective_on for posting in postings],
        [recorded] * len(postings),
        [posting.reverses for posting in postings],
    )


def _entry_columns(verdict: Verdict, ids: list[int]) -> tuple[list[Any], ...]:
    lines = verdict.lines
    return (
        lines.accounts,
        lines.versions,
        [ids[place] for place in lines.postings],
        lines.numbers,
        lines.currencies,
        lines.minors,
        lines.balances,
    )


async def save(db: AsyncConnection, standings: Collection[Standing]) -> None:
    """Write accounts that this transaction has locked."""
    await fetch(db, _SAVE, *_saved(standings))


def _saved(standings: Collection[Standing]) -> tuple[list[int], ...]:
    return (
        [s.id for s in standings],
        [s.balance for s in standings],
        [s.held for s in standings],
        [s.version for s in standings],
    )


async def _add_holds(db: AsyncConnection, verdict: Verdict, at: datetime) -> None:
    made = verdict.holds
    await fetch(
        db,
        _ADD_HOLDS,
        [ask.key for ask in made],
        [verdict.standings[ask.payer].id for ask in made],
        [ask.minor for ask in made],
        [us_of(at)] * len(made),
        [us_of(ask.expires_at) if ask.expires_at else None for ask in made],
    )


async def end_holds(
    db: AsyncConnection,
    keys: list[str],
    kind: str,
    at: datetime,
    ids: Sequence[int | None] | None = None,
) -> None:
    """The primary key refuses a second end of a hold."""
    rows = ids if ids is not None else [None] * len(keys)
    await fetch(db, _END_HOLDS, keys, [kind] * len(keys), rows, [us_of(at)] * len(keys))


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into columns; `width` of them even when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
