"""The register of issued paper. Moments are BIGINT UTC microseconds, money BIGINT minor units.

A row of `reports_documents` or `reports_period_papers` is written once: triggers refuse UPDATE and
DELETE on both databases.
What is superseded is not marked but seen: a higher revision of the same number exists.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
)

metadata = MetaData()

series = Table(
    "reports_series",
    metadata,
    Column("series", Text, nullable=False),
    Column("year", Integer, nullable=False, autoincrement=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("series", "year", name="pk_reports_series"),
    CheckConstraint("last >= 1", name="ck_reports_series_last"),
)

documents = Table(
    "reports_documents",
    metadata,
    Column("number", Text, nullable=False),
    Column("revision", Integer, nullable=False, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("host_name", Text, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "revision", name="pk_reports_documents"),
    UniqueConstraint("session", "kind", "revision", name="uq_reports_documents_session"),
    UniqueConstraint("sha256", name="uq_reports_documents_sha256"),
    CheckConstraint("kind in ('protocol', 'act')", name="ck_reports_documents_kind"),
    CheckConstraint("revision >= 1", name="ck_reports_documents_revision"),
)
Index("ix_reports_documents_issued", documents.c.issued_us)
Index("ix_reports_documents_host", documents.c.host)
Index("ix_reports_documents_client", documents.c.client)

# Papers for a period: acts of many sessions and statements. `subject` names the scope; papers of
# one subject are revisions of each other.
period_papers = Table(
    "reports_period_papers",
    metadata,
    Column("number", Text, nullable=False),
    Column("revision", Integer, nullable=False, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("buyer_name", Text, nullable=False),
    Column("other_name", Text, nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("locale", Text, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "revision", name="pk_reports_period_papers"),
    UniqueConstraint("kind", "subject", "revision", name="uq_reports_period_papers_subject"),
    UniqueConstraint("sha256", name="uq_reports_period_papers_sha256"),
    CheckConstraint("kind in ('period-act', 'statement')", name="ck_reports_period_papers_kind"),
    CheckConstraint("revision >= 1", name="ck_reports_period_papers_revision"),
    CheckConstraint("first_on <= last_on", name="ck_reports_period_papers_days"),
)
Index("ix_reports_period_papers_issued", period_papers.c.issued_us)
Index("ix_reports_period_papers_buyer", period_papers.c.buyer)

_REFUSED = "an issued document never changes"
_FUNCTION = (
    "create or replace function reports_documents_refuse() returns trigger language plpgsql as "
    f"$$ begin raise exception '{_REFUSED}'; end $$"
)


def _guards(table: str) -> dict[str, tuple[str, ...]]:
    """Triggers that refuse to change or to forget a row, by dialect."""
    sqlite = tuple(
        f"create trigger {table}_no_{verb} before {verb} on {table} "
        f"begin select raise(abort, '{_REFUSED}'); end"
        for verb in ("update", "delete")
    )
    once = (
        f"create trigger {table}_once before update or delete or truncate "
        f"on {table} for each statement execute function reports_documents_refuse()"
    )
    return {"sqlite": sqlite, "postgresql": (_FUNCTION, once)}


for _table in (documents, period_papers):
    for _dialect, _statements in _guards(_table.name).items():
        for _statement in _statements:
            _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
            event.listen(_table, "after_create", _ddl.execute_if(dialect=_dialect))
