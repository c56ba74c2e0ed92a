"""Passkeys, what people prefer, how each login was opened, and files with one's own data."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("theme", sa.Text, nullable=False, server_default="system"),
        sa.Column("shortcuts", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("muted", sa.Text, nullable=False, server_default=""),
        sa.Column("erased_us", sa.BigInteger),
    ):
        op.add_column("parties_people", column)
    for column in (
        sa.Column("way", sa.Text, nullable=False, server_default=""),
        sa.Column("device", sa.Text, nullable=False, server_default=""),
        sa.Column("address", sa.Text, nullable=False, server_default=""),
        sa.Column("seen_us", sa.BigInteger),
    ):
        op.add_column("parties_logins", column)
    archive = sa.Column("archive", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("web_exports", archive)
    op.create_table(
        "parties_passkeys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("credential", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("transports", sa.Text, nullable=False),
        sa.Column("synced", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("used_us", sa.BigInteger),
        sa.Column("copied_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_parties_passkeys"),
        sa.UniqueConstraint("credential", name="uq_parties_passkeys_credential"),
        sa.CheckConstraint("counter >= 0", name="ck_parties_passkeys_counter"),
    )
    op.create_index("ix_parties_passkeys_party", "parties_passkeys", ["party"])
    op.create_table(
        "parties_used_challenges",
        sa.Column("challenge_hash", sa.Text, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_parties_used_challenges"),
    )
    op.create_index(
        "ix_parties_used_challenges_expires", "parties_used_challenges", ["expires_us"]
    )


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
