"""Meters are owned by shards of their payers; other nodes' news wait for the owner."""

import json
from zlib import crc32

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SHARDS = 256
LIVE = sa.text("state IN ('running', 'paused', 'final')")
NEWS = sa.text("news")


def upgrade() -> None:
    op.drop_index("metering_meters_due", "metering_meters")
    op.drop_column("metering_meters", "due_second")
    op.add_column(
        "metering_meters", sa.Column("shard", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column(
        "metering_meters", sa.Column("news", sa.Boolean, nullable=False, server_default=sa.false())
    )
    _place()
    op.create_index(
        "metering_meters_live", "metering_meters", ["shard"], postgresql_where=LIVE,
        sqlite_where=LIVE,
    )  # fmt: skip
    op.create_index(
        "metering_meters_news", "metering_meters", ["shard"], postgresql_where=NEWS,
        sqlite_where=NEWS,
    )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE metering_meters SET (fillfactor = 50)")
    op.drop_table("metering_leases")
    shards = op.create_table(
        "metering_shards",
        sa.Column("shard", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("shard", name="metering_shards_pk"),
    )
    rows = [{"shard": n, "owner": "", "epoch": 0, "until_us": 0} for n in range(SHARDS)]
    op.bulk_insert(shards, rows)
    op.create_table(
        "metering_witnessed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("from_second", sa.BigInteger, nullable=False),
        sa.Column("to_second", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="metering_witnessed_pk"),
        sa.CheckConstraint("to_second > from_second", name="metering_witnessed_span"),
    )


def _place() -> None:
    """Each meter into the shard of its payer."""
    bind = op.get_bind()
    payers = bind.execute(sa.text("SELECT DISTINCT payer FROM metering_meters")).scalars().all()
    places = [
        {"payer": payer, "shard": crc32(json.loads(payer)[1].encode()) % SHARDS} for payer in payers
    ]
    if places:
        bind.execute(
            sa.text("UPDATE metering_meters SET shard = :shard WHERE payer = :payer"), places
        )


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
