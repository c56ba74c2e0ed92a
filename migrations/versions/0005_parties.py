"""The tables of parties."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parties_codes",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("window_us", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries_left >= 0", name="ck_parties_codes_tries_left"),
        sa.PrimaryKeyConstraint("email", name="pk_parties_codes"),
    )
    op.create_table(
        "parties_logins",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_parties_logins"),
    )
    op.create_index("ix_parties_logins_party", "parties_logins", ["party"], unique=False)
    op.create_table(
        "parties_people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(email is null) = (session is not null)", name="ck_parties_people_guest_has_session"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_parties_people"),
        sa.UniqueConstraint("email", name="uq_parties_people_email"),
    )


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
