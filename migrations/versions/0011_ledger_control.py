"""Switches, limits, residence, approvals and the audit journal; what their tables refuse."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# By dialect: what the tables alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_audit_no_update BEFORE UPDATE ON ledger_control_audit BEGIN SELECT RAISE(ABORT, 'ledger_control_audit is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_audit_no_delete BEFORE DELETE ON ledger_control_audit BEGIN SELECT RAISE(ABORT, 'ledger_control_audit is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_audit_chain BEFORE INSERT ON ledger_control_audit WHEN NOT EXISTS (SELECT 1 FROM ledger_control_head h WHERE h.number = NEW.number - 1 AND h.hash = NEW.prev_hash) BEGIN SELECT RAISE(ABORT, 'audit journal: a row does not follow from its head'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_audit_advance AFTER INSERT ON ledger_control_audit BEGIN UPDATE ledger_control_head SET number = NEW.number, hash = NEW.hash; END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_head_no_delete BEFORE DELETE ON ledger_control_head BEGIN SELECT RAISE(ABORT, 'ledger_control_head is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_head_moves BEFORE UPDATE ON ledger_control_head WHEN NEW.number <> OLD.number + 1 OR NOT EXISTS (SELECT 1 FROM ledger_control_audit a WHERE a.number = NEW.number AND a.hash = NEW.hash) BEGIN SELECT RAISE(ABORT, 'audit journal: its head moves with its rows only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_approval_no_delete BEFORE DELETE ON ledger_control_approval BEGIN SELECT RAISE(ABORT, 'ledger_control_approval is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_control_approval_ended BEFORE UPDATE ON ledger_control_approval WHEN OLD.state <> 'waiting' BEGIN SELECT RAISE(ABORT, 'the approval was decided'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_top_up_rail_new BEFORE INSERT ON ledger_top_up WHEN NOT (coalesce((CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_top_up'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_top_up_rail_kept BEFORE UPDATE ON ledger_top_up WHEN (NEW.party <> OLD.party OR (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) IS DISTINCT FROM (CASE OLD.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END)) AND NOT (coalesce((CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_top_up'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_outgoing_rail_new BEFORE INSERT ON ledger_outgoing WHEN NOT (coalesce((CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_outgoing'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_outgoing_rail_kept BEFORE UPDATE ON ledger_outgoing WHEN (NEW.party <> OLD.party OR (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) IS DISTINCT FROM (CASE OLD.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END)) AND NOT (coalesce((CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_outgoing'); END
        """,
    ),
    "postgresql": (
        """
            CREATE OR REPLACE FUNCTION ledger_control_chain() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT EXISTS (SELECT FROM ledger_control_head h
                  WHERE h.number = NEW.number - 1 AND h.hash = NEW.prev_hash) THEN
                RAISE EXCEPTION 'audit journal: row % does not follow from its head', NEW.number
                  USING ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_control_advance() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              UPDATE ledger_control_head SET number = NEW.number, hash = NEW.hash;
              RETURN NULL;
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_control_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.number <> OLD.number + 1 OR NOT EXISTS (SELECT FROM ledger_control_audit a
                  WHERE a.number = NEW.number AND a.hash = NEW.hash) THEN
                RAISE EXCEPTION 'audit journal: its head moves with its rows only'
                  USING ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_control_ended() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION 'approval % was decided', OLD.id USING ERRCODE = 'restrict_violation';
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_audit_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_control_audit FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_audit_chain BEFORE INSERT ON ledger_control_audit FOR EACH ROW EXECUTE FUNCTION ledger_control_chain()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_audit_advance AFTER INSERT ON ledger_control_audit FOR EACH ROW EXECUTE FUNCTION ledger_control_advance()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_head_stays BEFORE DELETE OR TRUNCATE ON ledger_control_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_head_moves BEFORE UPDATE ON ledger_control_head FOR EACH ROW EXECUTE FUNCTION ledger_control_head_moves()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_approval_stays BEFORE DELETE OR TRUNCATE ON ledger_control_approval FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_control_approval_ended BEFORE UPDATE ON ledger_control_approval FOR EACH ROW WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION ledger_control_ended()
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_top_up_rail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT (coalesce((CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) THEN
                RAISE EXCEPTION USING MESSAGE = 'rails never mix: ledger_top_up of ' || NEW.party, ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_top_up_rail_new BEFORE INSERT ON ledger_top_up FOR EACH ROW EXECUTE FUNCTION ledger_top_up_rail()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_top_up_rail_kept BEFORE UPDATE ON ledger_top_up FOR EACH ROW WHEN (NEW.party <> OLD.party OR (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) IS DISTINCT FROM (CASE OLD.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END)) EXECUTE FUNCTION ledger_top_up_rail()
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_outgoing_rail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT (coalesce((CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) THEN
                RAISE EXCEPTION USING MESSAGE = 'rails never mix: ledger_outgoing of ' || NEW.party, ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_outgoing_rail_new BEFORE INSERT ON ledger_outgoing FOR EACH ROW EXECUTE FUNCTION ledger_outgoing_rail()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_outgoing_rail_kept BEFORE UPDATE ON ledger_outgoing FOR EACH ROW WHEN (NEW.party <> OLD.party OR (CASE NEW.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END) IS DISTINCT FROM (CASE OLD.gateway WHEN 'stripe' THEN 'card' WHEN 'bank' THEN 'bank' WHEN 'demo' THEN 'demo' END)) EXECUTE FUNCTION ledger_outgoing_rail()
        """,
    ),
}


