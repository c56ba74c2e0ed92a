"""What of a meter's hold lies on promo credit."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("metering_meters", sa.Column("held_credit", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
