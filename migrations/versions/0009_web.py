"""The tables of web."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_papers_due",
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("next_us", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("tries >= 0", name="ck_web_papers_due_tries"),
        sa.PrimaryKeyConstraint("session"),
    )


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
