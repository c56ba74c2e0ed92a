"""Tables of payees' accounts at the acquirer. Money is BIGINT minor units, moments are BIGINT UTC
microseconds. The payouts themselves are rows of `ledger.payouts`."""

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
    text,
)

metadata = MetaData()

connected = Table(
    "ledger_cards_connected",
    metadata,
    Column("party", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("disabled", Text, nullable=False),
    Column("payouts_enabled", Boolean, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("party", "gateway", name="ledger_cards_connected_pk"),
    CheckConstraint(
        "state IN ('planned','open','active','restricted','closed')",
        name="ledger_cards_connected_state",
    ),
    CheckConstraint("state = 'planned' OR ref <> ''", name="ledger_cards_connected_named"),
    Index(
        "ledger_cards_connected_ref",
        "gateway",
        "ref",
        unique=True,
        postgresql_where=text("ref <> ''"),
        sqlite_where=text("ref <> ''"),
    ),
)

arrival = Table(
    "ledger_cards_arrival",
    metadata,
    Column("gateway", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("gateway", "ref", name="ledger_cards_arrival_pk"),
    CheckConstraint(
        "status IN ('on_the_way','arrived','failed')", name="ledger_cards_arrival_status"
    ),
    Index("ledger_cards_arrival_party", "party", "changed_us"),
)

reversal = Table(
    "ledger_cards_reversal",
    metadata,
    Column("id", Text, nullable=False),
    Column("pay_out", Text, nullable=False),
    Column("transfer", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("asked_us", BigInteger),
    PrimaryKeyConstraint("id", name="ledger_cards_reversal_pk"),
    CheckConstraint("amount > 0", name="ledger_cards_reversal_amount"),
    CheckConstraint(
        "state IN ('planned','in_doubt','done','refused')", name="ledger_cards_reversal_state"
    ),
    Index("ledger_cards_reversal_due", "state", "due_us"),
    Index("ledger_cards_reversal_pay_out", "pay_out"),
)
