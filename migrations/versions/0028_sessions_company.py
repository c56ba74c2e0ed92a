"""Those who are called into a session beside its two sides, and who was there with whom."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions_presence", sa.Column("pairs", sa.Text))
    op.create_table(
        "sessions_company",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seat", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("share_bp", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("party", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("screen", sa.Text),
        sa.Column("mic", sa.Text),
        sa.Column("called_us", sa.BigInteger, nullable=False),
        sa.Column("told_us", sa.BigInteger),
        sa.Column("agreed_us", sa.BigInteger),
        sa.Column("entered_us", sa.BigInteger),
        sa.Column("left_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("session", "n", name="pk_sessions_company"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_company_token_hash"),
        sa.CheckConstraint("part in ('colleague', 'observer')", name="ck_sessions_company_part"),
        sa.CheckConstraint("share_bp between 0 and 10000", name="ck_sessions_company_share"),
    )
    op.create_index("ix_sessions_company_state", "sessions_company", ["state"])


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
