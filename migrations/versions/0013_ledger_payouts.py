"""Payouts, their payees and reserve; saved cards, auto top-up and connected accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERMS = [
    {"standing": "new", "clearing_days": 14, "reserve_bp": 500, "reserve_days": 60},
    {"standing": "trusted", "clearing_days": 7, "reserve_bp": 500, "reserve_days": 60},
]

# By dialect: what the tables alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER IF NOT EXISTS ledger_payouts_details_no_update BEFORE UPDATE ON ledger_payouts_details BEGIN SELECT RAISE(ABORT, 'ledger_payouts_details is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_payouts_details_no_delete BEFORE DELETE ON ledger_payouts_details BEGIN SELECT RAISE(ABORT, 'ledger_payouts_details is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_payouts_pay_out_rail_new BEFORE INSERT ON ledger_payouts_pay_out WHEN NOT (coalesce((NEW.rail) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (NEW.rail) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_payouts_pay_out'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_payouts_pay_out_rail_kept BEFORE UPDATE ON ledger_payouts_pay_out WHEN (NEW.party <> OLD.party OR (NEW.rail) IS DISTINCT FROM (OLD.rail)) AND NOT (coalesce((NEW.rail) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (NEW.rail) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_payouts_pay_out'); END
        """,
    ),
    "postgresql": (
        """
            CREATE OR REPLACE TRIGGER ledger_payouts_details_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_payouts_details FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_payouts_pay_out_rail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT (coalesce((NEW.rail) = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND (NEW.rail) = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) THEN
                RAISE EXCEPTION USING MESSAGE = 'rails never mix: ledger_payouts_pay_out of ' || NEW.party, ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_payouts_pay_out_rail_new BEFORE INSERT ON ledger_payouts_pay_out FOR EACH ROW EXECUTE FUNCTION ledger_payouts_pay_out_rail()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_payouts_pay_out_rail_kept BEFORE UPDATE ON ledger_payouts_pay_out FOR EACH ROW WHEN (NEW.party <> OLD.party OR (NEW.rail) IS DISTINCT FROM (OLD.rail)) EXECUTE FUNCTION ledger_payouts_pay_out_rail()
        """,
    ),
}


