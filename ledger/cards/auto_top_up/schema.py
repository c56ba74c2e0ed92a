"""Tables of saved cards and automatic top-ups. Money is BIGINT minor units, moments are BIGINT UTC
microseconds. No number of a card is here: `ref` is the acquirer's name for it.

Two unique indexes make a double charge impossible whatever the code believes: one open run a
party, and one run a party, day and number.
"""

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
    text,
)

metadata = MetaData()

card = Table(
    "ledger_cards_saved_card",
    metadata,
    Column("party", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("last4", Text, nullable=False),
    Column("exp_year", Integer, nullable=False),
    Column("exp_month", Integer, nullable=False),
    Column("saved_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("party", name="ledger_cards_saved_card_pk"),
)

setup = Table(
    "ledger_cards_setup",
    metadata,
    Column("id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("return_url", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_cards_setup_pk"),
    CheckConstraint("state IN ('planned','open','saved','ended')", name="ledger_cards_setup_state"),
    Index("ledger_cards_setup_state_created", "state", "created_us"),
)

setting = Table(
    "ledger_cards_auto_top_up",
    metadata,
    Column("party", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("threshold", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("day_count", Integer, nullable=False),
    Column("day_amount", BigInteger, nullable=False),
    Column("why_off", Text, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("party", name="ledger_cards_auto_top_up_pk"),
    CheckConstraint("threshold > 0 AND amount > 0", name="ledger_cards_auto_top_up_sums"),
    CheckConstraint("day_amount >= amount", name="ledger_cards_auto_top_up_day_amount"),
    CheckConstraint("day_count > 0", name="ledger_cards_auto_top_up_day_count"),
)

run = Table(
    "ledger_cards_auto_run",
    metadata,
    Column("id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("day_no", Integer, nullable=False),
    Column("customer", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("try_no", Integer, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("confirms", Integer, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("payment", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("asked_us", BigInteger),
    Column("ended_us", BigInteger),
    PrimaryKeyConstraint("id", name="ledger_cards_auto_run_pk"),
    UniqueConstraint("party", "day", "day_no", name="ledger_cards_auto_run_window"),
    CheckConstraint("amount > 0", name="ledger_cards_auto_run_amount"),
    CheckConstraint("day_no > 0", name="ledger_cards_auto_run_day_no"),
    CheckConstraint(
        "state IN ('planned','in_doubt','owner_needed','waiting','paid','refused')",
        name="ledger_cards_auto_run_state",
    ),
    Index(
        "ledger_cards_auto_run_open",
        "party",
        unique=True,
        postgresql_where=text("state NOT IN ('paid','refused')"),
        sqlite_where=text("state NOT IN ('paid','refused')"),
    ),
    Index("ledger_cards_auto_run_due", "state", "due_us"),
)
