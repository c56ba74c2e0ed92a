"""Day sums and closings, rows ↔ values.

Every sum is what has been rolled up into days plus the entries of journals after the mark, so it is
exact whether or not the roll-up has lately run; that only makes it fast.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, TextClause, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.books import schema
from ledger.books.periods import Axis, Period
from ledger.store import is_postgresql, us_of

_RECORDED_ON = {
    "postgresql": "(DATE '1970-01-01' + CAST(j.recorded_us / 86400000000 AS integer))",
    "sqlite": "date(j.recorded_us / 1000000, 'unixepoch')",
}
_DEBIT = "CASE WHEN e.amount < 0 THEN -e.amount ELSE 0 END"
_CREDIT = "CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END"


def recorded_on(db: AsyncConnection) -> str:
    """SQL for the day (UTC) on which journal `j` was recorded."""
    return _RECORDED_ON[db.dialect.name]


def day_of(db: AsyncConnection, by: Axis) -> str:
    """SQL for the day of journal `j` that counts."""
    return "j.effective_on" if by is Axis.EFFECTIVE else recorded_on(db)


def dated(statement: str) -> TextClause:
    """A statement whose `:first` and `:last` are days."""
    named = [name for name in ("first", "last") if f":{name}" in statement]
    return text(statement).bindparams(*(bindparam(name, type_=Date) for name in named))


# --- the roll-up

_MARK = text("SELECT last_journal FROM ledger_books_mark")
_MOVE_MARK = text("UPDATE ledger_books_mark SET last_journal = :upto WHERE last_journal = :after")
_UPTO = text(
    "SELECT max(id) FROM (SELECT id FROM ledger_journal WHERE id > :after AND id <="
    " (SELECT coalesce(max(last_journal), 0) FROM ledger_batch) ORDER BY id LIMIT :most) j"
)
_ROLL_ACCOUNTS = (
    "INSERT INTO ledger_books_account_day AS d (account_id, effective_on, recorded_on, debits,"
    " credits, first_version, last_version) SELECT e.account_id, j.effective_on, {recorded},"
    f" sum({_DEBIT}), sum({_CREDIT}), min(e.version), max(e.version)"
    " FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    " WHERE j.id > :after AND j.id <= :upto GROUP BY 1, 2, 3"
    " ON CONFLICT (account_id, effective_on, recorded_on) DO UPDATE SET"
    " debits = d.debits + excluded.debits, credits = d.credits + excluded.credits,"
    " last_version = excluded.last_version"
)
_ROLL_KINDS = (
    "INSERT INTO ledger_books_kind_day AS d (kind, currency, effective_on, recorded_on, debits,"
    " credits, first_journal, last_journal) SELECT a.kind, e.currency, j.effective_on, {recorded},"
    f" sum({_DEBIT}), sum({_CREDIT}), min(j.id), max(j.id)"
    " FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    " JOIN ledger_account a ON a.id = e.account_id"
    " WHERE j.id > :after AND j.id <= :upto GROUP BY 1, 2, 3, 4"
    " ON CONFLICT (kind, currency, effective_on, recorded_on) DO UPDATE SET"
    " debits = d.debits + excluded.debits, credits = d.credits + excluded.credits,"
    " last_journal = excluded.last_journal"
)


async def roll_up(db: AsyncConnection, most: int) -> int:
    """Add the next sealed journals, `most` at a time, to the day sums; how far the mark moved.

    Only sealed journals: none can still be recorded below them. Two at once do no harm: the second
    waits for the first at the mark, finds it moved and adds nothing.
    """
    after = int((await db.execute(_MARK)).scalar_one())
    upto = (await db.execute(_UPTO, {"after": after, "most": most})).scalar_one()
    if upto is None:
        return 0
    facts = {"after": after, "upto": int(upto)}
    if not (await db.execute(_MOVE_MARK, facts)).rowcount:
        return 0
    for statement in (_ROLL_ACCOUNTS, _ROLL_KINDS):
        await db.execute(text(statement.format(recorded=recorded_on(db))), facts)
    return int(upto) - after


# --- sums

_SUMS = (
    " sum(CASE WHEN m.day < :first THEN m.credits - m.debits ELSE 0 END) AS opening,"
    " sum(CASE WHEN m.day >= :first THEN m.debits ELSE 0 END) AS debits,"
    " sum(CASE WHEN m.day >= :first THEN m.credits ELSE 0 END) AS credits,"
    " (SELECT last_journal FROM ledger_books_mark) AS mark"
)
_TAIL = (
    " FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    " JOIN ledger_account a ON a.id = e.account_id WHERE j.id > :mark AND {day} <= :last"
)


@cache
def _by_kind(day: str, column: str) -> TextClause:
    return dated(
        f"SELECT m.kind,{_SUMS} FROM (SELECT kind, {column} AS day, debits, credits"
        f" FROM ledger_books_kind_day WHERE currency = :currency AND {column} <= :last"
        f" UNION ALL SELECT a.kind, {day}, {_DEBIT}, {_CREDIT}"
        f"{_TAIL.format(day=day)} AND e.currency = :currency) m GROUP BY m.kind ORDER BY m.kind"
    )


async def sums_by_kind(
    db: AsyncConnection, period: Period, by: Axis, currency: str
) -> Sequence[Row[Any]]:
    """Rows of kind, opening, debits, credits: every kind that moved up to the period's end."""
    return await _exact(db, _by_kind(day_of(db, by), f"{by.value}_on"), period, currency=currency)


