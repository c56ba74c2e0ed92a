"""The tables of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# By dialect: what the tables alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            create trigger sessions_facts_no_update before update on sessions_facts
                begin select raise(abort, 'the record of a session is append-only'); end
        """,
        """
            create trigger sessions_facts_no_delete before delete on sessions_facts
                begin select raise(abort, 'the record of a session is append-only'); end
        """,
        """
            create trigger sessions_facts_follow before insert on sessions_facts
                when new.prev <> coalesce(
                    (select hash from sessions_facts where session = new.session and seq = new.seq - 1),
                    case when new.seq = 1 then '0000000000000000000000000000000000000000000000000000000000000000' else '' end)
                begin select raise(abort, 'a fact must follow the one before it'); end
        """,
    ),
    "postgresql": (
        """
            create or replace function sessions_facts_refuse() returns trigger language plpgsql as $$
                begin raise exception 'the record of a session is append-only'; end $$
        """,
        """
            create trigger sessions_facts_no_change before update or delete on sessions_facts
                for each row execute function sessions_facts_refuse()
        """,
        """
            create trigger sessions_facts_no_truncate before truncate on sessions_facts
                for each statement execute function sessions_facts_refuse()
        """,
        """
            create or replace function sessions_facts_follow() returns trigger language plpgsql as $$
                begin
                    if new.prev <> coalesce(
                        (select f.hash from sessions_facts f
                            where f.session = new.session and f.seq = new.seq - 1),
                        case when new.seq = 1 then '0000000000000000000000000000000000000000000000000000000000000000' else '' end)
                    then raise exception 'a fact must follow the one before it'; end if;
                    return new;
                end $$
        """,
        """
            create trigger sessions_facts_follow before insert on sessions_facts
                for each row execute function sessions_facts_follow()
        """,
    ),
}


def upgrade() -> None:
    op.create_table(
        "sessions_chat",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session", "role", "id", name="pk_sessions_chat"),
    )
    op.create_index(
        "ix_sessions_chat_session_seq", "sessions_chat", ["session", "seq"], unique=False
    )
    op.create_table(
        "sessions_facts",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("seq >= 1", name="ck_sessions_facts_seq"),
        sa.PrimaryKeyConstraint("session", "seq", name="pk_sessions_facts"),
    )
    op.create_table(
        "sessions_invites",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("uses_max", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("uses <= uses_max", name="ck_sessions_invites_uses"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions_invites"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_invites_token_hash"),
    )
    op.create_index("ix_sessions_invites_session", "sessions_invites", ["session"], unique=False)
    op.create_table(
        "sessions_numbers",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_sessions_numbers"),
    )
    op.create_table(
        "sessions_presence",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("mutual", sa.Text(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_sessions_presence"),
    )
    op.create_table(
        "sessions_reviews",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("punctuality", sa.Integer(), nullable=False),
        sa.Column("courtesy", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quality between 1 and 5 and punctuality between 1 and 5 and courtesy between 1 and 5",
            name="ck_sessions_reviews_scores",
        ),
        sa.PrimaryKeyConstraint("session", "role", name="pk_sessions_reviews"),
    )
    op.create_table(
        "sessions_sessions",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("client_name", sa.Text(), nullable=True),
        sa.Column("client_guest", sa.Boolean(), nullable=False),
        sa.Column("host_pressed", sa.Boolean(), nullable=False),
        sa.Column("client_pressed", sa.Boolean(), nullable=False),
        sa.Column("host_online", sa.Boolean(), nullable=False),
        sa.Column("client_online", sa.Boolean(), nullable=False),
        sa.Column("host_claim", sa.Text(), nullable=False),
        sa.Column("client_claim", sa.Text(), nullable=False),
        sa.Column("joined_us", sa.BigInteger(), nullable=True),
        sa.Column("client_seen_us", sa.BigInteger(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("paused_us", sa.BigInteger(), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("clock_s", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_comment", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_comment", sa.Text(), nullable=False),
        sa.Column("outcome_due_us", sa.BigInteger(), nullable=True),
        sa.Column("settled_us", sa.BigInteger(), nullable=True),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("platform_minor", sa.BigInteger(), nullable=True),
        sa.Column("provider_minor", sa.BigInteger(), nullable=True),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_us is not null)", name="ck_sessions_sessions_settled"
        ),
        sa.CheckConstraint(
            "total_minor is null or total_minor = platform_minor + provider_minor + refunded_minor",
            name="ck_sessions_sessions_sums",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_sessions_sessions"),
    )
    op.create_index(
        "ix_sessions_sessions_client", "sessions_sessions", ["client", "number"], unique=False
    )
    op.create_index(
        "ix_sessions_sessions_host", "sessions_sessions", ["host", "number"], unique=False
    )
    op.create_index("ix_sessions_sessions_state", "sessions_sessions", ["state"], unique=False)
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
