"""Rows ↔ values. Bulk statements take whole columns: arrays on PostgreSQL, rows on SQLite.

PostgreSQL: accounts are locked FOR UPDATE in the order of their ids, which is the order in which
everybody locks them. SQLite: the caller's BEGIN IMMEDIATE is the lock.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, Integer, Text, bindparam, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import schema
from ledger.accounts import Account, account_of
from ledger.errors import LedgerBroken, TryAgain
from ledger.journals import Draft, Leg
from ledger.judge import Books, HoldFacts, Posting, ReversalFacts, Standing, Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def us_of(at: datetime) -> int:
    """UTC microseconds of an aware moment."""
    return (at - _EPOCH) // _US


def at_of(us: int) -> datetime:
    return _EPOCH + us * _US


def is_postgresql(db: AsyncConnection) -> bool:
    return db.dialect.name == "postgresql"


def insert_new(db: AsyncConnection, table: Any) -> Any:
    """INSERT … ON CONFLICT DO NOTHING in the connection's dialect."""
    dialect = postgresql if is_postgresql(db) else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


# --- accounts

_LOCK_PG = text(
    "SELECT id, kind, owner, currency, balance, held, version, floor, ceiling, status"
    " FROM ledger_account WHERE id = ANY(ARRAY("
    "   SELECT (SELECT a.id FROM ledger_account a"
    "     WHERE a.kind = v.kind AND a.owner = v.owner AND a.currency = v.currency)"
    "   FROM unnest(:kinds, :owners, :currencies) AS v(kind, owner, currency)))"
    " ORDER BY id FOR UPDATE"
).bindparams(
    bindparam("kinds", type_=ARRAY(Integer)),
    bindparam("owners", type_=ARRAY(Text)),
    bindparam("currencies", type_=ARRAY(Text)),
)
_READ_SQLITE = text(
    "SELECT id, kind, owner, currency, balance, held, version, floor, ceiling, status"
    " FROM ledger_account WHERE (kind, owner, currency) IN"
    " (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:keys)) ORDER BY id"
)


async def lock(db: AsyncConnection, accounts: Collection[Account]) -> dict[Account, Standing]:
    """Lock accounts until the transaction ends; those that did not exist are opened, empty."""
    found = await _lock_existing(db, accounts)
    missing = sorted((a for a in accounts if a not in found), key=lambda a: a.key)
    if not missing:
        return found
    rows = [
        {"kind": a.kind.code, "owner": a.owner, "currency": a.currency, "floor": a.kind.floor_minor}
        for a in dict.fromkeys(missing)
    ]
    await db.execute(insert_new(db, schema.account).values(rows))
    return await _lock_existing(db, accounts)


async def _lock_existing(
    db: AsyncConnection, accounts: Collection[Account]
) -> dict[Account, Standing]:
    keys = sorted({account.key for account in accounts})
    if is_postgresql(db):
        kinds, owners, currencies = zip(*keys, strict=True) if keys else ((), (), ())
        columns = {"kinds": list(kinds), "owners": list(owners), "currencies": list(currencies)}
        rows = await db.execute(_LOCK_PG, columns)
    else:
        rows = await db.execute(_READ_SQLITE, {"keys": json.dumps(keys)})
    return {account_of(row[1], row[2], row[3]): Standing(row[0], *row[4:]) for row in rows}


_SAVE_PG = text(
    "UPDATE ledger_account a SET balance = v.balance, held = v.held, version = v.version"
    " FROM unnest(:ids, :balances, :helds, :versions) AS v(id, balance, held, version)"
    " WHERE a.id = v.id"
).bindparams(
    *(bindparam(n, type_=ARRAY(BigInteger)) for n in ("ids", "balances", "helds", "versions"))
)
_SAVE_SQLITE = text(
    "UPDATE ledger_account SET balance = :balance, held = :held, version = :version WHERE id = :id"
)


async def save_standings(db: AsyncConnection, standings: Iterable[Standing]) -> None:
    """Write accounts that this transaction has locked."""
    changed = sorted(standings, key=lambda s: s.id)
    if not changed:
        return
    if is_postgresql(db):
        columns = {
            "ids": [s.id for s in changed],
            "balances": [s.balance for s in changed],
            "helds": [s.held for s in changed],
            "versions": [s.version for s in changed],
        }
        await db.execute(_SAVE_PG, columns)
        return
    rows = [
        {"id": s.id, "balance": s.balance, "held": s.held, "version": s.version} for s in changed
    ]
    await db.execute(_SAVE_SQLITE, rows)


# --- what the judge must know

