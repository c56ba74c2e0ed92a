"""The grants. Money is BIGINT minor units, moments are BIGINT UTC microseconds.

A row is written once; what is left of it is the balance of its purse, account PROMO of its id.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

grant = Table(
    "ledger_promo_grant",
    metadata,
    Column("id", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("granted_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_promo_grant_pk"),
    UniqueConstraint("campaign", "party", name="ledger_promo_grant_once"),
    CheckConstraint("amount > 0", name="ledger_promo_grant_amount"),
    CheckConstraint("expires_us > granted_us", name="ledger_promo_grant_order"),
    Index("ledger_promo_grant_party", "party"),
    Index("ledger_promo_grant_expiry", "expires_us"),
)
