"""Recordings of sessions, by consent of both."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions_recordings",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        sa.Column("started_us", sa.BigInteger),
        sa.Column("stopped_us", sa.BigInteger),
        sa.Column("stopped_by", sa.Text),
        sa.Column("cause", sa.Text),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("duration_ms", sa.BigInteger, nullable=False),
        sa.Column("saved_us", sa.BigInteger),
        sa.Column("erased_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("session", "n", name="pk_sessions_recordings"),
        sa.CheckConstraint("asked_by in ('host', 'client')", name="ck_sessions_recordings_by"),
    )
    op.create_index("ix_sessions_recordings_state", "sessions_recordings", ["state", "saved_us"])


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
