"""Books of a given size, written straight into the tables: what a busy platform leaves behind.

A session is ten paid minutes and a settlement 10/90 (23 entries, 4 accounts); a client tops up once
in ten sessions. Written in bulk with the triggers off, in the order in which `post_many` would.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from ledger import Account, AccountKind

MINUTES = 10
SESSIONS_A_TOP_UP = 10
CLIENTS = 1000
CONSULTANTS = 200
PRICE = 2000
FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
STEP = timedelta(seconds=50)  # a million entries are three quarters of a year

JOURNAL = (
    "id", "scope", "key", "req_hash", "kind", "ref", "memo", "effective_on", "recorded_us",
    "reverses",
)  # fmt: skip
ENTRY = ("account_id", "version", "journal_id", "line", "currency", "amount", "balance_after")
ACCOUNT = ("id", "kind", "owner", "currency", "balance", "held", "version", "floor", "status")


@dataclass
class Books:
    """The rows, in memory: about 0.3 GB for a million entries. A journal comes every `step`."""

    first: datetime = FIRST
    step: timedelta = STEP
    accounts: dict[Account, list[Any]] = field(default_factory=dict)
    journals: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)

    def move(self, scope: str, key: str, ref: str, *legs: tuple[Account, int]) -> None:
        """One journal, recorded a little after the one before."""
        number = len(self.journals) + 1
        at = self.first + self.step * number
        us = int(at.timestamp()) * 1_000_000
        digest = f"{number:064x}"
        self.journals.append((number, scope, key, digest, scope, ref, "", at.date(), us, None))
        for line, (account, minor) in enumerate(legs, 1):
            row = self.accounts.get(account)
            if row is None:
                kind, owner, currency = account.key
                row = [len(self.accounts) + 1, kind, owner, currency, 0, 0, 0]
                self.accounts[account] = row
            row[4] += minor
            row[6] += 1
            self.entries.append((row[0], row[6], number, line, "RUB", minor, row[4]))

    def account_rows(self) -> Iterator[tuple[Any, ...]]:
        for account, row in self.accounts.items():
            yield (*row, account.kind.floor_minor, "open")


def generate(entries: int) -> Books:
    """Sessions one after another until there are that many entries."""
    books, number = Books(), 0
    cash, commission = Account(AccountKind.CASH, "demo"), Account(AccountKind.COMMISSION)
    while len(books.entries) < entries:
        client = Account(AccountKind.PREPAID, f"client-{number % CLIENTS}")
        earnings = Account(AccountKind.EARNINGS, f"consultant-{number % CONSULTANTS}")
        if number // CLIENTS % SESSIONS_A_TOP_UP == 0:
            amount = SESSIONS_A_TOP_UP * MINUTES * PRICE
            books.move("psp", f"demo:{number}", f"top-{number}", (cash, -amount), (client, amount))
        session = f"S-2026-{number:06d}"
        escrow = Account(AccountKind.ESCROW, session)
        for minute in range(1, MINUTES + 1):
            books.move("tick", f"{session}:{minute}", session, (client, -PRICE), (escrow, PRICE))
        total = MINUTES * PRICE
        parts = ((escrow, -total), (commission, total // 10), (earnings, total - total // 10))
        books.move("settle", session, session, *parts)
        number += 1
    return books


async def write_postgresql(url: str, books: Books) -> None:
    """By COPY; needs a superuser, for the triggers stand aside."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            for table, columns, rows in _tables(books):
                await connection.copy_records_to_table(table, records=rows, columns=columns)
            await connection.execute(
                "SELECT setval(pg_get_serial_sequence('ledger_journal', 'id'), $1)",
                len(books.journals),
            )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


def write_sqlite(path: str, books: Books) -> None:
    """By executemany, with the triggers dropped and made again."""
    connection = sqlite3.connect(path)
    try:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = made.fetchall()
        for name, _sql in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for table, columns, rows in _tables(books):
            marks = ", ".join("?" * len(columns))
            names = ", ".join(columns)
            connection.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",
                (tuple(str(v) if isinstance(v, date) else v for v in row) for row in rows),
            )
        for _name, sql in triggers:
            connection.execute(sql)
        connection.commit()
    finally:
        connection.close()


def _tables(books: Books) -> tuple[tuple[str, tuple[str, ...], Any], ...]:
    return (
        ("ledger_account", ACCOUNT, list(books.account_rows())),
        ("ledger_journal", JOURNAL, books.journals),
        ("ledger_entry", ENTRY, books.entries),
    )