_POSTED_PG = text(
    "SELECT j.scope, j.key, j.req_hash FROM unnest(:scopes, :keys) AS v(scope, key),"
    " LATERAL (SELECT * FROM ledger_journal j WHERE j.scope = v.scope AND j.key = v.key LIMIT 1) j"
).bindparams(bindparam("scopes", type_=ARRAY(Text)), bindparam("keys", type_=ARRAY(Text)))
_POSTED_SQLITE = text(
    "SELECT scope, key, req_hash FROM ledger_journal WHERE (scope, key) IN"
    " (SELECT value ->> 0, value ->> 1 FROM json_each(:pairs))"
)
_HOLDS = text(
    "SELECT h.key, a.kind, a.owner, a.currency, h.amount, e.kind AS ended FROM ledger_hold h"
    " JOIN ledger_account a ON a.id = h.account_id"
    " LEFT JOIN ledger_hold_end e ON e.hold_key = h.key WHERE h.key IN :keys"
).bindparams(bindparam("keys", expanding=True))
_CLOSED = text("SELECT first_day, last_day FROM ledger_period").columns(
    first_day=Date, last_day=Date
)


async def load_books(
    db: AsyncConnection, drafts: Sequence[Draft], standings: dict[Account, Standing]
) -> Books:
    """What the judge must know; `standings` are the drafts' accounts, locked before this."""
    hold_keys = [draft.posts_hold for draft in drafts if draft.posts_hold is not None]
    undone = [draft.reverses for draft in drafts if draft.reverses is not None]
    closed: list[tuple[date, date]] = []
    if any(draft.effective_on for draft in drafts):
        closed = [(row[0], row[1]) for row in await db.execute(_CLOSED)]
    return Books(
        standings,
        await _posted(db, drafts),
        await holds_by_key(db, hold_keys),
        {id: facts for id in undone if (facts := await _reversal(db, id))},
        closed,
    )


async def _posted(db: AsyncConnection, drafts: Sequence[Draft]) -> dict[str, str]:
    pairs = [[draft.scope, draft.key] for draft in drafts]
    if is_postgresql(db):
        columns = {"scopes": [p[0] for p in pairs], "keys": [p[1] for p in pairs]}
        rows = await db.execute(_POSTED_PG, columns)
    else:
        rows = await db.execute(_POSTED_SQLITE, {"pairs": json.dumps(pairs)})
    return {f"{row[0]}:{row[1]}": row[2] for row in rows}


async def holds_by_key(db: AsyncConnection, keys: Sequence[str]) -> dict[str, HoldFacts]:
    if not keys:
        return {}
    rows = await db.execute(_HOLDS, {"keys": list(keys)})
    return {row[0]: HoldFacts(account_of(*row[1:4]), row[4], row[5]) for row in rows}


_REVERSAL = text(
    "SELECT j.id, j.reverses, (SELECT count(*) FROM ledger_journal r WHERE r.reverses = j.id),"
    " a.kind, a.owner, a.currency, e.amount FROM ledger_journal j"
    " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
    " WHERE j.scope = :scope AND j.key = :key ORDER BY e.line"
)


async def _reversal(db: AsyncConnection, journal_id: str) -> ReversalFacts | None:
    scope, _, key = journal_id.partition(":")
    rows = (await db.execute(_REVERSAL, {"scope": scope, "key": key})).all()
    if not rows:
        return None
    legs = tuple(Leg(account_of(*row[3:6]), row[6]) for row in rows)
    return ReversalFacts(rows[0][0], legs, rows[0][1] is not None or rows[0][2] > 0)


# --- writing

_JOURNAL_COLUMNS: Mapping[str, Any] = {
    "scope": Text,
    "key": Text,
    "req_hash": Text,
    "kind": Text,
    "ref": Text,
    "memo": Text,
    "effective_on": Date,
    "recorded_us": BigInteger,
    "reverses": BigInteger,
}
_ENTRY_COLUMNS: Mapping[str, Any] = {
    "account_id": BigInteger,
    "version": BigInteger,
    "journal_id": BigInteger,
    "line": Integer,
    "currency": Text,
    "amount": BigInteger,
    "balance_after": BigInteger,
}


