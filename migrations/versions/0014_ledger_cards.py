"""The tables of the card rail, and whose card a top-up keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ledger_top_up", sa.Column("customer", sa.Text(), server_default="", nullable=False)
    )
    op.create_table(
        "ledger_cards_customer",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "party", name="ledger_cards_customer_pk"),
        sa.UniqueConstraint("gateway", "ref", name="ledger_cards_customer_ref"),
    )
    op.create_table(
        "ledger_cards_difference",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("theirs", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "made_us", "n", name="ledger_cards_difference_pk"),
    )
    op.create_table(
        "ledger_cards_dispute",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("top_up", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("answer_by_us", sa.BigInteger(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "evidence_state IN ('none','gathered','staged','sent','late','over')",
            name="ledger_cards_dispute_evidence",
        ),
        sa.CheckConstraint("amount > 0", name="ledger_cards_dispute_amount"),
        sa.CheckConstraint("held >= 0", name="ledger_cards_dispute_held"),
        sa.PrimaryKeyConstraint("gateway", "id", name="ledger_cards_dispute_pk"),
    )
    op.create_index(
        "ledger_cards_dispute_due",
        "ledger_cards_dispute",
        ["evidence_state", "due_us"],
        unique=False,
    )
    op.create_index("ledger_cards_dispute_party", "ledger_cards_dispute", ["party"], unique=False)
    op.create_table(
        "ledger_cards_fee",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name="ledger_cards_fee_amount"),
        sa.PrimaryKeyConstraint("gateway", "payment", name="ledger_cards_fee_pk"),
    )
    op.create_index(
        "ledger_cards_fee_wanted",
        "ledger_cards_fee",
        ["due_us"],
        unique=False,
        postgresql_where=sa.text("line = ''"),
    )
    op.create_table(
        "ledger_cards_freeze",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("party", "key", name="ledger_cards_freeze_pk"),
    )
    op.create_table(
        "ledger_cards_inbox",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("api_version", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('stored','claimed','deferred','applied','ignored','dead','skipped')",
            name="ledger_cards_inbox_state",
        ),
        sa.CheckConstraint("tries >= 0", name="ledger_cards_inbox_tries"),
        sa.PrimaryKeyConstraint("gateway", "event_id", name="ledger_cards_inbox_pk"),
    )
    op.create_index(
        "ledger_cards_inbox_due", "ledger_cards_inbox", ["state", "due_us"], unique=False
    )
    op.create_index("ledger_cards_inbox_subject", "ledger_cards_inbox", ["subject"], unique=False)
    op.create_table(
        "ledger_cards_line",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "id", name="ledger_cards_line_pk"),
    )
    op.create_index("ledger_cards_line_created", "ledger_cards_line", ["created_us"], unique=False)
    op.create_table(
        "ledger_cards_reconciliation",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "made_us", name="ledger_cards_reconciliation_pk"),
    )
    op.create_table(
        "ledger_cards_refund",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting','going','done','partly','failed','declined')",
            name="ledger_cards_refund_state",
        ),
        sa.CheckConstraint("amount > 0", name="ledger_cards_refund_amount"),
        sa.PrimaryKeyConstraint("id", name="ledger_cards_refund_pk"),
    )
    op.create_index("ledger_cards_refund_open", "ledger_cards_refund", ["state"], unique=False)
    op.create_index(
        "ledger_cards_refund_party", "ledger_cards_refund", ["party", "created_us"], unique=False
    )
    op.create_table(
        "ledger_cards_refund_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("refund", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned','in_doubt','answered','by_hand')",
            name="ledger_cards_refund_call_state",
        ),
        sa.CheckConstraint("amount > 0", name="ledger_cards_refund_call_amount"),
        sa.CheckConstraint("tries >= 0", name="ledger_cards_refund_call_tries"),
        sa.PrimaryKeyConstraint("id", name="ledger_cards_refund_call_pk"),
    )
    op.create_index(
        "ledger_cards_refund_call_due",
        "ledger_cards_refund_call",
        ["state", "due_us"],
        unique=False,
    )
    op.create_index(
        "ledger_cards_refund_call_refund", "ledger_cards_refund_call", ["refund"], unique=False
    )
    op.create_table(
        "ledger_cards_warning",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("refund", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "id", name="ledger_cards_warning_pk"),
    )
    op.create_index("ledger_cards_warning_party", "ledger_cards_warning", ["party"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
