"""Files that one side of a session gave to the other."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions_files",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("by_role", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session", "id", name="pk_sessions_files"),
        sa.CheckConstraint("by_role in ('host', 'client')", name="ck_sessions_files_by"),
        sa.CheckConstraint(
            "state in ('offered', 'whole', 'withdrawn', 'declined', 'erased')",
            name="ck_sessions_files_state",
        ),
    )
    op.create_index("ix_sessions_files_due", "sessions_files", ["state", "at_us"])


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
