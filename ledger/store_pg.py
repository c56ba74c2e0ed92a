"""One batch of drafts on PostgreSQL: lock, read, judge, and one statement that writes it all.

What is read comes from `ledger_open` (ledger/procedures.py) as one row of columns, what is written
goes as columns, too. With BEGIN and COMMIT that makes four round trips, however big the batch.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, account_of
from ledger.driver import fetch, plain_column, text_column
from ledger.errors import TryAgain
from ledger.journals import Leg
from ledger.judge import Books, HoldFacts, ReversalFacts, Standing, Verdict
from ledger.moments import us_of
from ledger.needs import Needs

UNIQUE_VIOLATION = "23505"

# Columns travel as one text each, '{"a","b"}': asyncpg looks at every element of an array twice
# before it encodes it.
_OPENED = """
SELECT * FROM ledger_open($1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[],
  $5::text::text[], $6::text::text[], $7)
"""
_ADD_ACCOUNTS = """
INSERT INTO ledger_account (kind, owner, currency, floor)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING
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
FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[])
  AS v(id, balance, held, version) WHERE a.id = v.id
"""
_WRITE = """
SELECT ledger_write($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[],
  $5::text::bigint[], $6::text::text[], $7::text::text[], $8::text::text[], $9::text::text[],
  $10::text::text[], $11::text::text[], $12::text::date[],
  $13::text::bigint[], $14, $15::text::bigint[], $16::text::bigint[], $17::text::bigint[],
  $18::text::int[], $19::text::text[], $20::text::bigint[], $21::text::bigint[])
"""
_ADD_HOLDS = """
INSERT INTO ledger_hold (key, account_id, amount, created_us, expires_us)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
"""
_END_HOLDS = """
INSERT INTO ledger_hold_end (hold_key, kind, journal_id, ended_us)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
"""


class Opened(NamedTuple):
    """The row of `ledger_open`; a column without rows is None, and nothing is asked of it."""

    places: list[int]
    ids: list[int]
    balances: list[int]
    helds: list[int]
    versions: list[int]
    floors: list[int | None]
    ceilings: list[int | None]
    statuses: list[str]
    known: list[int] | None
    hashes: list[str] | None
    fresh: list[int] | None
    hold_keys: list[str] | None
    hold_kinds: list[int]
    hold_owners: list[str]
    hold_currencies: list[str]
    hold_amounts: list[int]
    hold_ends: list[str | None]
    due_keys: list[str]
    due_ids: list[int]
    due_amounts: list[int]


async def read(db: AsyncConnection, needs: Needs, at: datetime) -> tuple[Books, list[int]]:
    """What the judge must know, under the locks of the accounts, and rows for new journals."""
    opened, keys = await _open(db, needs, at), needs.keys
    rows = zip(*opened[:8], strict=True) if opened.places else ()
    standings = {needs.accounts[keys[place - 1]]: Standing(*facts) for place, *facts in rows}
    if opened.due_keys:
        await _expire(db, opened, standings, at)
    pairs = needs.pairs
    known = {
        ":".join(pairs[place - 1]): req_hash
        for place, req_hash in zip(opened.known or (), opened.hashes or (), strict=True)
    }
    books = Books(
        standings,
        known,
        _holds(opened),
        {id: facts for id in needs.reversals if (facts := await _reversal(db, id))},
        [(row[0], row[1]) for row in await fetch(db, _CLOSED)] if needs.dated else (),
    )
    return books, opened.fresh or []


async def _open(db: AsyncConnection, needs: Needs, at: datetime) -> Opened:
    """Lock accounts until the transaction ends; those that did not exist are opened, empty."""
    keys, pairs = needs.keys, needs.pairs
    opened = await _look(db, keys, pairs, list(needs.holds), at)
    there = set(opened.places or ())
    missing = [place for place in range(1, len(keys) + 1) if place not in there]
    if not missing:
        return opened
    rows = [keys[place - 1] for place in missing]
    floors = [needs.accounts[key].kind.floor_minor for key in rows]
    await fetch(db, _ADD_ACCOUNTS, *_columns(rows, 3), floors)
    # Whoever opened one of them meanwhile may have taken a key, too; what is locked stays as it is.
    return _joined(opened, missing, await _look(db, rows, pairs, [], at))


async def _look(
    db: AsyncConnection,
    keys: Sequence[tuple[int, str, str]],
    pairs: Sequence[tuple[str, str]],
    holds: list[str],
    at: datetime,
) -> Opened:
    kinds, owners, currencies = _columns(keys, 3)
    texts = map(text_column, (owners, currencies, *_columns(pairs, 2), holds))
    return Opened(*(await fetch(db, _OPENED, plain_column(kinds), *texts, us_of(at)))[0])


def _joined(first: Opened, missing: Sequence[int], added: Opened) -> Opened:
    """Both looks as one; the places of the second count within `missing`."""
    moved = added._replace(places=[missing[place - 1] for place in added.places])
    columns: list[Any] = [[*(a or ()), *(b or ())] for a, b in zip(first, moved, strict=True)]
    columns[8:11], columns[11:-3] = added[8:11], first[11:-3]
    return Opened(*columns)


def _holds(opened: Opened) -> dict[str, HoldFacts]:
    if not opened.hold_keys:
        return {}
    columns = ("hold_keys", "hold_kinds", "hold_owners", "hold_currencies", "hold_amounts")
    rows = zip(*(getattr(opened, column) for column in columns), opened.hold_ends, strict=True)
    return {row[0]: HoldFacts(account_of(*row[1:4]), row[4], row[5]) for row in rows}


async def _expire(
    db: AsyncConnection, opened: Opened, standings: dict[Account, Standing], at: datetime
) -> None:
    """End the due holds of locked accounts, so that limits count living holds only."""
    by_id = {standing.id: standing for standing in standings.values()}
    for id, amount in zip(opened.due_ids, opened.due_amounts, strict=True):
        by_id[id].held -= amount
    await end_holds(db, opened.due_keys, "expire", at)
    await save(db, [by_id[id] for id in set(opened.due_ids)])


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


def _journal_columns(verdict: Verdict, ids: list[int], at: datetime) -> tuple[Any, ...]:
    postings = verdict.postings
    drafts = [posting.draft for posting in postings]
    return (
        plain_column(ids[: len(postings)]),
        text_column([draft.scope for draft in drafts]),
        text_column([draft.key for draft in drafts]),
        text_column([posting.req_hash for posting in postings]),
        text_column([draft.kind for draft in drafts]),
        text_column([draft.ref for draft in drafts]),
        text_column([draft.memo for draft in drafts]),
        text_column([posting.effective_on.isoformat() for posting in postings]),
        plain_column([posting.reverses or "NULL" for posting in postings]),
        us_of(at),
    )


def _entry_columns(verdict: Verdict, ids: list[int]) -> tuple[str, ...]:
    lines = verdict.lines
    return (
        plain_column(lines.accounts),
        plain_column(lines.versions),
        plain_column([ids[place] for place in lines.postings]),
        plain_column(lines.numbers),
        text_column(lines.currencies),
        plain_column(lines.minors),
        plain_column(lines.balances),
    )


async def save(db: AsyncConnection, standings: Collection[Standing]) -> None:
    """Write accounts that this transaction has locked."""
    await fetch(db, _SAVE, *_saved(standings))


def _saved(standings: Collection[Standing]) -> tuple[str, ...]:
    return (
        plain_column([s.id for s in standings]),
        plain_column([s.balance for s in standings]),
        plain_column([s.held for s in standings]),
        plain_column([s.version for s in standings]),
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
