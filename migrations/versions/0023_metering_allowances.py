"""Allowances of seconds, and caps on what a session or a member of a firm may spend."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("metering_allowance_uses", "metering_allowance_returns")
SPENT_FOR = sa.text("member <> ''")


def upgrade() -> None:
    _meters()
    _allowances()
    _uses()
    op.create_table(
        "metering_caps",
        sa.Column("payer", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("set_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("payer", "member", "period", name="metering_caps_pk"),
        sa.CheckConstraint("period IN ('day', 'week', 'month')", name="metering_caps_period"),
        sa.CheckConstraint("amount_minor >= 0", name="metering_caps_amount"),
    )
    op.add_column("sessions_sessions", sa.Column("spend_cap_minor", sa.BigInteger))
    for table in WRITTEN_ONCE:
        for statement in _triggers(table, op.get_bind().dialect.name):
            op.get_bind().exec_driver_sql(statement)


def _meters() -> None:
    table = "metering_meters"
    op.add_column(table, sa.Column("held_seconds", sa.Text))
    op.add_column(table, sa.Column("cap_minor", sa.BigInteger))
    op.add_column(table, sa.Column("member", sa.Text, nullable=False, server_default=""))
    op.add_column(table, sa.Column("refused_by", sa.Text, nullable=False, server_default=""))
    op.create_index(
        "metering_meters_member", table, ["payer", "member"], postgresql_where=SPENT_FOR,
        sqlite_where=SPENT_FOR,
    )  # fmt: skip


def _allowances() -> None:
    op.create_table(
        "metering_allowances",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("payer", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seconds", sa.BigInteger, nullable=False),
        sa.Column("step_s", sa.BigInteger, nullable=False),
        sa.Column("left_s", sa.BigInteger, nullable=False),
        sa.Column("granted_us", sa.BigInteger, nullable=False),
        sa.Column("expires_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="metering_allowances_pk"),
        sa.CheckConstraint("step_s >= 1 AND seconds >= step_s", name="metering_allowances_terms"),
        sa.CheckConstraint("left_s >= 0 AND left_s <= seconds", name="metering_allowances_left"),
    )
    op.create_index("metering_allowances_payer", "metering_allowances", ["payer"])


def _uses() -> None:
    op.create_table(
        "metering_allowance_uses",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("grant_id", sa.Text, nullable=False),
        sa.Column("covered_s", sa.BigInteger, nullable=False),
        sa.Column("taken_s", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session", "n", "grant_id", name="metering_allowance_uses_pk"),
        sa.ForeignKeyConstraint(
            ["session", "n"],
            ["metering_charges.session", "metering_charges.n"],
            name="metering_allowance_uses_charge",
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["metering_allowances.id"], name="metering_allowance_uses_grant"
        ),
        sa.CheckConstraint(
            "covered_s >= 1 AND taken_s >= 0", name="metering_allowance_uses_seconds"
        ),
    )
    op.create_table(
        "metering_allowance_returns",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("grant_id", sa.Text, nullable=False),
        sa.Column("seconds", sa.BigInteger, nullable=False),
        sa.Column("returned_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session", "grant_id", name="metering_allowance_returns_pk"),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["metering_allowances.id"], name="metering_allowance_returns_grant"
        ),
        sa.CheckConstraint("seconds >= 1", name="metering_allowance_returns_seconds"),
    )


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
