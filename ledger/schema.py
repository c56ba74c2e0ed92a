"""The ledger's tables. Money is BIGINT minor units, moments are BIGINT UTC microseconds.

Entries, journals and holds are written once: triggers (ledger/triggers.py) refuse UPDATE, DELETE
and TRUNCATE. Only `ledger_account` carries a running state, and its CHECK keeps it above its floor
whatever the code above believes. There are no foreign keys on entries: the guard trigger looks
up what they would, at half the price.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
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

from ledger.accounts import AccountKind
from ledger.money import CURRENCIES
from ledger.procedures import attach_procedures
from ledger.triggers import attach_triggers

metadata = MetaData()

# SQLite counts rows by itself only for INTEGER PRIMARY KEY.
_RowId = BigInteger().with_variant(Integer(), "sqlite")

currency = Table(
    "ledger_currency",
    metadata,
    Column("code", Text, nullable=False),
    Column("exponent", Integer, nullable=False),
    PrimaryKeyConstraint("code", name="ledger_currency_pk"),
    CheckConstraint("exponent BETWEEN 0 AND 4", name="ledger_currency_exponent"),
)

account_kind = Table(
    "ledger_account_kind",
    metadata,
    Column("code", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("account_class", Text, nullable=False),
    Column("floor", BigInteger),
    Column("external_code", Text, nullable=False),
    Column("owner", Text, nullable=False),
    PrimaryKeyConstraint("code", name="ledger_account_kind_pk"),
    UniqueConstraint("name", name="ledger_account_kind_name"),
    CheckConstraint("account_class IN ('A','L','Q','I','E')", name="ledger_account_kind_class"),
)

account = Table(
    "ledger_account",
    metadata,
    Column("id", _RowId, nullable=False, autoincrement=True),
    Column("kind", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("balance", BigInteger, nullable=False, server_default="0"),
    Column("held", BigInteger, nullable=False, server_default="0"),
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("floor", BigInteger),
    Column("ceiling", BigInteger),
    Column("status", Text, nullable=False, server_default="open"),
    PrimaryKeyConstraint("id", name="ledger_account_pk"),
    UniqueConstraint("kind", "owner", "currency", name="ledger_account_key"),
    ForeignKeyConstraint(["kind"], ["ledger_account_kind.code"], name="ledger_account_kind_fk"),
    ForeignKeyConstraint(["currency"], ["ledger_currency.code"], name="ledger_account_currency_fk"),
    CheckConstraint("balance - held >= floor", name="ledger_account_floor"),
    CheckConstraint("balance <= ceiling", name="ledger_account_ceiling"),
    CheckConstraint("held >= 0", name="ledger_account_held"),
    CheckConstraint("status IN ('open','frozen','closed')", name="ledger_account_status"),
    postgresql_with={"fillfactor": 50},
)

period = Table(
    "ledger_period",
    metadata,
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("closed_us", BigInteger, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    PrimaryKeyConstraint("first_day", name="ledger_period_pk"),
    CheckConstraint("first_day <= last_day", name="ledger_period_order"),
)

journal = Table(
    "ledger_journal",
    metadata,
    Column("id", _RowId, nullable=False, autoincrement=True),
    Column("scope", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("req_hash", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("memo", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
    Column("reverses", BigInteger),
    PrimaryKeyConstraint("id", name="ledger_journal_pk"),
    UniqueConstraint("scope", "key", name="ledger_journal_natural_key"),
    UniqueConstraint("reverses", name="ledger_journal_reversed_once").ddl_if(dialect="sqlite"),
    Index(
        "ledger_journal_reversed_once",
        "reverses",
        unique=True,
        postgresql_where=text("reverses IS NOT NULL"),
    ).ddl_if(dialect="postgresql"),
    Index("ledger_journal_ref", "ref"),
)

entry = Table(
    "ledger_entry",
    metadata,
    Column("account_id", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("journal_id", BigInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("balance_after", BigInteger, nullable=False),
    PrimaryKeyConstraint("account_id", "version", name="ledger_entry_pk"),
    CheckConstraint("amount <> 0", name="ledger_entry_amount"),
    CheckConstraint("version > 0", name="ledger_entry_version"),
    Index("ledger_entry_journal", "journal_id"),
    sqlite_with_rowid=False,
)

hold = Table(
    "ledger_hold",
    metadata,
    Column("key", Text, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger),
    PrimaryKeyConstraint("key", name="ledger_hold_pk"),
    CheckConstraint("amount > 0", name="ledger_hold_amount"),
    Index("ledger_hold_account", "account_id"),
    Index("ledger_hold_expiry", "expires_us", postgresql_where=text("expires_us IS NOT NULL")),
    Index(
        "ledger_hold_due",
        "account_id",
        "expires_us",
        postgresql_where=text("expires_us IS NOT NULL"),
        sqlite_where=text("expires_us IS NOT NULL"),
    ),
)

hold_end = Table(
    "ledger_hold_end",
    metadata,
    Column("hold_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("journal_id", BigInteger),
    Column("ended_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("hold_key", name="ledger_hold_end_pk"),
    CheckConstraint("kind IN ('post','void','expire')", name="ledger_hold_end_kind"),
    CheckConstraint("(kind = 'post') = (journal_id IS NOT NULL)", name="ledger_hold_end_journal"),
)

# One row a sealed stretch of journals: sha256 over the previous hash and what was recorded, since
# 0021 also over the head of the audit journal.
batch = Table(
    "ledger_batch",
    metadata,
    Column("id", BigInteger, nullable=False, autoincrement=False),
    Column("last_journal", BigInteger, nullable=False),
    Column("journals", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("sealed_us", BigInteger, nullable=False),
    Column("trail_rows", BigInteger),
    Column("trail_hash", Text),
    PrimaryKeyConstraint("id", name="ledger_batch_pk"),
)

top_up = Table(
    "ledger_top_up",
    metadata,
    Column("id", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("return_url", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ref", Text),
    Column("url", Text, nullable=False),
    Column("payment", Text),
    Column("refusal", Text, nullable=False),
    Column("customer", Text, nullable=False, server_default=""),
    Column("created_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_top_up_pk"),
    UniqueConstraint("gateway", "ref", name="ledger_top_up_ref"),
    UniqueConstraint("gateway", "payment", name="ledger_top_up_payment"),
    CheckConstraint("amount > 0", name="ledger_top_up_amount"),
    CheckConstraint(
        "state IN ('created','pending','paid','refused','cancelled','expired')",
        name="ledger_top_up_state",
    ),
    Index("ledger_top_up_party", "party"),
)

# Money that goes out through an acquirer: refunds of a top-up, payouts of earnings.
outgoing = Table(
    "ledger_outgoing",
    metadata,
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("refusal", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_outgoing_pk"),
    CheckConstraint("amount > 0", name="ledger_outgoing_amount"),
    CheckConstraint("kind IN ('refund','pay_out')", name="ledger_outgoing_kind"),
    CheckConstraint("state IN ('pending','done','refused')", name="ledger_outgoing_state"),
    Index("ledger_outgoing_target", "target"),
)

payment_event = Table(
    "ledger_payment_event",
    metadata,
    Column("gateway", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("payment", Text, nullable=False),
    Column("top_up", Text, nullable=False),
    Column("amount", BigInteger),
    Column("currency", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("gateway", "event_id", name="ledger_payment_event_pk"),
)


def _seed(_: MetaData, connection: Connection, **_facts: Any) -> None:
    """The chart and the currencies, as data; what is there already stays."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    coins = [{"code": code, "exponent": digits} for code, digits in CURRENCIES.items()]
    kinds = [
        {
            "code": kind.code,
            "name": kind.name.lower(),
            "account_class": kind.account_class,
            "floor": kind.floor_minor,
            "external_code": kind.value.external_code,
            "owner": kind.value.owner,
        }
        for kind in AccountKind
    ]
    connection.execute(dialect.insert(currency).values(coins).on_conflict_do_nothing())
    connection.execute(dialect.insert(account_kind).values(kinds).on_conflict_do_nothing())


event.listen(metadata, "after_create", _seed)
attach_triggers(metadata)
attach_procedures(metadata)
