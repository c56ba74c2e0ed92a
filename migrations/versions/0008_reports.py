"""The tables of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# By dialect: what the tables alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            create trigger reports_documents_no_update before update on reports_documents begin select raise(abort, 'an issued document never changes'); end
        """,
        """
            create trigger reports_documents_no_delete before delete on reports_documents begin select raise(abort, 'an issued document never changes'); end
        """,
    ),
    "postgresql": (
        """
            create or replace function reports_documents_refuse() returns trigger language plpgsql as $$ begin raise exception 'an issued document never changes'; end $$
        """,
        """
            create trigger reports_documents_once before update or delete or truncate on reports_documents for each statement execute function reports_documents_refuse()
        """,
    ),
}


def upgrade() -> None:
    op.create_table(
        "reports_documents",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("host_name", sa.Text(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issued_us", sa.BigInteger(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('protocol', 'act')", name="ck_reports_documents_kind"),
        sa.CheckConstraint("revision >= 1", name="ck_reports_documents_revision"),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_reports_documents"),
        sa.UniqueConstraint("session", "kind", "revision", name="uq_reports_documents_session"),
        sa.UniqueConstraint("sha256", name="uq_reports_documents_sha256"),
    )
    op.create_index("ix_reports_documents_client", "reports_documents", ["client"], unique=False)
    op.create_index("ix_reports_documents_host", "reports_documents", ["host"], unique=False)
    op.create_index("ix_reports_documents_issued", "reports_documents", ["issued_us"], unique=False)
    op.create_table(
        "reports_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 1", name="ck_reports_series_last"),
        sa.PrimaryKeyConstraint("series", "year", name="pk_reports_series"),
    )
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
