"""Papers for a period of more kinds: the register's code says which, not a check in the table."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLE, CHECK = "reports_period_papers", "ck_reports_period_papers_kind"
_CLAUSE = re.compile(rf",\s*CONSTRAINT {CHECK} CHECK \(kind in \([^)]*\)\)")


def upgrade() -> None:
    """On SQLite the words of the table are changed in place, the way SQLite's own manual removes
    a check (lang_altertable.html, 7): copying an append-only table of files would copy them all."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(CHECK, TABLE, type_="check")
        return
    query = sa.text("select sql from sqlite_master where type = 'table' and name = :name")
    old = str(connection.execute(query, {"name": TABLE}).scalar_one())
    new, found = _CLAUSE.subn("", old)
    assert found == 1, old
    version = int(connection.execute(sa.text("pragma schema_version")).scalar_one())
    connection.execute(sa.text("pragma writable_schema = on"))
    connection.execute(
        sa.text("update sqlite_master set sql = :sql where type = 'table' and name = :name"),
        {"sql": new, "name": TABLE},
    )
    connection.execute(sa.text(f"pragma schema_version = {version + 1}"))
    connection.execute(sa.text("pragma writable_schema = off"))


def downgrade() -> None:
    raise NotImplementedError("issued documents are never taken back; restore a backup")
