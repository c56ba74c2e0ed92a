"""The tables of metering."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# By dialect: what the tables alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER metering_charges_no_update BEFORE update ON metering_charges BEGIN SELECT RAISE(ABORT, 'metering_charges is written once'); END
        """,
        """
            CREATE TRIGGER metering_charges_no_delete BEFORE delete ON metering_charges BEGIN SELECT RAISE(ABORT, 'metering_charges is written once'); END
        """,
        """
            CREATE TRIGGER metering_receipts_no_update BEFORE update ON metering_receipts BEGIN SELECT RAISE(ABORT, 'metering_receipts is written once'); END
        """,
        """
            CREATE TRIGGER metering_receipts_no_delete BEFORE delete ON metering_receipts BEGIN SELECT RAISE(ABORT, 'metering_receipts is written once'); END
        """,
    ),
    "postgresql": (
        """
            CREATE OR REPLACE FUNCTION metering_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$
        """,
        """
            CREATE TRIGGER metering_charges_once BEFORE UPDATE OR DELETE OR TRUNCATE ON metering_charges FOR EACH STATEMENT EXECUTE FUNCTION metering_written_once()
        """,
        """
            CREATE OR REPLACE FUNCTION metering_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$
        """,
        """
            CREATE TRIGGER metering_receipts_once BEFORE UPDATE OR DELETE OR TRUNCATE ON metering_receipts FOR EACH STATEMENT EXECUTE FUNCTION metering_written_once()
        """,
    ),
}


def upgrade() -> None:
    op.create_table(
        "metering_leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="metering_leases_pk"),
    )
    op.create_table(
        "metering_meters",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("clock_s", sa.BigInteger(), nullable=False),
        sa.Column("ticks", sa.BigInteger(), nullable=False),
        sa.Column("paid_s", sa.BigInteger(), nullable=False),
        sa.Column("charged_minor", sa.BigInteger(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("first_second", sa.BigInteger(), nullable=True),
        sa.Column("last_second", sa.BigInteger(), nullable=True),
        sa.Column("segment_from", sa.BigInteger(), nullable=True),
        sa.Column("windows", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("since_second", sa.BigInteger(), nullable=True),
        sa.Column("warned", sa.Text(), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("funded_s", sa.BigInteger(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("due_second", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("armed_us", sa.BigInteger(), nullable=False),
        sa.Column("saved_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('armed','running','paused','final','stopped')", name="metering_meters_state"
        ),
        sa.CheckConstraint("charged_minor >= 0", name="metering_meters_charged"),
        sa.CheckConstraint("clock_s >= 0 AND ticks >= 0", name="metering_meters_counts"),
        sa.PrimaryKeyConstraint("session", name="metering_meters_pk"),
    )
    op.create_index("metering_meters_due", "metering_meters", ["due_second"], unique=False)
    op.create_table(
        "metering_charges",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("from_s", sa.BigInteger(), nullable=False),
        sa.Column("to_s", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("charged_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name="metering_charges_amount"),
        sa.CheckConstraint("n >= 1 AND to_s > from_s", name="metering_charges_span"),
        sa.ForeignKeyConstraint(
            ["session"], ["metering_meters.session"], name="metering_charges_meter"
        ),
        sa.PrimaryKeyConstraint("session", "n", name="metering_charges_pk"),
    )
    op.create_table(
        "metering_segments",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("from_second", sa.BigInteger(), nullable=False),
        sa.Column("to_second", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("to_second > from_second", name="metering_segments_span"),
        sa.ForeignKeyConstraint(
            ["session"], ["metering_meters.session"], name="metering_segments_meter"
        ),
        sa.PrimaryKeyConstraint("session", "from_second", name="metering_segments_pk"),
    )
    op.create_table(
        "metering_receipts",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session", "n"],
            ["metering_charges.session", "metering_charges.n"],
            name="metering_receipts_charge",
        ),
        sa.PrimaryKeyConstraint("session", "n", name="metering_receipts_pk"),
    )
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