def upgrade() -> None:
    op.create_table(
        "ledger_payouts_terms",
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("clearing_days", sa.Integer, nullable=False),
        sa.Column("reserve_bp", sa.Integer, nullable=False),
        sa.Column("reserve_days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("standing", name="ledger_payouts_terms_pk"),
        sa.CheckConstraint(
            "clearing_days >= 0 AND reserve_days >= 0", name="ledger_payouts_terms_days"
        ),
        sa.CheckConstraint("reserve_bp BETWEEN 0 AND 10000", name="ledger_payouts_terms_bp"),
    )
    op.create_table(
        "ledger_payouts_payee",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("weekly", sa.Boolean, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("party", name="ledger_payouts_payee_pk"),
        sa.CheckConstraint("standing IN ('new','trusted')", name="ledger_payouts_payee_standing"),
    )
    op.create_table(
        "ledger_payouts_details",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rail", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("effective_us", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("party", "version", name="ledger_payouts_details_pk"),
        sa.CheckConstraint("version > 0", name="ledger_payouts_details_version"),
        sa.CheckConstraint("rail IN ('card','bank','demo')", name="ledger_payouts_details_rail"),
        sa.CheckConstraint("effective_us >= made_us", name="ledger_payouts_details_order"),
    )
    op.create_table(
        "ledger_payouts_pay_out",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("rail", sa.Text, nullable=False),
        sa.Column("details", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("period", sa.Text),
        sa.Column("approval", sa.Text, nullable=False),
        sa.Column("try_no", sa.Integer, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("requested_us", sa.BigInteger, nullable=False),
        sa.Column("wait_until_us", sa.BigInteger),
        sa.Column("asked_us", sa.BigInteger),
        sa.Column("sent_us", sa.BigInteger),
        sa.Column("ended_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="ledger_payouts_pay_out_pk"),
        sa.UniqueConstraint("party", "period", "currency", name="ledger_payouts_pay_out_period"),
        sa.CheckConstraint("amount > 0", name="ledger_payouts_pay_out_amount"),
        sa.CheckConstraint("try_no > 0", name="ledger_payouts_pay_out_try"),
        sa.CheckConstraint("rail IN ('card','bank','demo')", name="ledger_payouts_pay_out_rail"),
        sa.CheckConstraint(
            "state IN ('requested','waiting_approval','ready','in_doubt','sent','arrived','returned','refused')",
            name="ledger_payouts_pay_out_state",
        ),
    )
    op.create_index(
        "ledger_payouts_pay_out_party", "ledger_payouts_pay_out", ["party", "requested_us"]
    )
    op.create_index(
        "ledger_payouts_pay_out_open",
        "ledger_payouts_pay_out",
        ["rail", "requested_us"],
        postgresql_where=sa.text("state IN ('requested','waiting_approval','ready','in_doubt')"),
        sqlite_where=sa.text("state IN ('requested','waiting_approval','ready','in_doubt')"),
    )
    op.create_index("ledger_payouts_pay_out_ref", "ledger_payouts_pay_out", ["ref"])
    op.create_table(
        "ledger_payouts_reserve",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("journal", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("kept", sa.BigInteger, nullable=False),
        sa.Column("earned_us", sa.BigInteger, nullable=False),
        sa.Column("release_us", sa.BigInteger, nullable=False),
        sa.Column("released", sa.BigInteger),
        sa.PrimaryKeyConstraint("party", "journal", "currency", name="ledger_payouts_reserve_pk"),
        sa.CheckConstraint("kept > 0", name="ledger_payouts_reserve_kept"),
        sa.CheckConstraint("released BETWEEN 0 AND kept", name="ledger_payouts_reserve_released"),
    )
    op.create_index(
        "ledger_payouts_reserve_due",
        "ledger_payouts_reserve",
        ["release_us"],
        postgresql_where=sa.text("released IS NULL"),
        sqlite_where=sa.text("released IS NULL"),
    )
    op.create_table(
        "ledger_payouts_swept",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("party", "currency", name="ledger_payouts_swept_pk"),
    )
    op.create_table(
        "ledger_payouts_block",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("ended_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("party", "key", name="ledger_payouts_block_pk"),
        sa.CheckConstraint("amount > 0", name="ledger_payouts_block_amount"),
    )
    op.create_table(
        "ledger_payouts_run",
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("last_party", sa.Text, nullable=False),
        sa.Column("last_currency", sa.Text, nullable=False),
        sa.Column("done_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("period", name="ledger_payouts_run_pk"),
    )
    op.create_table(
        "ledger_payouts_told",
        sa.Column("id", _ROW_ID, nullable=False, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("told_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="ledger_payouts_told_pk"),
        sa.UniqueConstraint("key", name="ledger_payouts_told_key"),
    )
    op.create_index(
        "ledger_payouts_told_waiting",
        "ledger_payouts_told",
        ["id"],
        postgresql_where=sa.text("told_us IS NULL"),
        sqlite_where=sa.text("told_us IS NULL"),
    )
    op.create_table(
        "ledger_cards_saved_card",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("last4", sa.Text, nullable=False),
        sa.Column("exp_year", sa.Integer, nullable=False),
        sa.Column("exp_month", sa.Integer, nullable=False),
        sa.Column("saved_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("party", name="ledger_cards_saved_card_pk"),
    )
    op.create_table(
        "ledger_cards_setup",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("return_url", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_cards_setup_pk"),
        sa.CheckConstraint(
            "state IN ('planned','open','saved','ended')", name="ledger_cards_setup_state"
        ),
    )
    op.create_index(
        "ledger_cards_setup_state_created", "ledger_cards_setup", ["state", "created_us"]
    )
    op.create_table(
        "ledger_cards_auto_top_up",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("threshold", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("day_count", sa.Integer, nullable=False),
        sa.Column("day_amount", sa.BigInteger, nullable=False),
        sa.Column("why_off", sa.Text, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("party", name="ledger_cards_auto_top_up_pk"),
        sa.CheckConstraint("threshold > 0 AND amount > 0", name="ledger_cards_auto_top_up_sums"),
        sa.CheckConstraint("day_amount >= amount", name="ledger_cards_auto_top_up_day_amount"),
        sa.CheckConstraint("day_count > 0", name="ledger_cards_auto_top_up_day_count"),
    )
    op.create_table(
        "ledger_cards_auto_run",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("day_no", sa.Integer, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("try_no", sa.Integer, nullable=False),
        sa.Column("asks", sa.Integer, nullable=False),
        sa.Column("confirms", sa.Integer, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("payment", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("due_us", sa.BigInteger, nullable=False),
        sa.Column("asked_us", sa.BigInteger),
        sa.Column("ended_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="ledger_cards_auto_run_pk"),
        sa.UniqueConstraint("party", "day", "day_no", name="ledger_cards_auto_run_window"),
        sa.CheckConstraint("amount > 0", name="ledger_cards_auto_run_amount"),
        sa.CheckConstraint("day_no > 0", name="ledger_cards_auto_run_day_no"),
        sa.CheckConstraint(
            "state IN ('planned','in_doubt','owner_needed','waiting','paid','refused')",
            name="ledger_cards_auto_run_state",
        ),
    )
    op.create_index(
        "ledger_cards_auto_run_open",
        "ledger_cards_auto_run",
        ["party"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('paid','refused')"),
        sqlite_where=sa.text("state NOT IN ('paid','refused')"),
    )
    op.create_index("ledger_cards_auto_run_due", "ledger_cards_auto_run", ["state", "due_us"])
    op.create_table(
        "ledger_cards_connected",
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("due", sa.Text, nullable=False),
        sa.Column("disabled", sa.Text, nullable=False),
        sa.Column("payouts_enabled", sa.Boolean, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("party", "gateway", name="ledger_cards_connected_pk"),
        sa.CheckConstraint(
            "state IN ('planned','open','active','restricted','closed')",
            name="ledger_cards_connected_state",
        ),
        sa.CheckConstraint("state = 'planned' OR ref <> ''", name="ledger_cards_connected_named"),
    )
    op.create_index(
        "ledger_cards_connected_ref",
        "ledger_cards_connected",
        ["gateway", "ref"],
        unique=True,
        postgresql_where=sa.text("ref <> ''"),
        sqlite_where=sa.text("ref <> ''"),
    )
    op.create_table(
        "ledger_cards_arrival",
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("gateway", "ref", name="ledger_cards_arrival_pk"),
        sa.CheckConstraint(
            "status IN ('on_the_way','arrived','failed')", name="ledger_cards_arrival_status"
        ),
    )
    op.create_index("ledger_cards_arrival_party", "ledger_cards_arrival", ["party", "changed_us"])
    op.create_table(
        "ledger_cards_reversal",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("pay_out", sa.Text, nullable=False),
        sa.Column("transfer", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("asks", sa.Integer, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("due_us", sa.BigInteger, nullable=False),
        sa.Column("asked_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="ledger_cards_reversal_pk"),
        sa.CheckConstraint("amount > 0", name="ledger_cards_reversal_amount"),
        sa.CheckConstraint(
            "state IN ('planned','in_doubt','done','refused')", name="ledger_cards_reversal_state"
        ),
    )
    op.create_index("ledger_cards_reversal_due", "ledger_cards_reversal", ["state", "due_us"])
    op.create_index("ledger_cards_reversal_pay_out", "ledger_cards_reversal", ["pay_out"])
    terms = sa.table("ledger_payouts_terms", *(sa.column(name) for name in TERMS[0]))
    op.bulk_insert(terms, TERMS)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
