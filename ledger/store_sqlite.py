"""One batch of drafts on SQLite, in one visit to the connection's thread.

The caller's BEGIN IMMEDIATE is the lock. Functions here are plain: they are given sqlite3's own
connection and run in its thread.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from sqlite3 import Connection

from ledger.accounts import Account, account_of
from ledger.errors import LedgerBroken
from ledger.journals import Leg
from ledger.judge import Books, HoldFacts, ReversalFacts, Standing, Verdict, judge
from ledger.moments import us_of
from ledger.needs import AccountKey, Needs

EXPIRED_MAX = 1000  # holds of one account that one batch ends

ASKED_AT_ONCE = 64  # names in one look-up: one text of a statement, prepared once
_NAMES = ",".join("?" * ASKED_AT_ONCE)
_READ = (
    "SELECT owner, id, balance, held, version, floor, ceiling, status FROM ledger_account"
    f" WHERE kind = ? AND currency = ? AND owner IN ({_NAMES})"
)
_OPEN = "INSERT INTO ledger_account (kind, owner, currency, floor) VALUES (?, ?, ?, ?)"
_KNOWN = f"SELECT key, req_hash FROM ledger_journal WHERE scope = ? AND key IN ({_NAMES})"
_HOLD = (
    "SELECT a.kind, a.owner, a.currency, h.amount,"
    " (SELECT e.kind FROM ledger_hold_end e WHERE e.hold_key = h.key)"
    " FROM ledger_hold h JOIN ledger_account a ON a.id = h.account_id WHERE h.key = ?"
)
_DUE = (
    "SELECT h.key, h.amount FROM ledger_hold h WHERE h.account_id = ? AND h.expires_us <= ?"
    " AND NOT EXISTS (SELECT 1 FROM ledger_hold_end e WHERE e.hold_key = h.key) LIMIT ?"
)
_CLOSED = "SELECT first_day, last_day FROM ledger_period"
_REVERSAL = (
    "SELECT j.id, j.reverses IS NOT NULL OR EXISTS"
    " (SELECT 1 FROM ledger_journal r WHERE r.reverses = j.id),"
    " a.kind, a.owner, a.currency, e.amount FROM ledger_journal j"
    " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
    " WHERE j.scope = ? AND j.key = ? ORDER BY e.line"
)
_LAST = "SELECT coalesce(max(id), 0) FROM ledger_journal"
_ADD_JOURNAL = (
    "INSERT INTO ledger_journal (id, scope, key, req_hash, kind, ref, memo, effective_on,"
    " recorded_us, reverses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_ENTRY = (
    "INSERT INTO ledger_entry (account_id, version, journal_id, line, currency, amount,"
    " balance_after) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_SAVE = "UPDATE ledger_account SET balance = ?, held = ?, version = ? WHERE id = ?"
_ADD_HOLD = (
    "INSERT INTO ledger_hold (key, account_id, amount, created_us, expires_us)"
    " VALUES (?, ?, ?, ?, ?)"
)
_END_HOLD = "INSERT INTO ledger_hold_end (hold_key, kind, journal_id, ended_us) VALUES (?, ?, ?, ?)"
_UNBALANCED = (
    "SELECT journal_id FROM ledger_entry f WHERE journal_id >= ? GROUP BY journal_id"
    " HAVING count(*) < 2 OR sum(amount) <> 0 OR min(currency) <> max(currency) AND EXISTS"
    " (SELECT 1 FROM ledger_entry e WHERE e.journal_id = f.journal_id"
    "  GROUP BY e.currency HAVING sum(e.amount) <> 0)"
)
_ADRIFT = (
    "SELECT a.id FROM ledger_account a WHERE a.id IN"
    " (SELECT account_id FROM ledger_entry WHERE journal_id >= ?) AND NOT EXISTS"
    " (SELECT 1 FROM ledger_entry e WHERE e.account_id = a.id AND e.version = a.version"
    "  AND e.balance_after = a.balance AND e.currency = a.currency)"
)


def post(connection: Connection, needs: Needs, at: datetime) -> Verdict:
    """Read, judge and write a batch."""
    verdict = judge(needs.asks, read(connection, needs, at), at.date(), needs.faults)
    write(connection, verdict, at)
    return verdict


def read(connection: Connection, needs: Needs, at: datetime) -> Books:
    """What the judge must know."""
    standings = lock(connection, needs.accounts)
    expire(connection, standings.values(), at)
    reversals = {id: _reversal(connection, id) for id in needs.reversals}
    return Books(
        standings,
        _known(connection, needs.pairs),
        holds(connection, needs.holds),
        {id: facts for id, facts in reversals.items() if facts is not None},
        _closed(connection) if needs.dated else (),
    )


def lock(connection: Connection, accounts: dict[AccountKey, Account]) -> dict[Account, Standing]:
    """The accounts as they stand; those that did not exist are opened, empty."""
    owners: dict[tuple[int, str], list[str]] = {}
    for kind, owner, currency in accounts:
        owners.setdefault((kind, currency), []).append(owner)
    found = {
        (kind, row[0], currency): row[1:]
        for (kind, currency), names in owners.items()
        for some in _some(names)
        for row in connection.execute(_READ, (kind, currency, *some))
    }
    standings = {}
    for key, account in accounts.items():
        row = found.get(key)
        if row is None:
            floor = account.kind.floor_minor
            id = connection.execute(_OPEN, (*key, floor)).lastrowid
            row = (id, 0, 0, 0, floor)
        standings[account] = Standing(*row)
    return standings


def _known(connection: Connection, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Fingerprints of the journals that are there, by id."""
    keys: dict[str, list[str]] = {}
    for scope, key in pairs:
        keys.setdefault(scope, []).append(key)
    return {
        f"{scope}:{row[0]}": row[1]
        for scope, names in keys.items()
        for some in _some(names)
        for row in connection.execute(_KNOWN, (scope, *some))
    }


