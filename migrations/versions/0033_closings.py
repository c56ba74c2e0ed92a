"""Closings of months, and sessions and papers found by their days."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_closings",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("certified_minor", sa.BigInteger(), nullable=False),
        sa.Column("turnover_minor", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("done_us", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("held_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "currency", name="pk_web_closings"),
        sa.CheckConstraint(
            "state in ('asked', 'papers', 'letters', 'done')", name="ck_web_closings_state"
        ),
        sa.CheckConstraint("(state = 'done') = (done_us is not null)", name="ck_web_closings_done"),
    )
    op.create_table(
        "web_closing_faults",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("month", "currency", "kind", "party", name="pk_web_closing_faults"),
    )
    ended = ["ended_us", "number"]
    op.create_index("ix_sessions_sessions_ended", "sessions_sessions", ended)
    days = ["first_on", "last_on"]
    op.create_index("ix_reports_period_papers_days", "reports_period_papers", days)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
