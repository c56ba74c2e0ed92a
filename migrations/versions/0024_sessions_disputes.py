"""A side of a session may ask for arbitration."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions_disputes",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("by_role", sa.Text, nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("opened_us", sa.BigInteger, nullable=False),
        sa.Column("answer_until_us", sa.BigInteger, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_us", sa.BigInteger),
        sa.Column("ruled_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("session", name="pk_sessions_disputes"),
        sa.CheckConstraint("by_role in ('host', 'client')", name="ck_sessions_disputes_by"),
    )
    op.create_index("ix_sessions_disputes_open", "sessions_disputes", ["ruled_us", "opened_us"])


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
