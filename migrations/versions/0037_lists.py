"""Lists of sessions and papers by indexes, and prepared files of papers that were ticked."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = "sessions_sessions"
    op.create_index("ix_sessions_sessions_host_ended", table, ["host", "ended_us"])
    op.create_index("ix_sessions_sessions_client_ended", table, ["client", "ended_us"])
    summed = ["issued_us", "number", "revision", "kind", "buyer", "total_minor", "currency"]
    table = "reports_documents"
    for side, other in (("host", "client"), ("client", "host")):
        op.drop_index(f"ix_reports_documents_{side}", table)
        op.create_index(f"ix_reports_documents_{side}", table, [side, *summed, other])
    of_kind = ["kind", *summed[:3], *summed[5:]]
    op.create_index("ix_reports_documents_kind", table, of_kind)
    numbers = sa.Column("numbers", sa.Text(), server_default="", nullable=False)
    op.add_column("web_exports", numbers)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
