"""Receipts signed by both ends."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("metering_cosigners", "metering_cosignatures")


def upgrade() -> None:
    op.create_table(
        "metering_cosigners",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("stand", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("said_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session", "leg", "stand", name="metering_cosigners_pk"),
        sa.CheckConstraint(
            "stand IN ('signs', 'cannot', 'waived')", name="metering_cosigners_stand"
        ),
    )
    op.create_table(
        "metering_cosignatures",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("counter", sa.Text, nullable=False),
        sa.Column("signed_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session", "seq", name="metering_cosignatures_pk"),
        sa.UniqueConstraint("session", "leg", "n", name="metering_cosignatures_once"),
        sa.ForeignKeyConstraint(
            ["session", "n"],
            ["metering_receipts.session", "metering_receipts.n"],
            name="metering_cosignatures_receipt",
        ),
    )
    for table in WRITTEN_ONCE:
        for statement in _triggers(table, op.get_bind().dialect.name):
            op.get_bind().exec_driver_sql(statement)


def _triggers(table: str, dialect: str) -> list[str]:
    if dialect == "postgresql":
        return [
            f"CREATE TRIGGER {table}_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION metering_written_once()"
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
        for verb in ("update", "delete")
    ]


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
