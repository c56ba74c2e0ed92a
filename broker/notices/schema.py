"""The outbox: letters written in the transaction of what they tell about."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# SQLite counts rows by itself only for INTEGER PRIMARY KEY.
_RowId = BigInteger().with_variant(Integer(), "sqlite")

outbox = Table(
    "notices_outbox",
    metadata,
    Column("id", _RowId, nullable=False, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("sent_us", BigInteger),
    PrimaryKeyConstraint("id", name="pk_notices_outbox"),
    UniqueConstraint("key", name="uq_notices_outbox_key"),
)
Index("ix_notices_outbox_sent", outbox.c.sent_us, outbox.c.id)
