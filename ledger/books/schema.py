"""Tables of the books. The day sums are a roll-up that may be made again from the entries at any
time; a closing is written once and triggers refuse to change it.

Sums are kept by both days of a journal, the effective one and the one of recording, so that either
may be asked for. Money is BIGINT minor units; debits and credits are zero or more.
"""

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

metadata = MetaData()

# One row: up to which journal the day sums go. Whoever moves it holds it.
mark = Table(
    "ledger_books_mark",
    metadata,
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("last_journal", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_books_mark_pk"),
    CheckConstraint("id = 1", name="ledger_books_mark_single"),
)

account_day = Table(
    "ledger_books_account_day",
    metadata,
    Column("account_id", BigInteger, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("debits", BigInteger, nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("first_version", BigInteger, nullable=False),
    Column("last_version", BigInteger, nullable=False),
    PrimaryKeyConstraint(
        "account_id", "effective_on", "recorded_on", name="ledger_books_account_day_pk"
    ),
    CheckConstraint("debits >= 0 AND credits >= 0", name="ledger_books_account_day_sides"),
    Index("ledger_books_account_day_effective", "effective_on"),
    Index("ledger_books_account_day_recorded", "recorded_on"),
)

kind_day = Table(
    "ledger_books_kind_day",
    metadata,
    Column("kind", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("debits", BigInteger, nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("first_journal", BigInteger, nullable=False),
    Column("last_journal", BigInteger, nullable=False),
    PrimaryKeyConstraint(
        "kind", "currency", "effective_on", "recorded_on", name="ledger_books_kind_day_pk"
    ),
    CheckConstraint("debits >= 0 AND credits >= 0", name="ledger_books_kind_day_sides"),
)

# The trial balance of a closed period, as it was closed; the period itself is in ledger_period.
closing = Table(
    "ledger_books_closing",
    metadata,
    Column("first_day", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("opening", BigInteger, nullable=False),
    Column("debits", BigInteger, nullable=False),
    Column("credits", BigInteger, nullable=False),
    PrimaryKeyConstraint("first_day", "currency", "kind", name="ledger_books_closing_pk"),
    CheckConstraint("debits >= 0 AND credits >= 0", name="ledger_books_closing_sides"),
)

# The function ledger_refuse() is the core's (ledger/triggers.py).
WRITTEN_ONCE = {
    "postgresql": (
        "CREATE OR REPLACE TRIGGER ledger_books_closing_once"
        " BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_books_closing"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    ),
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS ledger_books_closing_no_{verb.lower()} BEFORE {verb}"
        " ON ledger_books_closing"
        " BEGIN SELECT RAISE(ABORT, 'ledger_books_closing is append only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
}


def _seed(_: MetaData, connection: Connection, **_facts: Any) -> None:
    """The mark of an empty roll-up; one that is there stays."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = {"id": 1, "last_journal": 0}
    connection.execute(dialect.insert(mark).values(first).on_conflict_do_nothing())


event.listen(metadata, "after_create", _seed)
for _dialect, _statements in WRITTEN_ONCE.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(metadata, "after_create", _ddl.execute_if(dialect=_dialect))
