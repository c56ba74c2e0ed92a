"""The advances that were taxed. Money is BIGINT minor units, `taken` moves from 0 to `gross`."""

from sqlalchemy import (
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
    text,
)

metadata = MetaData()

advance = Table(
    "ledger_tax_advance",
    metadata,
    Column("key", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("rate_bp", Integer, nullable=False),
    Column("taken", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("key", name="ledger_tax_advance_pk"),
    CheckConstraint("gross > 0", name="ledger_tax_advance_gross"),
    CheckConstraint("taken BETWEEN 0 AND gross", name="ledger_tax_advance_taken"),
    CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="ledger_tax_advance_rate"),
    Index(
        "ledger_tax_advance_open",
        "party",
        "currency",
        "received_on",
        sqlite_where=text("taken < gross"),
        postgresql_where=text("taken < gross"),
    ),
)