def _some(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at once; the last part is filled up with its last name."""
    for start in range(0, len(names), ASKED_AT_ONCE):
        part = names[start : start + ASKED_AT_ONCE]
        yield [*part, *[part[-1]] * (ASKED_AT_ONCE - len(part))]


def expire(connection: Connection, standings: Collection[Standing], at: datetime) -> None:
    """End the accounts' due holds, so that limits count living holds only."""
    for standing in standings:
        if not standing.held:
            continue
        due = connection.execute(_DUE, (standing.id, us_of(at), EXPIRED_MAX)).fetchall()
        if due:
            standing.held -= sum(amount for _, amount in due)
            end_holds(connection, [key for key, _ in due], "expire", at)
            save(connection, [standing])


def holds(connection: Connection, keys: Collection[str]) -> dict[str, HoldFacts]:
    """The holds that are there, by key."""
    found = {key: connection.execute(_HOLD, (key,)).fetchone() for key in keys}
    return {
        key: HoldFacts(account_of(*row[:3]), row[3], row[4]) for key, row in found.items() if row
    }


def _closed(connection: Connection) -> list[tuple[date, date]]:
    rows = connection.execute(_CLOSED).fetchall()
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in rows]


def _reversal(connection: Connection, journal_id: str) -> ReversalFacts | None:
    scope, _, key = journal_id.partition(":")
    rows = connection.execute(_REVERSAL, (scope, key)).fetchall()
    if not rows:
        return None
    legs = tuple(Leg(account_of(*row[2:5]), row[5]) for row in rows)
    return ReversalFacts(rows[0][0], legs, bool(rows[0][1]))


def write(connection: Connection, verdict: Verdict, at: datetime) -> None:
    """Write what was judged, then ask what PostgreSQL's statement trigger asks.

    Raises: LedgerBroken.
    """
    if verdict.holds:
        _add_holds(connection, verdict, at)
    if verdict.standings:
        save(connection, verdict.standings.values())
    if not verdict.postings:
        return
    first = connection.execute(_LAST).fetchone()[0] + 1
    recorded = us_of(at)
    connection.executemany(
        _ADD_JOURNAL,
        [
            (id, p.draft.scope, p.draft.key, p.req_hash, p.draft.kind, p.draft.ref, p.draft.memo,
             p.effective_on.isoformat(), recorded, p.reverses)
            for id, p in enumerate(verdict.postings, first)
        ],
    )  # fmt: skip
    posted = [
        (p.draft.posts_hold, "post", id, recorded)
        for id, p in enumerate(verdict.postings, first)
        if p.draft.posts_hold is not None
    ]
    connection.executemany(_END_HOLD, posted)
    lines = verdict.lines
    ids = [first + place for place in lines.postings]
    rows = zip(
        lines.accounts, lines.versions, ids, lines.numbers, lines.currencies, lines.minors,
        lines.balances, strict=True,
    )  # fmt: skip
    connection.executemany(_ADD_ENTRY, rows)
    for question in (_UNBALANCED, _ADRIFT):
        bad = connection.execute(question, (first,)).fetchone()
        if bad is not None:
            raise LedgerBroken(f"row {bad[0]} does not add up")


def save(connection: Connection, standings: Collection[Standing]) -> None:
    """Write accounts."""
    connection.executemany(_SAVE, [(s.balance, s.held, s.version, s.id) for s in standings])


def _add_holds(connection: Connection, verdict: Verdict, at: datetime) -> None:
    made = us_of(at)
    rows = [
        (ask.key, verdict.standings[ask.payer].id, ask.minor, made,
         us_of(ask.expires_at) if ask.expires_at else None)
        for ask in verdict.holds
    ]  # fmt: skip
    connection.executemany(_ADD_HOLD, rows)


def end_holds(connection: Connection, keys: Sequence[str], kind: str, at: datetime) -> None:
    """The primary key refuses a second end of a hold."""
    ended = us_of(at)
    connection.executemany(_END_HOLD, [(key, kind, None, ended) for key in keys])
