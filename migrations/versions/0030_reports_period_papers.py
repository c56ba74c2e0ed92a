"""The register of acts and statements for a period; a row is written once."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "reports_period_papers"
REFUSED = "an issued document never changes"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("buyer_name", sa.Text, nullable=False),
        sa.Column("other_name", sa.Text, nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("sessions", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("total_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("issued_us", sa.BigInteger, nullable=False),
        sa.Column("pdf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_reports_period_papers"),
        sa.UniqueConstraint(
            "kind", "subject", "revision", name="uq_reports_period_papers_subject"
        ),
        sa.UniqueConstraint("sha256", name="uq_reports_period_papers_sha256"),
        sa.CheckConstraint(
            "kind in ('period-act', 'statement')", name="ck_reports_period_papers_kind"
        ),
        sa.CheckConstraint("revision >= 1", name="ck_reports_period_papers_revision"),
        sa.CheckConstraint("first_on <= last_on", name="ck_reports_period_papers_days"),
    )
    op.create_index("ix_reports_period_papers_issued", TABLE, ["issued_us"])
    op.create_index("ix_reports_period_papers_buyer", TABLE, ["buyer"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger {TABLE}_no_{verb} before {verb} on {TABLE} "
                f"begin select raise(abort, '{REFUSED}'); end"
            )
    else:
        op.execute(
            f"create trigger {TABLE}_once before update or delete or truncate "
            f"on {TABLE} for each statement execute function reports_documents_refuse()"
        )


def downgrade() -> None:
    raise NotImplementedError("issued documents are never taken back; restore a backup")
