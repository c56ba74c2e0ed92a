"""The tables of the books: day sums, their mark, closings."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER IF NOT EXISTS ledger_books_closing_no_update BEFORE UPDATE ON ledger_books_closing BEGIN SELECT RAISE(ABORT, 'ledger_books_closing is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_books_closing_no_delete BEFORE DELETE ON ledger_books_closing BEGIN SELECT RAISE(ABORT, 'ledger_books_closing is append only'); END
        """,
    ),
    "postgresql": (
        """
            CREATE OR REPLACE TRIGGER ledger_books_closing_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_books_closing FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
    ),
}


def upgrade() -> None:
    mark = op.create_table(
        "ledger_books_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_journal", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="ledger_books_mark_single"),
        sa.PrimaryKeyConstraint("id", name="ledger_books_mark_pk"),
    )
    op.bulk_insert(mark, [{"id": 1, "last_journal": 0}])
    op.create_table(
        "ledger_books_account_day",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("first_version", sa.BigInteger(), nullable=False),
        sa.Column("last_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("debits >= 0 AND credits >= 0", name="ledger_books_account_day_sides"),
        sa.PrimaryKeyConstraint("account_id", "effective_on", "recorded_on", name="ledger_books_account_day_pk"),
    )
    op.create_index("ledger_books_account_day_effective", "ledger_books_account_day", ["effective_on"])
    op.create_index("ledger_books_account_day_recorded", "ledger_books_account_day", ["recorded_on"])
    op.create_table(
        "ledger_books_kind_day",
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("first_journal", sa.BigInteger(), nullable=False),
        sa.Column("last_journal", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("debits >= 0 AND credits >= 0", name="ledger_books_kind_day_sides"),
        sa.PrimaryKeyConstraint("kind", "currency", "effective_on", "recorded_on", name="ledger_books_kind_day_pk"),
    )
    op.create_table(
        "ledger_books_closing",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("debits >= 0 AND credits >= 0", name="ledger_books_closing_sides"),
        sa.PrimaryKeyConstraint("first_day", "currency", "kind", name="ledger_books_closing_pk"),
    )
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