_ONE = (
    "SELECT{sums} FROM (SELECT d.{column} AS day, d.debits, d.credits"
    " FROM ledger_books_account_day d WHERE d.account_id = {id} AND d.{column} <= :last"
    " UNION ALL SELECT {day}, {debit}, {credit}{tail} AND e.account_id = {id}) m"
)
_ID = (
    "(SELECT id FROM ledger_account WHERE kind = :kind AND owner = :owner AND currency = :currency)"
)


@cache
def _of_one(day: str, column: str) -> TextClause:
    tail = _TAIL.format(day=day)
    return dated(
        _ONE.format(
            sums=_SUMS, column=column, id=_ID, day=day, debit=_DEBIT, credit=_CREDIT, tail=tail
        )
    )


async def sums_of_account(
    db: AsyncConnection, period: Period, by: Axis, account: Account
) -> tuple[int, int, int]:
    """Opening, debits, credits of one account."""
    kind, owner, currency = account.key
    query = _of_one(day_of(db, by), f"{by.value}_on")
    [row] = await _exact(db, query, period, kind=kind, owner=owner, currency=currency)
    return int(row.opening or 0), int(row.debits or 0), int(row.credits or 0)


# Of many accounts: back from the balance of today, so that only days since the period's first are
# looked at, and the many accounts that are empty and long at rest are not. All in one sum, for a
# join of the accounts with sums of unknown size is planned badly.
_OF_MANY = (
    "SELECT max(m.kind) AS kind, max(m.owner) AS owner, max(m.currency) AS currency,"
    " sum(m.net) AS opening, sum(m.debits) AS debits, sum(m.credits) AS credits,"
    " (SELECT last_journal FROM ledger_books_mark) AS mark"
    " FROM (SELECT a.id AS account_id, a.kind, a.owner, a.currency, a.balance AS net,"
    "   0 AS debits, 0 AS credits FROM ledger_account a WHERE {which}"
    "  UNION ALL SELECT d.account_id, NULL, NULL, NULL, d.debits - d.credits,"
    "   CASE WHEN d.{column} <= :last THEN d.debits ELSE 0 END,"
    "   CASE WHEN d.{column} <= :last THEN d.credits ELSE 0 END"
    "   FROM ledger_books_account_day d WHERE d.{column} >= :first"
    "  UNION ALL SELECT e.account_id, NULL, NULL, NULL, -e.amount,"
    "   CASE WHEN {day} <= :last THEN {debit} ELSE 0 END,"
    "   CASE WHEN {day} <= :last THEN {credit} ELSE 0 END"
    "   FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    "   WHERE j.id > :mark AND {day} >= :first) m GROUP BY m.account_id"
    " HAVING max(m.kind) IS NOT NULL"
    " AND (sum(m.net) <> 0 OR sum(m.debits) > 0 OR sum(m.credits) > 0)"
    " ORDER BY 1, 2, 3{limit}"
)
_OF_KIND = "a.kind = :kind AND a.currency = :currency AND a.owner > :after"


