"""The ledger's seals cover the head of the audit journal."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledger_batch", sa.Column("trail_rows", sa.BigInteger(), nullable=True))
    op.add_column("ledger_batch", sa.Column("trail_hash", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