def upgrade() -> None:
    op.create_table(
        "ledger_control_approval",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_us IS NULL)", name="ledger_control_approval_decided"
        ),
        sa.CheckConstraint(
            "decided_by = '' OR decided_by NOT IN (proposed_by, party)",
            name="ledger_control_approval_two_persons",
        ),
        sa.CheckConstraint(
            "state IN ('waiting','granted','declined','expired')",
            name="ledger_control_approval_state",
        ),
        sa.PrimaryKeyConstraint("id", name="ledger_control_approval_pk"),
    )
    op.create_index(
        "ledger_control_approval_open",
        "ledger_control_approval",
        ["action", "subject"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting','granted')"),
        sqlite_where=sa.text("state IN ('waiting','granted')"),
    )
    op.create_index(
        "ledger_control_approval_waiting",
        "ledger_control_approval",
        ["proposed_us"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "ledger_control_audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name="ledger_control_audit_number"),
        sa.PrimaryKeyConstraint("number", name="ledger_control_audit_pk"),
    )
    op.create_index(
        "ledger_control_audit_action", "ledger_control_audit", ["action", "number"], unique=False
    )
    op.create_index(
        "ledger_control_audit_party", "ledger_control_audit", ["party", "number"], unique=False
    )
    op.create_index(
        "ledger_control_audit_subject", "ledger_control_audit", ["subject", "number"], unique=False
    )
    op.create_table(
        "ledger_control_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="ledger_control_head_single"),
        sa.PrimaryKeyConstraint("id", name="ledger_control_head_pk"),
    )
    op.create_table(
        "ledger_control_limit",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name="ledger_control_limit_amount"),
        sa.PrimaryKeyConstraint("what", "currency", name="ledger_control_limit_pk"),
    )
    op.create_table(
        "ledger_control_residence",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(country) = 2", name="ledger_control_residence_country"),
        sa.PrimaryKeyConstraint("party", name="ledger_control_residence_pk"),
    )
    op.create_table(
        "ledger_control_switch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("turned_by", sa.Text(), nullable=False),
        sa.Column("turned_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="ledger_control_switch_pk"),
    )
    op.execute(
        "INSERT INTO ledger_control_head (id, number, hash) VALUES (1, 0, '" + "0" * 64 + "')"
    )
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
