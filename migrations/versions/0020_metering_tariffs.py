"""Tariffs as published versions, with the platform's two plans as they were in the code."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

# By dialect: what the table alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER metering_tariffs_no_update BEFORE update ON metering_tariffs BEGIN SELECT RAISE(ABORT, 'metering_tariffs is written once'); END
        """,
        """
            CREATE TRIGGER metering_tariffs_no_delete BEFORE delete ON metering_tariffs BEGIN SELECT RAISE(ABORT, 'metering_tariffs is written once'); END
        """,
    ),
    "postgresql": (
        """
            CREATE TRIGGER metering_tariffs_once BEFORE UPDATE OR DELETE OR TRUNCATE ON metering_tariffs FOR EACH STATEMENT EXECUTE FUNCTION metering_written_once()
        """,
    ),
}

FIRST_US = 1_767_225_600_000_000
FIRST = {
    "host-pays": '{"absence_s":90,"connect_fee":0,"currency":"RUB","dispute_window_s":259200,"free_increment_seconds":1,"free_seconds":0,"grace_seconds":0,"kept_bp":10000,"kept_provider_bp":0,"lead_s":10,"longest_pause_s":900,"max_charge":null,"max_charge_strategy":"free","min_charge":0,"payer":"host","plan":"host-pays","provider_bp":0,"rounding":{"rule":"exact","to_multiple_of":1},"segments":[{"from_second":0,"increment_seconds":60,"per_seconds":60,"rate":100}],"timezone":"UTC","version":1,"warn_at_minutes":[5,2,1],"windows":[]}',
    "client-pays": '{"absence_s":90,"connect_fee":0,"currency":"RUB","dispute_window_s":259200,"free_increment_seconds":1,"free_seconds":0,"grace_seconds":0,"kept_bp":2000,"kept_provider_bp":5000,"lead_s":10,"longest_pause_s":900,"max_charge":null,"max_charge_strategy":"free","min_charge":0,"payer":"client","plan":"client-pays","provider_bp":9000,"rounding":{"rule":"exact","to_multiple_of":1},"segments":[{"from_second":0,"increment_seconds":60,"per_seconds":60,"rate":2000}],"timezone":"UTC","version":1,"warn_at_minutes":[5,2,1],"windows":[]}',
}


def upgrade() -> None:
    tariffs = op.create_table(
        "metering_tariffs",
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("published_us", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("version >= 1", name="metering_tariffs_version"),
        sa.PrimaryKeyConstraint("plan", "owner", "version", name="metering_tariffs_pk"),
    )
    op.bulk_insert(
        tariffs,
        [
            {
                "plan": plan,
                "owner": "",
                "version": 1,
                "tariff": tariff,
                "published_us": FIRST_US,
                "published_by": "",
                "why": "first version",
            }
            for plan, tariff in FIRST.items()
        ],
    )
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("published tariffs are never taken back; restore a backup")