@cache
def _of_many(day: str, column: str, which: str, limit: str) -> TextClause:
    return dated(
        _OF_MANY.format(
            column=column, day=day, debit=_DEBIT, credit=_CREDIT, which=which, limit=limit
        )
    )


async def sums_of_kind(
    db: AsyncConnection,
    period: Period,
    by: Axis,
    kind: int,
    currency: str,
    after: str | None,
    most: int,
) -> Sequence[Row[Any]]:
    """Rows of kind, owner, currency, opening, debits, credits of those that stood or moved, by
    owner; the next page is after the last owner."""
    which = _OF_KIND if after is not None else _OF_KIND.replace("owner >", "owner >=")
    query = _of_many(day_of(db, by), f"{by.value}_on", which, " LIMIT :most")
    facts = {"kind": kind, "currency": currency, "after": after or "", "most": most}
    return await _exact(db, query, period, **facts)


async def all_sums(db: AsyncConnection, period: Period) -> AsyncIterator[Row[Any]]:
    """By effective day, every account that stood or moved, by kind, owner and currency, with flat
    memory. For a transaction that sees one state, or has called
    `hold_writers`."""
    mark = int((await db.execute(_MARK)).scalar_one())
    query = _of_many("j.effective_on", "effective_on", "a.id > 0", "")
    facts = {"first": period.first, "last": period.last, "mark": mark}
    async with db.stream(query, facts) as rows:
        async for row in rows:
            yield row


async def _exact(
    db: AsyncConnection, query: TextClause, period: Period, **facts: Any
) -> Sequence[Row[Any]]:
    """The rows, asked for again should a roll-up have moved the mark in between."""
    while True:
        mark = int((await db.execute(_MARK)).scalar_one())
        given = {"first": period.first, "last": period.last, "mark": mark, **facts}
        rows = (await db.execute(query, given)).all()
        if all(row.mark == mark for row in rows):
            return rows


# --- closings

_OLDEST = text(
    "SELECT min(day) AS day FROM (SELECT min(effective_on) AS day FROM ledger_books_kind_day"
    " UNION ALL SELECT min(effective_on) FROM ledger_journal"
    " WHERE id > (SELECT last_journal FROM ledger_books_mark)) d"
).columns(day=Date)
_PERIODS = text(
    "SELECT first_day, last_day, closed_us, closed_by, manifest FROM ledger_period"
    " ORDER BY first_day"
).columns(first_day=Date, last_day=Date)
_ADD_PERIOD = text(
    "INSERT INTO ledger_period (first_day, last_day, closed_us, closed_by, manifest)"
    " VALUES (:first, :last, :closed_us, :closed_by, :manifest)"
).bindparams(bindparam("first", type_=Date), bindparam("last", type_=Date))


async def hold_writers(db: AsyncConnection) -> None:
    """Wait for writers and a roll-up under way, and keep new ones waiting until the caller's
    transaction ends."""
    if is_postgresql(db):
        await db.execute(text("SELECT ledger_stand_still()"))
        await db.execute(text("LOCK TABLE ledger_books_mark IN EXCLUSIVE MODE"))


async def oldest_day(db: AsyncConnection) -> date | None:
    """The least effective day of any journal."""
    found: date | None = (await db.execute(_OLDEST)).scalar_one()
    return found


async def periods(db: AsyncConnection) -> Sequence[Row[Any]]:
    """Rows of first_day, last_day, closed_us, closed_by, manifest, the oldest first."""
    return (await db.execute(_PERIODS)).all()


async def add_period(
    db: AsyncConnection, period: Period, by: str, at: datetime, manifest: str
) -> None:
    facts = {"first": period.first, "last": period.last, "closed_us": us_of(at)}
    await db.execute(_ADD_PERIOD, {**facts, "closed_by": by, "manifest": manifest})


async def add_closing(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row: first_day, currency, kind, opening, debits, credits."""
    if rows:
        await db.execute(insert(schema.closing), list(rows))


async def closing_of(db: AsyncConnection, first_day: date) -> Sequence[Row[Any]]:
    """Rows of currency, kind, opening, debits, credits as they were closed."""
    table = schema.closing
    query = select(table).where(table.c.first_day == first_day)
    return (await db.execute(query.order_by(table.c.currency, table.c.kind))).all()
