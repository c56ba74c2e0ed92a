"""Tables of the control room. Money is BIGINT minor units, moments are BIGINT UTC microseconds.

The audit journal and its head are guarded by triggers (ledger/control/guards.py), and so are the
core's own movements across the border, since the core knows no residence.
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
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from ledger.control.guards import GATEWAY_RAIL, TRAIL, attach, guard_rail
from ledger.control.trail import FIRST_HASH

metadata = MetaData()

audit = Table(
    "ledger_control_audit",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("party", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("number", name="ledger_control_audit_pk"),
    CheckConstraint("number > 0", name="ledger_control_audit_number"),
    Index("ledger_control_audit_subject", "subject", "number"),
    Index("ledger_control_audit_action", "action", "number"),
    Index("ledger_control_audit_party", "party", "number"),
)

# One row: how many rows the audit journal has, and the hash of the last. Its lock numbers them.
head = Table(
    "ledger_control_head",
    metadata,
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_control_head_pk"),
    CheckConstraint("id = 1", name="ledger_control_head_single"),
)

# A switch that has no row was never turned: it is open.
switch = Table(
    "ledger_control_switch",
    metadata,
    Column("name", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("turned_by", Text, nullable=False),
    Column("turned_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("name", name="ledger_control_switch_pk"),
)

# A limit that has no row is the default of ledger/control/limits.py.
limit = Table(
    "ledger_control_limit",
    metadata,
    Column("what", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("what", "currency", name="ledger_control_limit_pk"),
    CheckConstraint("amount >= 0", name="ledger_control_limit_amount"),
)

residence = Table(
    "ledger_control_residence",
    metadata,
    Column("party", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("declared_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("party", name="ledger_control_residence_pk"),
    CheckConstraint("length(country) = 2", name="ledger_control_residence_country"),
)

approval = Table(
    "ledger_control_approval",
    metadata,
    Column("id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("proposed_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_us", BigInteger),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_control_approval_pk"),
    CheckConstraint(
        "state IN ('waiting','granted','declined','expired')", name="ledger_control_approval_state"
    ),
    CheckConstraint(
        "decided_by = '' OR decided_by NOT IN (proposed_by, party)",
        name="ledger_control_approval_two_persons",
    ),
    CheckConstraint(
        "(state = 'waiting') = (decided_us IS NULL)", name="ledger_control_approval_decided"
    ),
    Index(
        "ledger_control_approval_open",
        "action",
        "subject",
        unique=True,
        postgresql_where=text("state IN ('waiting','granted')"),
        sqlite_where=text("state IN ('waiting','granted')"),
    ),
    Index(
        "ledger_control_approval_waiting",
        "proposed_us",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)


def _seed(_: MetaData, connection: Connection, **_facts: Any) -> None:
    """The head of an empty audit journal; one that is there stays."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = {"id": 1, "number": 0, "hash": FIRST_HASH}
    connection.execute(dialect.insert(head).values(first).on_conflict_do_nothing())


event.listen(metadata, "after_create", _seed)
attach(
    metadata,
    [
        TRAIL,
        guard_rail("ledger_top_up", "party", GATEWAY_RAIL),
        guard_rail("ledger_outgoing", "party", GATEWAY_RAIL),
    ],
)
