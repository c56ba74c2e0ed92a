"""The register of issued paper. Moments are BIGINT UTC microseconds, money BIGINT minor units.

A row of `reports_documents` or `reports_period_papers` is written once: triggers refuse UPDATE and
DELETE on both databases.
What is superseded is not marked but seen: a higher revision of the same number exists.

`reports_log_…` is the transparency log (ADR 0029): leaves, complete subtrees above them, signed
checkpoints. It is only added to, by triggers too.
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
# What lists add up stands in their indexes: rows are long because of the files in them.
_SUMMED = (
    *(documents.c[name] for name in ("issued_us", "number", "revision", "kind", "buyer")),
    *(documents.c[name] for name in ("total_minor", "currency")),
)
Index("ix_reports_documents_host", documents.c.host, *_SUMMED, documents.c.client)
Index("ix_reports_documents_client", documents.c.client, *_SUMMED, documents.c.host)
Index("ix_reports_documents_kind", documents.c.kind, *_SUMMED[:3], *_SUMMED[5:])

# Papers for a period, of the kinds of register.py. `subject` names the scope; papers of one kind
# and subject are revisions of each other.
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
    CheckConstraint("revision >= 1", name="ck_reports_period_papers_revision"),
    CheckConstraint("first_on <= last_on", name="ck_reports_period_papers_days"),
)
Index("ix_reports_period_papers_issued", period_papers.c.issued_us)
Index("ix_reports_period_papers_buyer", period_papers.c.buyer)
Index("ix_reports_period_papers_days", period_papers.c.first_on, period_papers.c.last_on)

# Leaves in order without a gap. `leaf` is the hash, hexadecimal; `entry` is what was hashed;
# `subject` names a document or a session, "" never.
log_leaves = Table(
    "reports_log_leaves",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("leaf", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("logged_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("position", name="pk_reports_log_leaves"),
    UniqueConstraint("leaf", name="uq_reports_log_leaves_leaf"),
    CheckConstraint("position >= 0", name="ck_reports_log_leaves_position"),
)
Index("ix_reports_log_leaves_subject", log_leaves.c.subject)

# The subtree of 2**level leaves from position * 2**level on.
log_nodes = Table(
    "reports_log_nodes",
    metadata,
    Column("level", Integer, nullable=False, autoincrement=False),
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("level", "position", name="pk_reports_log_nodes"),
    CheckConstraint("level >= 1", name="ck_reports_log_nodes_level"),
)

log_checkpoints = Table(
    "reports_log_checkpoints",
    metadata,
    Column("size", BigInteger, nullable=False, autoincrement=False),
    Column("log_key", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("size", "log_key", name="pk_reports_log_checkpoints"),
    CheckConstraint("size >= 1", name="ck_reports_log_checkpoints_size"),
)


def _guards(table: str, function: str, refused: str) -> dict[str, tuple[str, ...]]:
    """Triggers that refuse to change or to forget a row, by dialect."""
    sqlite = tuple(
        f"create trigger {table}_no_{verb} before {verb} on {table} "
        f"begin select raise(abort, '{refused}'); end"
        for verb in ("update", "delete")
    )
    refuse = (
        f"create or replace function {function}() returns trigger language plpgsql as "
        f"$$ begin raise exception '{refused}'; end $$"
    )
    once = (
        f"create trigger {table}_once before update or delete or truncate "
        f"on {table} for each statement execute function {function}()"
    )
    return {"sqlite": sqlite, "postgresql": (refuse, once)}


_ISSUED = ("reports_documents_refuse", "an issued document never changes")
_LOGGED = ("reports_log_refuse", "the log is only added to")
_GUARDED = {
    **dict.fromkeys((documents, period_papers), _ISSUED),
    **dict.fromkeys((log_leaves, log_nodes, log_checkpoints), _LOGGED),
}
for _table, _refusal in _GUARDED.items():
    for _dialect, _statements in _guards(_table.name, *_refusal).items():
        for _statement in _statements:
            _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
            event.listen(_table, "after_create", _ddl.execute_if(dialect=_dialect))