def _insert_columns(table: str, columns: Mapping[str, Any], tail: str) -> Any:
    names = ", ".join(columns)
    arrays = ", ".join(f":{name}" for name in columns)
    statement = text(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {tail}")
    return statement.bindparams(*(bindparam(n, type_=ARRAY(t)) for n, t in columns.items()))


_JOURNALS_PG = _insert_columns(
    "ledger_journal", _JOURNAL_COLUMNS, "ON CONFLICT DO NOTHING RETURNING id, scope, key"
)
_ENTRIES_PG = _insert_columns("ledger_entry", _ENTRY_COLUMNS, "")


async def write(db: AsyncConnection, verdict: Verdict, at: datetime) -> None:
    """Write what was judged: journals, accounts, then all entries in one guarded statement.

    Raises: TryAgain when another transaction has just used a key for other accounts.
    """
    if not verdict.postings:
        return
    ids = await _write_journals(db, verdict.postings, us_of(at))
    ends = [
        {"hold_key": p.draft.posts_hold, "kind": "post", "journal_id": ids[p.draft.journal_id]}
        for p in verdict.postings
        if p.draft.posts_hold is not None
    ]
    await write_hold_ends(db, ends, at)
    await save_standings(db, verdict.standings.values())
    entries = [
        {
            "account_id": verdict.standings[line.account].id,
            "version": line.version,
            "journal_id": ids[posting.draft.journal_id],
            "line": number,
            "currency": line.account.currency,
            "amount": line.minor,
            "balance_after": line.balance_after,
        }
        for posting in verdict.postings
        for number, line in enumerate(posting.lines, 1)
    ]
    if is_postgresql(db):
        await db.execute(_ENTRIES_PG, _columns(entries, _ENTRY_COLUMNS))
        return
    await db.execute(insert(schema.entry), entries)
    await _guard_sqlite(db, min(ids.values()))


async def _write_journals(
    db: AsyncConnection, postings: Sequence[Posting], recorded_us: int
) -> dict[str, int]:
    rows = [
        {
            "scope": p.draft.scope,
            "key": p.draft.key,
            "req_hash": p.req_hash,
            "kind": p.draft.kind,
            "ref": p.draft.ref,
            "memo": p.draft.memo,
            "effective_on": p.effective_on,
            "recorded_us": recorded_us,
            "reverses": p.reverses,
        }
        for p in postings
    ]
    if is_postgresql(db):
        written = await db.execute(_JOURNALS_PG, _columns(rows, _JOURNAL_COLUMNS))
        ids = {f"{row[1]}:{row[2]}": int(row[0]) for row in written}
        for posting in postings:
            if posting.draft.journal_id not in ids:
                raise TryAgain(posting.draft.journal_id)
        return ids
    last = (await db.execute(text("SELECT coalesce(max(id), 0) FROM ledger_journal"))).scalar_one()
    for number, row in enumerate(rows, int(last) + 1):
        row["id"] = number
    await db.execute(insert(schema.journal), rows)
    return {p.draft.journal_id: int(last) + n for n, p in enumerate(postings, 1)}


async def write_hold(
    db: AsyncConnection,
    key: str,
    account_id: int,
    minor: int,
    at: datetime,
    expires_at: datetime | None,
) -> bool:
    """False when another transaction has just taken the key."""
    row = {
        "key": key,
        "account_id": account_id,
        "amount": minor,
        "created_us": us_of(at),
        "expires_us": us_of(expires_at) if expires_at else None,
    }
    written = await db.execute(insert_new(db, schema.hold).values(row))
    return bool(written.rowcount == 1)


async def write_hold_ends(
    db: AsyncConnection, ends: Sequence[dict[str, Any]], at: datetime
) -> None:
    """Each end: hold_key, kind, journal_id. The primary key refuses a second end of a hold."""
    if ends:
        rows = [{**end, "ended_us": us_of(at)} for end in ends]
        await db.execute(insert(schema.hold_end), rows)


def _columns(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}


_UNBALANCED_SQLITE = text(
    "SELECT journal_id FROM ledger_entry WHERE journal_id >= :first"
    " GROUP BY journal_id, currency HAVING sum(amount) <> 0 OR count(*) < 2"
)
_ADRIFT_SQLITE = text(
    "SELECT a.id FROM ledger_account a WHERE a.id IN"
    " (SELECT account_id FROM ledger_entry WHERE journal_id >= :first) AND NOT EXISTS"
    " (SELECT 1 FROM ledger_entry e WHERE e.account_id = a.id AND e.version = a.version"
    "  AND e.balance_after = a.balance AND e.currency = a.currency)"
)


async def _guard_sqlite(db: AsyncConnection, first: int) -> None:
    """What PostgreSQL's statement trigger proves, asked before the caller commits."""
    for statement in (_UNBALANCED_SQLITE, _ADRIFT_SQLITE):
        bad = (await db.execute(statement, {"first": first})).first()
        if bad is not None:
            raise LedgerBroken(f"row {bad[0]} does not add up")
