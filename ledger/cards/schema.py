"""The tables of the card rail. Money is BIGINT minor units, moments are BIGINT UTC microseconds.

The inbox keeps every piece of news as it was received; the other tables say where a fee, a refund
or a dispute stands on its way. What they move is in the ledger's journals, under natural keys.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
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

from ledger.cards.states import CallState, EvidenceState, NewsState, RequestState

metadata = MetaData()


def _moment(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _one_of(column: str, states: Any, name: str) -> CheckConstraint:
    words = ",".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({words})", name=name)


inbox = Table(
    "ledger_cards_inbox",
    metadata,
    _text("gateway"),
    _text("event_id"),
    _text("kind"),
    _text("subject"),
    _text("account"),
    _text("api_version"),
    _text("body"),
    _text("state"),
    Column("tries", Integer, nullable=False),
    _text("verdict"),
    _moment("created_us"),
    _moment("received_us"),
    _moment("due_us"),
    _moment("changed_us"),
    PrimaryKeyConstraint("gateway", "event_id", name="ledger_cards_inbox_pk"),
    CheckConstraint("tries >= 0", name="ledger_cards_inbox_tries"),
    _one_of("state", NewsState, "ledger_cards_inbox_state"),
    Index("ledger_cards_inbox_due", "state", "due_us"),
    Index("ledger_cards_inbox_subject", "subject"),
)

customer = Table(
    "ledger_cards_customer",
    metadata,
    _text("gateway"),
    _text("party"),
    _text("idempotency_key"),
    Column("ref", Text),
    _moment("created_us"),
    PrimaryKeyConstraint("gateway", "party", name="ledger_cards_customer_pk"),
    UniqueConstraint("gateway", "ref", name="ledger_cards_customer_ref"),
)

# What the acquirer kept of each payment: wanted until its balance line is known.
fee = Table(
    "ledger_cards_fee",
    metadata,
    _text("gateway"),
    _text("payment"),
    _text("line"),
    Column("amount", BigInteger, nullable=False),
    _text("currency"),
    Column("tries", Integer, nullable=False),
    _moment("due_us"),
    _moment("created_us"),
    PrimaryKeyConstraint("gateway", "payment", name="ledger_cards_fee_pk"),
    CheckConstraint("amount >= 0", name="ledger_cards_fee_amount"),
    Index("ledger_cards_fee_wanted", "due_us", postgresql_where=text("line = ''")),
)

# A client's wish to have unspent money back; its parts are rows of ledger_outgoing.
refund = Table(
    "ledger_cards_refund",
    metadata,
    _text("id"),
    _text("party"),
    Column("amount", BigInteger, nullable=False),
    _text("currency"),
    _text("state"),
    _text("asked_by"),
    _text("why"),
    _text("note"),
    _moment("created_us"),
    _moment("changed_us"),
    PrimaryKeyConstraint("id", name="ledger_cards_refund_pk"),
    CheckConstraint("amount > 0", name="ledger_cards_refund_amount"),
    _one_of("state", RequestState, "ledger_cards_refund_state"),
    Index("ledger_cards_refund_party", "party", "created_us"),
    Index("ledger_cards_refund_open", "state"),
)

# The call that makes one refund at the acquirer: `id` is that of its row in ledger_outgoing.
refund_call = Table(
    "ledger_cards_refund_call",
    metadata,
    _text("id"),
    _text("refund"),
    _text("gateway"),
    _text("payment"),
    Column("amount", BigInteger, nullable=False),
    _text("currency"),
    _text("state"),
    Column("tries", Integer, nullable=False),
    _moment("asked_us"),
    _moment("due_us"),
    PrimaryKeyConstraint("id", name="ledger_cards_refund_call_pk"),
    CheckConstraint("amount > 0", name="ledger_cards_refund_call_amount"),
    CheckConstraint("tries >= 0", name="ledger_cards_refund_call_tries"),
    _one_of("state", CallState, "ledger_cards_refund_call_state"),
    Index("ledger_cards_refund_call_due", "state", "due_us"),
    Index("ledger_cards_refund_call_refund", "refund"),
)

# Why a wallet is frozen; it thaws when its last reason is lifted.
freeze = Table(
    "ledger_cards_freeze",
    metadata,
    _text("party"),
    _text("key"),
    _text("currency"),
    _text("why"),
    _moment("since_us"),
    Column("lifted_us", BigInteger),
    PrimaryKeyConstraint("party", "key", name="ledger_cards_freeze_pk"),
)

dispute = Table(
    "ledger_cards_dispute",
    metadata,
    _text("gateway"),
    _text("id"),
    _text("payment"),
    _text("top_up"),
    _text("party"),
    Column("amount", BigInteger, nullable=False),
    _text("currency"),
    _text("status"),
    _text("reason"),
    Column("held", BigInteger, nullable=False),
    _text("evidence"),
    _text("evidence_state"),
    Column("tries", Integer, nullable=False),
    _moment("due_us"),
    Column("answer_by_us", BigInteger),
    _moment("created_us"),
    _moment("changed_us"),
    PrimaryKeyConstraint("gateway", "id", name="ledger_cards_dispute_pk"),
    CheckConstraint("amount > 0", name="ledger_cards_dispute_amount"),
    CheckConstraint("held >= 0", name="ledger_cards_dispute_held"),
    _one_of("evidence_state", EvidenceState, "ledger_cards_dispute_evidence"),
    Index("ledger_cards_dispute_party", "party"),
    Index("ledger_cards_dispute_due", "evidence_state", "due_us"),
)

warning = Table(
    "ledger_cards_warning",
    metadata,
    _text("gateway"),
    _text("id"),
    _text("payment"),
    _text("party"),
    _text("kind"),
    _text("refund"),
    _moment("created_us"),
    PrimaryKeyConstraint("gateway", "id", name="ledger_cards_warning_pk"),
    Index("ledger_cards_warning_party", "party"),
)

# The acquirer's own account of our money, line by line, as it was listed.
line = Table(
    "ledger_cards_line",
    metadata,
    _text("gateway"),
    _text("id"),
    _text("category"),
    Column("amount", BigInteger, nullable=False),
    Column("fee", BigInteger, nullable=False),
    _text("currency"),
    _text("source"),
    _moment("created_us"),
    PrimaryKeyConstraint("gateway", "id", name="ledger_cards_line_pk"),
    Index("ledger_cards_line_created", "created_us"),
)

reconciliation = Table(
    "ledger_cards_reconciliation",
    metadata,
    _text("gateway"),
    _moment("made_us"),
    _moment("since_us"),
    Column("notices", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    PrimaryKeyConstraint("gateway", "made_us", name="ledger_cards_reconciliation_pk"),
)

difference = Table(
    "ledger_cards_difference",
    metadata,
    _text("gateway"),
    _moment("made_us"),
    Column("n", Integer, nullable=False),
    _text("kind"),
    _text("ref"),
    _text("currency"),
    Column("theirs", BigInteger, nullable=False),
    Column("ours", BigInteger, nullable=False),
    _text("note"),
    PrimaryKeyConstraint("gateway", "made_us", "n", name="ledger_cards_difference_pk"),
)
