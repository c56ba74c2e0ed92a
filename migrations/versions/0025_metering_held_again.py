"""A hold that a lowered cap gave back is made again under another key."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    held_again = sa.Column("held_again", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("metering_meters", held_again)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
