"""What an accountant asks of the books, and the roll-up that makes the answers fast.

Days are days of UTC. A period is given by its first and last day, both included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import KIND_OF_CODE, Account, AccountKind, account_of
from ledger.audit import Fault, check
from ledger.books import reading, store
from ledger.books.closing import Proof, proof
from ledger.books.periods import Axis, Period
from ledger.books.rolled import broken_sums
from ledger.books.turnover import AccountTurnover, KindTurnover, Turnover, turnover_of
from ledger.money import Money
from ledger.seals import recorded_after
from ledger.store import at_of

ROLLED_MAX = 5_000  # journals in one roll-up: a tenth of a second of a busy database
PAGE_MAX = 500


async def roll_up(db: AsyncConnection, most: int = ROLLED_MAX) -> int:
    """Add journals that are sealed to the day sums, the oldest first; 0 when there are none.

    Figures are right without it; it only makes them fast.
    """
    return await store.roll_up(db, most)


async def turnover(
    db: AsyncConnection,
    first: date,
    last: date,
    currency: str = "RUB",
    by: Axis = Axis.EFFECTIVE,
) -> Turnover:
    """The trial balance of a period, by kind of account. Raises: BadPeriod."""
    period = Period(first, last)
    rows = await store.sums_by_kind(db, period, by, currency)
    lines = [KindTurnover(KIND_OF_CODE[row.kind], *_sums(row, currency)) for row in rows]
    return turnover_of(period, by, currency, lines)


async def account_turnover(
    db: AsyncConnection,
    kind: AccountKind,
    first: date,
    last: date,
    currency: str = "RUB",
    by: Axis = Axis.EFFECTIVE,
    after: str | None = None,
    limit: int = 100,
) -> list[AccountTurnover]:
    """The accounts of a kind that stood or moved in a period, by owner.

    The next page is `after` the last owner. Raises: BadPeriod.
    """
    period, most = Period(first, last), min(limit, PAGE_MAX)
    rows = await store.sums_of_kind(db, period, by, kind.code, currency, after, most)
    return [
        AccountTurnover(account_of(row.kind, row.owner, row.currency), *_sums(row, currency))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a statement. `day` is the one that counts; `balance` follows from the lines
    above, in the order of days."""

    version: int
    journal_id: str
    kind: str
    ref: str
    memo: str
    day: date
    effective_on: date
    at: datetime
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """One account over a period. `next` is where the next page begins, None at the end."""

    account: Account
    period: Period
    by: Axis
    opening: Money
    debits: Money
    credits: Money
    closing: Money
    lines: tuple[Line, ...]
    next: tuple[date, int] | None


async def account_statement(
    db: AsyncConnection,
    account: Account,
    first: date,
    last: date,
    by: Axis = Axis.EFFECTIVE,
    after: tuple[date, int] | None = None,
    limit: int = 100,
) -> AccountStatement:
    """Opening, entries in the order of days, closing; zeros for an account never used.

    A page goes on `after` the day and version of the last line before. Raises: BadPeriod.
    """
    period, most = Period(first, last), min(limit, PAGE_MAX)
    sums = await store.sums_of_account(db, period, by, account)
    opening, debits, credits = (Money(minor, account.currency) for minor in sums)
    carried, rows = await reading.lines_of(db, account, period, by, after, most + 1)
    lines = _lines(rows[:most], opening + Money(carried, account.currency))
    return AccountStatement(
        account=account,
        period=period,
        by=by,
        opening=opening,
        debits=debits,
        credits=credits,
        closing=opening + credits - debits,
        lines=lines,
        next=(lines[-1].day, lines[-1].version) if len(rows) > most else None,
    )


def _lines(rows: Sequence[Row[Any]], balance: Money) -> tuple[Line, ...]:
    lines = []
    for row in rows:
        amount = Money(row.amount, balance.currency)
        balance += amount
        lines.append(
            Line(
                version=row.version,
                journal_id=f"{row.scope}:{row.key}",
                kind=row.kind,
                ref=row.ref,
                memo=row.memo,
                day=row.day,
                effective_on=row.effective_on,
                at=at_of(row.recorded_us),
                amount=amount,
                balance=balance,
            )
        )
    return tuple(lines)


async def balance_on(
    db: AsyncConnection, account: Account, day: date, by: Axis = Axis.EFFECTIVE
) -> Money:
    """What an account held at the end of a day."""
    opening, debits, credits = await store.sums_of_account(db, Period(day, day), by, account)
    return Money(opening + credits - debits, account.currency)


async def journals(
    db: AsyncConnection,
    wanted: reading.JournalFilter,
    before: int | None = None,
    limit: int = 50,
) -> list[reading.JournalRow]:
    """Journals that match, the newest first; the next page is `before` the last number."""
    return await reading.journal_rows(db, wanted, before, min(limit, PAGE_MAX))


async def journal(db: AsyncConnection, journal_id: str) -> reading.JournalRow | None:
    """The journal of an id such as "settle:S-2026-000001", and what undid it."""
    return await reading.journal_row(db, journal_id)


async def check_books(db: AsyncConnection) -> list[Fault]:
    """Day sums that differ from their entries, closed periods that changed."""
    return await _faults(db, await proof(db))


async def check_ledger(db: AsyncConnection) -> list[Fault]:
    """The audit of the ledger's core and of the books, in one pass over the journals."""
    seen = await proof(db)
    return [*await check(db, seen.watch), *await _faults(db, seen)]


async def _faults(db: AsyncConnection, seen: Proof) -> list[Fault]:
    """What is wrong with the books, after a proof has been shown what it was not shown yet."""
    async for rows in recorded_after(db, seen.shown):
        seen.watch(rows)
    words = "its journals or sums are not those that were closed"
    faults = [Fault("period_changed", f"period {one.period}", words) for one in seen.broken()]
    adrift = await broken_sums(db)
    words = "its sum is not that of its entries"
    return [*faults, *(Fault("day_sum_adrift", where, words) for where in adrift)]


def _sums(row: Row[Any], currency: str) -> tuple[Money, Money, Money, Money]:
    opening, debits, credits = int(row.opening), int(row.debits), int(row.credits)
    closing = opening + credits - debits
    return (
        Money(opening, currency),
        Money(debits, currency),
        Money(credits, currency),
        Money(closing, currency),
    )
