"""Reading entries and journals a page at a time. Nothing here locks or writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, TextClause, TextualSelect, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.books.periods import Axis, Period
from ledger.books.store import dated, day_of
from ledger.journals import JournalView
from ledger.money import Money
from ledger.views import journals_by_number

_ACCOUNT = text(
    "SELECT id, (SELECT coalesce(max(d.last_version), 0) FROM ledger_books_account_day d"
    " WHERE d.account_id = a.id) AS rolled FROM ledger_account a"
    " WHERE kind = :kind AND owner = :owner AND currency = :currency"
)
# Of an account's many entries only this stretch can be of the period: what the day sums name, and
# what came after the last of them.
_STRETCH = (
    "SELECT coalesce(min(s.low), 1) AS low, coalesce(max(s.high), 0) AS high FROM"
    " (SELECT first_version AS low, last_version AS high FROM ledger_books_account_day"
    "   WHERE account_id = :id AND {column} BETWEEN :first AND :last"
    "  UNION ALL SELECT e.version, e.version FROM ledger_entry e"
    "   JOIN ledger_journal j ON j.id = e.journal_id WHERE e.account_id = :id"
    "   AND e.version > :rolled AND {day} BETWEEN :first AND :last) s"
)
_LINES = (
    " FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal_id WHERE e.account_id = :id"
    " AND e.version BETWEEN :low AND :high AND {day} BETWEEN :first AND :last"
)
_PAGE = (
    "SELECT e.version, j.scope, j.key, j.kind, j.ref, j.memo, j.recorded_us, j.effective_on,"
    " {day} AS day, e.amount{lines} AND ({day}, e.version) > (:after_day, :after_version)"
    " ORDER BY 9, 1 LIMIT :most"
)
_CARRIED = (
    "SELECT coalesce(sum(e.amount), 0){lines}"
    " AND ({day}, e.version) <= (:after_day, :after_version)"
)


def _after(statement: str) -> TextClause:
    return dated(statement).bindparams(bindparam("after_day", type_=Date))


@cache
def _page(day: str) -> TextualSelect:
    statement = _PAGE.format(day=day, lines=_LINES.format(day=day))
    return _after(statement).columns(effective_on=Date, day=Date)


@cache
def _carried(day: str) -> TextClause:
    return _after(_CARRIED.format(day=day, lines=_LINES.format(day=day)))


@cache
def _stretch(day: str, column: str) -> TextClause:
    return dated(_STRETCH.format(day=day, column=column))


async def lines_of(
    db: AsyncConnection,
    account: Account,
    period: Period,
    by: Axis,
    after: tuple[date, int] | None,
    most: int,
) -> tuple[int, Sequence[Row[Any]]]:
    """What the lines of earlier pages sum to, and the rows of this one, by day and version."""
    kind, owner, currency = account.key
    known = {"kind": kind, "owner": owner, "currency": currency}
    found = (await db.execute(_ACCOUNT, known)).first()
    if found is None:
        return 0, []
    day = day_of(db, by)
    facts: dict[str, Any] = {"id": found.id, "first": period.first, "last": period.last}
    stretch = {**facts, "rolled": found.rolled}
    low, high = (await db.execute(_stretch(day, f"{by.value}_on"), stretch)).one()
    after_day, after_version = after or (period.first, 0)
    facts |= {"low": low, "high": high, "after_day": after_day, "after_version": after_version}
    rows = (await db.execute(_page(day), {**facts, "most": most})).all()
    if after is None:
        return 0, rows
    return int((await db.execute(_carried(day), facts)).scalar_one()), rows


# --- journals


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which journals; what is None or empty does not matter.

    `ref` is what a journal is about, or its own id; `amount` is that of any of its entries.
    """

    period: Period | None = None
    by: Axis = Axis.EFFECTIVE
    kind: str = ""
    ref: str = ""
    account: Account | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A journal and its number in the order of recording; `reversed_by` is told of a single one."""

    number: int
    journal: JournalView
    reversed_by: str = ""


# Journals of a period lie between the least and the greatest number that its day sums name; those
# after the mark may be of any day.
_BOUNDS = (
    "j.id >= coalesce((SELECT min(first_journal) FROM ledger_books_kind_day"
    " WHERE {column} BETWEEN :first AND :last), (SELECT last_journal + 1 FROM ledger_books_mark))"
    " AND (j.id <= coalesce((SELECT max(last_journal) FROM ledger_books_kind_day"
    " WHERE {column} BETWEEN :first AND :last), 0)"
    " OR j.id > (SELECT last_journal FROM ledger_books_mark))"
    " AND {day} BETWEEN :first AND :last"
)
_OF_ACCOUNT = (
    "j.id IN (SELECT e.journal_id FROM ledger_entry e WHERE e.account_id = (SELECT id"
    " FROM ledger_account WHERE kind = :account AND owner = :owner AND currency = :currency))"
)
_OF_AMOUNT = (
    "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.journal_id = j.id"
    " AND e.amount IN (:amount, :opposite) AND e.currency = :amount_currency)"
)
_OF_REF = "(j.ref = :ref OR (j.scope = :scope AND j.key = :key))"


def bounds(db: AsyncConnection, by: Axis) -> str:
    """SQL for "journal `j` is of the days :first to :last", found without looking at all."""
    return _BOUNDS.format(column=f"{by.value}_on", day=day_of(db, by))


async def journal_rows(
    db: AsyncConnection, wanted: JournalFilter, before: int | None, most: int
) -> list[JournalRow]:
    """The newest first; the next page is before the last number."""
    conditions, facts = _conditions(db, wanted)
    where = " AND ".join(["j.id < :before", *conditions])
    query = f"SELECT j.id FROM ledger_journal j WHERE {where} ORDER BY j.id DESC LIMIT :most"
    facts |= {"before": before if before is not None else 2**62, "most": most}
    numbers = [int(n) for n in (await db.execute(dated(query), facts)).scalars()]
    found = await journals_by_number(db, numbers)
    return [JournalRow(number, found[number]) for number in numbers]


def _conditions(db: AsyncConnection, wanted: JournalFilter) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    facts: dict[str, Any] = {}
    if wanted.period is not None:
        conditions.append(bounds(db, wanted.by))
        facts |= {"first": wanted.period.first, "last": wanted.period.last}
    if wanted.kind:
        conditions.append("j.kind = :kind")
        facts["kind"] = wanted.kind
    if wanted.ref:
        scope, _, key = wanted.ref.partition(":")
        conditions.append(_OF_REF)
        facts |= {"ref": wanted.ref, "scope": scope, "key": key}
    if wanted.account is not None:
        conditions.append(_OF_ACCOUNT)
        kind, owner, currency = wanted.account.key
        facts |= {"account": kind, "owner": owner, "currency": currency}
    if wanted.amount is not None:
        conditions.append(_OF_AMOUNT)
        minor = wanted.amount.minor
        facts |= {"amount": minor, "opposite": -minor, "amount_currency": wanted.amount.currency}
    return conditions, facts


_ONE = text(
    "SELECT j.id, r.scope, r.key FROM ledger_journal j"
    " LEFT JOIN ledger_journal r ON r.reverses = j.id WHERE j.scope = :scope AND j.key = :key"
)


async def journal_row(db: AsyncConnection, journal_id: str) -> JournalRow | None:
    """The journal of an id such as "settle:S-2026-000001"."""
    scope, _, key = journal_id.partition(":")
    found = (await db.execute(_ONE, {"scope": scope, "key": key})).first()
    if found is None:
        return None
    journal = (await journals_by_number(db, [found.id]))[found.id]
    reversed_by = f"{found.scope}:{found.key}" if found.scope else ""
    return JournalRow(found.id, journal, reversed_by)
