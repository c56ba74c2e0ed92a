"""Tables of the room of payouts. Money is BIGINT minor units, moments are BIGINT UTC microseconds.

A payout's rail is guarded by the database: money of a party that lives in Russia never leaves by
the card rail, nor anybody else's by a bank. Versions of a payee's details are written once.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from ledger.control import attach, guard_rail
from ledger.payouts.clearing import TERMS
from ledger.payouts.guards import WRITTEN_ONCE

metadata = MetaData()
_RowId = BigInteger().with_variant(Integer(), "sqlite")

terms = Table(
    "ledger_payouts_terms",
    metadata,
    Column("standing", Text, nullable=False),
    Column("clearing_days", Integer, nullable=False),
    Column("reserve_bp", Integer, nullable=False),
    Column("reserve_days", Integer, nullable=False),
    PrimaryKeyConstraint("standing", name="ledger_payouts_terms_pk"),
    CheckConstraint("clearing_days >= 0 AND reserve_days >= 0", name="ledger_payouts_terms_days"),
    CheckConstraint("reserve_bp BETWEEN 0 AND 10000", name="ledger_payouts_terms_bp"),
)

# Who has no row is new and is paid every week.
payee = Table(
    "ledger_payouts_payee",
    metadata,
    Column("party", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("weekly", Boolean, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("party", name="ledger_payouts_payee_pk"),
    CheckConstraint("standing IN ('new','trusted')", name="ledger_payouts_payee_standing"),
)

details = Table(
    "ledger_payouts_details",
    metadata,
    Column("party", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("rail", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("effective_us", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    PrimaryKeyConstraint("party", "version", name="ledger_payouts_details_pk"),
    CheckConstraint("version > 0", name="ledger_payouts_details_version"),
    CheckConstraint("rail IN ('card','bank','demo')", name="ledger_payouts_details_rail"),
    CheckConstraint("effective_us >= made_us", name="ledger_payouts_details_order"),
)

pay_out = Table(
    "ledger_payouts_pay_out",
    metadata,
    Column("id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("rail", Text, nullable=False),
    Column("details", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("period", Text),
    Column("approval", Text, nullable=False),
    Column("try_no", Integer, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("requested_us", BigInteger, nullable=False),
    Column("wait_until_us", BigInteger),
    Column("asked_us", BigInteger),
    Column("sent_us", BigInteger),
    Column("ended_us", BigInteger),
    PrimaryKeyConstraint("id", name="ledger_payouts_pay_out_pk"),
    UniqueConstraint("party", "period", "currency", name="ledger_payouts_pay_out_period"),
    CheckConstraint("amount > 0", name="ledger_payouts_pay_out_amount"),
    CheckConstraint("try_no > 0", name="ledger_payouts_pay_out_try"),
    CheckConstraint("rail IN ('card','bank','demo')", name="ledger_payouts_pay_out_rail"),
    CheckConstraint(
        "state IN ('requested','waiting_approval','ready','in_doubt','sent','arrived','returned',"
        "'refused')",
        name="ledger_payouts_pay_out_state",
    ),
    Index("ledger_payouts_pay_out_party", "party", "requested_us"),
    Index(
        "ledger_payouts_pay_out_open",
        "rail",
        "requested_us",
        postgresql_where=text("state IN ('requested','waiting_approval','ready','in_doubt')"),
        sqlite_where=text("state IN ('requested','waiting_approval','ready','in_doubt')"),
    ),
    Index("ledger_payouts_pay_out_ref", "ref"),
)

reserve = Table(
    "ledger_payouts_reserve",
    metadata,
    Column("party", Text, nullable=False),
    Column("journal", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("kept", BigInteger, nullable=False),
    Column("earned_us", BigInteger, nullable=False),
    Column("release_us", BigInteger, nullable=False),
    Column("released", BigInteger),
    PrimaryKeyConstraint("party", "journal", "currency", name="ledger_payouts_reserve_pk"),
    CheckConstraint("kept > 0", name="ledger_payouts_reserve_kept"),
    CheckConstraint("released BETWEEN 0 AND kept", name="ledger_payouts_reserve_released"),
    Index(
        "ledger_payouts_reserve_due",
        "release_us",
        postgresql_where=text("released IS NULL"),
        sqlite_where=text("released IS NULL"),
    ),
)

# Up to which entry of a payee's earnings the reserve has been kept.
swept = Table(
    "ledger_payouts_swept",
    metadata,
    Column("party", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("party", "currency", name="ledger_payouts_swept_pk"),
)

block = Table(
    "ledger_payouts_block",
    metadata,
    Column("party", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    PrimaryKeyConstraint("party", "key", name="ledger_payouts_block_pk"),
    CheckConstraint("amount > 0", name="ledger_payouts_block_amount"),
)

# How far the periodic run of each period has come; `done_us` when it has been through everybody.
run = Table(
    "ledger_payouts_run",
    metadata,
    Column("period", Text, nullable=False),
    Column("last_party", Text, nullable=False),
    Column("last_currency", Text, nullable=False),
    Column("done_us", BigInteger),
    PrimaryKeyConstraint("period", name="ledger_payouts_run_pk"),
)

# What the owner is to be told, written in the transaction of what it tells about.
told = Table(
    "ledger_payouts_told",
    metadata,
    Column("id", _RowId, nullable=False, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("told_us", BigInteger),
    PrimaryKeyConstraint("id", name="ledger_payouts_told_pk"),
    UniqueConstraint("key", name="ledger_payouts_told_key"),
    Index(
        "ledger_payouts_told_waiting",
        "id",
        postgresql_where=text("told_us IS NULL"),
        sqlite_where=text("told_us IS NULL"),
    ),
)


def _seed(_: MetaData, connection: Connection, **_facts: Any) -> None:
    """The terms of each standing; what is there already stays."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [
        {
            "standing": standing.value,
            "clearing_days": facts.clearing.days,
            "reserve_bp": facts.reserve_bp,
            "reserve_days": facts.reserve.days,
        }
        for standing, facts in TERMS.items()
    ]
    connection.execute(dialect.insert(terms).values(rows).on_conflict_do_nothing())


event.listen(metadata, "after_create", _seed)
attach(metadata, [WRITTEN_ONCE, guard_rail("ledger_payouts_pay_out", "party", "NEW.rail")])
