"""The tables of ledger payments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_outgoing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('refund','pay_out')", name="ledger_outgoing_kind"),
        sa.CheckConstraint("state IN ('pending','done','refused')", name="ledger_outgoing_state"),
        sa.CheckConstraint("amount > 0", name="ledger_outgoing_amount"),
        sa.PrimaryKeyConstraint("id", name="ledger_outgoing_pk"),
    )
    op.create_index("ledger_outgoing_target", "ledger_outgoing", ["target"], unique=False)
    op.create_table(
        "ledger_payment_event",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("top_up", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "event_id", name="ledger_payment_event_pk"),
    )
    op.create_table(
        "ledger_top_up",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('created','pending','paid','refused','cancelled','expired')",
            name="ledger_top_up_state",
        ),
        sa.CheckConstraint("amount > 0", name="ledger_top_up_amount"),
        sa.PrimaryKeyConstraint("id", name="ledger_top_up_pk"),
        sa.UniqueConstraint("gateway", "payment", name="ledger_top_up_payment"),
        sa.UniqueConstraint("gateway", "ref", name="ledger_top_up_ref"),
    )
    op.create_index("ledger_top_up_party", "ledger_top_up", ["party"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
