"""Tables of the room. Times are UTC microseconds, money is minor units, bodies canonical JSON.

The record is append-only on both databases: triggers refuse UPDATE and DELETE (on PostgreSQL
TRUNCATE too), and a fact must follow the one before it.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
)

metadata = MetaData()

numbers = Table(
    "sessions_numbers",
    metadata,
    Column("year", Integer, nullable=False, autoincrement=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("year", name="pk_sessions_numbers"),
)

sessions = Table(
    "sessions_sessions",
    metadata,
    Column("number", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("rate_minor", BigInteger, nullable=False),
    Column("host", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Text),
    Column("client", Text),
    Column("client_name", Text),
    Column("client_guest", Boolean, nullable=False),
    Column("host_pressed", Boolean, nullable=False),
    Column("client_pressed", Boolean, nullable=False),
    Column("host_online", Boolean, nullable=False),
    Column("client_online", Boolean, nullable=False),
    Column("host_claim", Text, nullable=False),
    Column("client_claim", Text, nullable=False),
    Column("joined_us", BigInteger),
    Column("client_seen_us", BigInteger),
    Column("started_us", BigInteger),
    Column("paused_us", BigInteger),
    Column("paused_by", Text),
    Column("ended_us", BigInteger),
    Column("ended_by", Text),
    Column("clock_s", BigInteger),
    Column("result", Text),
    Column("result_comment", Text, nullable=False),
    Column("outcome", Text),
    Column("outcome_comment", Text, nullable=False),
    Column("outcome_due_us", BigInteger),
    Column("settled_us", BigInteger),
    Column("total_minor", BigInteger),
    Column("platform_minor", BigInteger),
    Column("provider_minor", BigInteger),
    Column("refunded_minor", BigInteger),
    Column("spend_cap_minor", BigInteger),  # what the payer lets this session cost
    PrimaryKeyConstraint("number", name="pk_sessions_sessions"),
    CheckConstraint(
        "total_minor is null or total_minor = platform_minor + provider_minor + refunded_minor",
        name="ck_sessions_sessions_sums",
    ),
    CheckConstraint(
        "(state = 'settled') = (settled_us is not null)", name="ck_sessions_sessions_settled"
    ),
)
Index("ix_sessions_sessions_host", sessions.c.host, sessions.c.number)
Index("ix_sessions_sessions_client", sessions.c.client, sessions.c.number)
Index("ix_sessions_sessions_state", sessions.c.state)
Index("ix_sessions_sessions_ended", sessions.c.ended_us, sessions.c.number)
Index("ix_sessions_sessions_host_ended", sessions.c.host, sessions.c.ended_us)
Index("ix_sessions_sessions_client_ended", sessions.c.client, sessions.c.ended_us)

invites = Table(
    "sessions_invites",
    metadata,
    Column("id", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("uses_max", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("revoked_us", BigInteger),
    PrimaryKeyConstraint("id", name="pk_sessions_invites"),
    UniqueConstraint("token_hash", name="uq_sessions_invites_token_hash"),
    CheckConstraint("uses <= uses_max", name="ck_sessions_invites_uses"),
)
Index("ix_sessions_invites_session", invites.c.session)

facts = Table(
    "sessions_facts",
    metadata,
    Column("session", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("session", "seq", name="pk_sessions_facts"),
    CheckConstraint("seq >= 1", name="ck_sessions_facts_seq"),
)

presence = Table(
    "sessions_presence",
    metadata,
    Column("session", Text, nullable=False),
    Column("mutual", Text, nullable=False),
    Column("horizon", BigInteger, nullable=False),
    Column("pairs", Text),  # null while only the two sides were there
    PrimaryKeyConstraint("session", name="pk_sessions_presence"),
)

chat = Table(
    "sessions_chat",
    metadata,
    Column("session", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "role", "id", name="pk_sessions_chat"),
)
Index("ix_sessions_chat_session_seq", chat.c.session, chat.c.seq)

reviews = Table(
    "sessions_reviews",
    metadata,
    Column("session", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("quality", Integer, nullable=False),
    Column("punctuality", Integer, nullable=False),
    Column("courtesy", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "role", name="pk_sessions_reviews"),
    CheckConstraint(
        "quality between 1 and 5 and punctuality between 1 and 5 and courtesy between 1 and 5",
        name="ck_sessions_reviews_scores",
    ),
)

# A side asked for arbitration; ruled_us is set by the ruling. The words are in the record as well.
disputes = Table(
    "sessions_disputes",
    metadata,
    Column("session", Text, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("answer_until_us", BigInteger, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_us", BigInteger),
    Column("ruled_us", BigInteger),
    PrimaryKeyConstraint("session", name="pk_sessions_disputes"),
    CheckConstraint("by_role in ('host', 'client')", name="ck_sessions_disputes_by"),
)
Index("ix_sessions_disputes_open", disputes.c.ruled_us, disputes.c.opened_us)

# What one side gave to the other; the bytes lie in a folder, until they are erased.
files = Table(
    "sessions_files",
    metadata,
    Column("session", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    PrimaryKeyConstraint("session", "id", name="pk_sessions_files"),
    CheckConstraint("by_role in ('host', 'client')", name="ck_sessions_files_by"),
    CheckConstraint(
        "state in ('offered', 'whole', 'withdrawn', 'declined', 'erased')",
        name="ck_sessions_files_state",
    ),
)
Index("ix_sessions_files_due", files.c.state, files.c.at_us)

# Who was called in beside the two sides. A person called by address is known before the link is.
company = Table(
    "sessions_company",
    metadata,
    Column("session", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("id", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("share_bp", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("party", Text),
    Column("name", Text, nullable=False),
    Column("screen", Text),
    Column("mic", Text),
    Column("called_us", BigInteger, nullable=False),
    Column("told_us", BigInteger),
    Column("agreed_us", BigInteger),
    Column("entered_us", BigInteger),
    Column("left_us", BigInteger),
    PrimaryKeyConstraint("session", "n", name="pk_sessions_company"),
    UniqueConstraint("token_hash", name="uq_sessions_company_token_hash"),
    CheckConstraint("part in ('colleague', 'observer')", name="ck_sessions_company_part"),
    CheckConstraint("share_bp between 0 and 10000", name="ck_sessions_company_share"),
)
Index("ix_sessions_company_state", company.c.state)

# Recordings by consent of both; the file's hash is in the record as well, and outlives the file.
recordings = Table(
    "sessions_recordings",
    metadata,
    Column("session", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("started_us", BigInteger),
    Column("stopped_us", BigInteger),
    Column("stopped_by", Text),
    Column("cause", Text),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("saved_us", BigInteger),
    Column("erased_us", BigInteger),
    PrimaryKeyConstraint("session", "n", name="pk_sessions_recordings"),
    CheckConstraint("asked_by in ('host', 'client')", name="ck_sessions_recordings_by"),
)
Index("ix_sessions_recordings_state", recordings.c.state, recordings.c.saved_us)

_REFUSED = "the record of a session is append-only"
_BROKEN = "a fact must follow the one before it"

_SQLITE = (
    f"""create trigger sessions_facts_no_update before update on sessions_facts
    begin select raise(abort, '{_REFUSED}'); end""",
    f"""create trigger sessions_facts_no_delete before delete on sessions_facts
    begin select raise(abort, '{_REFUSED}'); end""",
    f"""create trigger sessions_facts_follow before insert on sessions_facts
    when new.prev <> coalesce(
        (select hash from sessions_facts where session = new.session and seq = new.seq - 1),
        case when new.seq = 1 then '{"0" * 64}' else '' end)
    begin select raise(abort, '{_BROKEN}'); end""",
)

_POSTGRESQL = (
    f"""create or replace function sessions_facts_refuse() returns trigger language plpgsql as $$
    begin raise exception '{_REFUSED}'; end $$""",
    """create trigger sessions_facts_no_change before update or delete on sessions_facts
    for each row execute function sessions_facts_refuse()""",
    """create trigger sessions_facts_no_truncate before truncate on sessions_facts
    for each statement execute function sessions_facts_refuse()""",
    f"""create or replace function sessions_facts_follow() returns trigger language plpgsql as $$
    begin
        if new.prev <> coalesce(
            (select f.hash from sessions_facts f
                where f.session = new.session and f.seq = new.seq - 1),
            case when new.seq = 1 then '{"0" * 64}' else '' end)
        then raise exception '{_BROKEN}'; end if;
        return new;
    end $$""",
    """create trigger sessions_facts_follow before insert on sessions_facts
    for each row execute function sessions_facts_follow()""",
)

for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(facts, "after_create", _ddl.execute_if(dialect=_dialect))
