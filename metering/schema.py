"""Metering's tables. Seconds are unix seconds, money BIGINT minor units, JSON is canonical text.

A charge, its receipt and a published tariff are written once: triggers refuse UPDATE and DELETE.
The primary key (session, n) is the second line of defence behind the ledger's natural key.
"""

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.schema import ExecutableDDLElement

from metering.shards import SHARDS
from metering.tariffs import client_pays_tariff, host_pays_tariff

metadata = MetaData()

_LIVE = "state IN ('running', 'paused', 'final')"
_SPENT_FOR = "member <> ''"

# `shard` says who owns the meter; `news`, that its owner has not read what another wrote.
meters = Table(
    "metering_meters",
    metadata,
    Column("session", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("clock_s", BigInteger, nullable=False),
    Column("ticks", BigInteger, nullable=False),
    Column("paid_s", BigInteger, nullable=False),
    Column("charged_minor", BigInteger, nullable=False),
    Column("exact", Text, nullable=False),
    Column("first_second", BigInteger),
    Column("last_second", BigInteger),
    Column("segment_from", BigInteger),
    Column("windows", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("since_second", BigInteger),
    Column("warned", Text, nullable=False),
    Column("held_minor", BigInteger),
    Column("held_credit", Text),  # [[grant, minor], …] of held_minor; NULL: all is money
    Column("refused", Boolean, nullable=False),
    Column("funded_s", BigInteger, nullable=False),
    Column("receipt_hash", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("armed_us", BigInteger, nullable=False),
    Column("saved_us", BigInteger, nullable=False),
    Column("shard", Integer, nullable=False, server_default="0"),
    Column("news", Boolean, nullable=False, server_default=false()),
    Column("held_seconds", Text),  # [[grant, covered, taken], …] of the next increment
    Column("cap_minor", BigInteger),
    Column("member", Text, nullable=False, server_default=""),  # who spends for the payer
    Column("refused_by", Text, nullable=False, server_default=""),
    Column("held_again", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("session", name="metering_meters_pk"),
    CheckConstraint(
        "state IN ('armed','running','paused','final','stopped')", name="metering_meters_state"
    ),
    CheckConstraint("clock_s >= 0 AND ticks >= 0", name="metering_meters_counts"),
    CheckConstraint("charged_minor >= 0", name="metering_meters_charged"),
    Index(
        "metering_meters_live",
        "shard",
        postgresql_where=text(_LIVE),
        sqlite_where=text(_LIVE),
    ),
    Index(
        "metering_meters_news", "shard", postgresql_where=text("news"), sqlite_where=text("news")
    ),
    Index(
        "metering_meters_member",
        "payer",
        "member",
        postgresql_where=text(_SPENT_FOR),
        sqlite_where=text(_SPENT_FOR),
    ),
    postgresql_with={"fillfactor": 50},
)

charges = Table(
    "metering_charges",
    metadata,
    Column("session", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("from_s", BigInteger, nullable=False),
    Column("to_s", BigInteger, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("second", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("charged_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "n", name="metering_charges_pk"),
    ForeignKeyConstraint(["session"], ["metering_meters.session"], name="metering_charges_meter"),
    CheckConstraint("n >= 1 AND to_s > from_s", name="metering_charges_span"),
    CheckConstraint("amount_minor >= 0", name="metering_charges_amount"),
)

receipts = Table(
    "metering_receipts",
    metadata,
    Column("session", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signature", Text),
    PrimaryKeyConstraint("session", "n", name="metering_receipts_pk"),
    ForeignKeyConstraint(
        ["session", "n"],
        ["metering_charges.session", "metering_charges.n"],
        name="metering_receipts_charge",
    ),
)

segments = Table(
    "metering_segments",
    metadata,
    Column("session", Text, nullable=False),
    Column("from_second", BigInteger, nullable=False),
    Column("to_second", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "from_second", name="metering_segments_pk"),
    ForeignKeyConstraint(["session"], ["metering_meters.session"], name="metering_segments_meter"),
    CheckConstraint("to_second > from_second", name="metering_segments_span"),
)

# One row a shard of payers: who owns its meters until when, by the database's clock.
shards = Table(
    "metering_shards",
    metadata,
    Column("shard", Integer, nullable=False, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("shard", name="metering_shards_pk"),
)

# What another node saw of a meter, on its way to the owner.
witnessed = Table(
    "metering_witnessed",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
    Column("shard", Integer, nullable=False),
    Column("session", Text, nullable=False),
    Column("from_second", BigInteger, nullable=False),
    Column("to_second", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="metering_witnessed_pk"),
    CheckConstraint("to_second > from_second", name="metering_witnessed_span"),
)


def _seed(_: MetaData, connection: Connection, **_facts: Any) -> None:
    """Every shard, owned by nobody; what is there already stays."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [{"shard": n, "owner": "", "epoch": 0, "until_us": 0} for n in range(SHARDS)]
    connection.execute(dialect.insert(shards).values(rows).on_conflict_do_nothing())


event.listen(metadata, "after_create", _seed)

# owner: "" for the platform's plans, else the consultant whose rate it is.
tariffs = Table(
    "metering_tariffs",
    metadata,
    Column("plan", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("published_us", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    PrimaryKeyConstraint("plan", "owner", "version", name="metering_tariffs_pk"),
    CheckConstraint("version >= 1", name="metering_tariffs_version"),
)

# Seconds in advance; `left_s` moves, the terms of a grant do not. expires_us NULL: never.
allowances = Table(
    "metering_allowances",
    metadata,
    Column("id", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("step_s", BigInteger, nullable=False),
    Column("left_s", BigInteger, nullable=False),
    Column("granted_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger),
    PrimaryKeyConstraint("id", name="metering_allowances_pk"),
    CheckConstraint("step_s >= 1 AND seconds >= step_s", name="metering_allowances_terms"),
    CheckConstraint("left_s >= 0 AND left_s <= seconds", name="metering_allowances_left"),
    Index("metering_allowances_payer", "payer"),
)

# What an increment drew on a grant, and what a session gave back to it; both written once.
allowance_uses = Table(
    "metering_allowance_uses",
    metadata,
    Column("session", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("grant_id", Text, nullable=False),
    Column("covered_s", BigInteger, nullable=False),
    Column("taken_s", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "n", "grant_id", name="metering_allowance_uses_pk"),
    ForeignKeyConstraint(
        ["session", "n"],
        ["metering_charges.session", "metering_charges.n"],
        name="metering_allowance_uses_charge",
    ),
    ForeignKeyConstraint(
        ["grant_id"], ["metering_allowances.id"], name="metering_allowance_uses_grant"
    ),
    CheckConstraint("covered_s >= 1 AND taken_s >= 0", name="metering_allowance_uses_seconds"),
)

allowance_returns = Table(
    "metering_allowance_returns",
    metadata,
    Column("session", Text, nullable=False),
    Column("grant_id", Text, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("returned_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "grant_id", name="metering_allowance_returns_pk"),
    ForeignKeyConstraint(
        ["grant_id"], ["metering_allowances.id"], name="metering_allowance_returns_grant"
    ),
    CheckConstraint("seconds >= 1", name="metering_allowance_returns_seconds"),
)

# What a member may spend for a payer in a calendar period of the zone.
caps = Table(
    "metering_caps",
    metadata,
    Column("payer", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("zone", Text, nullable=False),
    Column("set_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("payer", "member", "period", name="metering_caps_pk"),
    CheckConstraint("period IN ('day', 'week', 'month')", name="metering_caps_period"),
    CheckConstraint("amount_minor >= 0", name="metering_caps_amount"),
)

# What is known of a leg's key for signing receipts: it has one, can have none, was let be. Written
# once each; the meter may not be armed yet.
cosigners = Table(
    "metering_cosigners",
    metadata,
    Column("session", Text, nullable=False),
    Column("leg", Text, nullable=False),
    Column("stand", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("said_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "leg", "stand", name="metering_cosigners_pk"),
    CheckConstraint("stand IN ('signs', 'cannot', 'waived')", name="metering_cosigners_stand"),
)

# Links of a session's chain of signatures under its receipts; `counter` is ours, by key `node`.
cosignatures = Table(
    "metering_cosignatures",
    metadata,
    Column("session", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("leg", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("counter", Text, nullable=False),
    Column("signed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "seq", name="metering_cosignatures_pk"),
    UniqueConstraint("session", "leg", "n", name="metering_cosignatures_once"),
    ForeignKeyConstraint(
        ["session", "n"],
        ["metering_receipts.session", "metering_receipts.n"],
        name="metering_cosignatures_receipt",
    ),
)

_SQLITE = (
    "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
)
_POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION metering_written_once() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$"
)
_POSTGRES = (
    "CREATE TRIGGER {table}_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION metering_written_once()"
)


def _ddl(text: str, dialect: str) -> ExecutableDDLElement:
    """A statement for one kind of database; the constructor is untyped in SQLAlchemy."""
    made: ExecutableDDLElement = DDL(text)  # type: ignore[no-untyped-call]
    return made.execute_if(dialect=dialect)


for _table in (
    charges,
    receipts,
    tariffs,
    allowance_uses,
    allowance_returns,
    cosigners,
    cosignatures,
):
    for _verb in ("update", "delete"):
        event.listen(
            metadata,
            "after_create",
            _ddl(_SQLITE.format(table=_table.name, verb=_verb), "sqlite"),
        )
    for _text in (_POSTGRES_FUNCTION.replace("%", "%%"), _POSTGRES.format(table=_table.name)):
        event.listen(metadata, "after_create", _ddl(_text, "postgresql"))


_FIRST_US = 1_767_225_600_000_000  # 2026-01-01 in UTC


def _first_versions(_metadata: Any, connection: Connection, **_: Any) -> None:
    """The platform's two plans as they were before they could be published."""
    rows = [
        {
            "plan": tariff.plan,
            "owner": "",
            "version": tariff.version,
            "tariff": tariff.to_json(),
            "published_us": _FIRST_US,
            "published_by": "",
            "why": "first version",
        }
        for tariff in (host_pays_tariff(), client_pays_tariff())
    ]
    connection.execute(tariffs.insert(), rows)


event.listen(tariffs, "after_create", _first_versions)
