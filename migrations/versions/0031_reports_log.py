"""The transparency log: leaves, subtrees and signed checkpoints; nothing in it ever changes."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LEAVES, NODES, CHECKPOINTS = "reports_log_leaves", "reports_log_nodes", "reports_log_checkpoints"
REFUSED = "the log is only added to"


def upgrade() -> None:
    op.create_table(
        LEAVES,
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("leaf", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("logged_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_reports_log_leaves"),
        sa.UniqueConstraint("leaf", name="uq_reports_log_leaves_leaf"),
        sa.CheckConstraint("position >= 0", name="ck_reports_log_leaves_position"),
    )
    op.create_index("ix_reports_log_leaves_subject", LEAVES, ["subject"])
    op.create_table(
        NODES,
        sa.Column("level", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_reports_log_nodes"),
        sa.CheckConstraint("level >= 1", name="ck_reports_log_nodes_level"),
    )
    op.create_table(
        CHECKPOINTS,
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("log_key", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("size", "log_key", name="pk_reports_log_checkpoints"),
        sa.CheckConstraint("size >= 1", name="ck_reports_log_checkpoints_size"),
    )
    _guard(LEAVES, NODES, CHECKPOINTS)


def _guard(*tables: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "create or replace function reports_log_refuse() returns trigger language plpgsql as "
            f"$$ begin raise exception '{REFUSED}'; end $$"
        )
    for table in tables:
        if sqlite:
            for verb in ("update", "delete"):
                op.execute(
                    f"create trigger {table}_no_{verb} before {verb} on {table} "
                    f"begin select raise(abort, '{REFUSED}'); end"
                )
        else:
            op.execute(
                f"create trigger {table}_once before update or delete or truncate "
                f"on {table} for each statement execute function reports_log_refuse()"
            )


def downgrade() -> None:
    raise NotImplementedError("the log is only added to; restore a backup")
