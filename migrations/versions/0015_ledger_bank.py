"""The tables of the bank rail, written once where they must be, and their gate of residence."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# As ledger/bank/guards.py had them when this was written.
TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_statement_no_update BEFORE UPDATE ON ledger_bank_statement BEGIN SELECT RAISE(ABORT, 'ledger_bank_statement is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_statement_no_delete BEFORE DELETE ON ledger_bank_statement BEGIN SELECT RAISE(ABORT, 'ledger_bank_statement is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_order_file_no_update BEFORE UPDATE ON ledger_bank_order_file BEGIN SELECT RAISE(ABORT, 'ledger_bank_order_file is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_order_file_no_delete BEFORE DELETE ON ledger_bank_order_file BEGIN SELECT RAISE(ABORT, 'ledger_bank_order_file is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_line_no_delete BEFORE DELETE ON ledger_bank_line BEGIN SELECT RAISE(ABORT, 'ledger_bank_line is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_invoice_no_delete BEFORE DELETE ON ledger_bank_invoice BEGIN SELECT RAISE(ABORT, 'ledger_bank_invoice is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_order_no_delete BEFORE DELETE ON ledger_bank_order BEGIN SELECT RAISE(ABORT, 'ledger_bank_order is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_line_facts BEFORE UPDATE ON ledger_bank_line WHEN NEW.id IS NOT OLD.id OR NEW.account IS NOT OLD.account OR NEW.day IS NOT OLD.day OR NEW.amount IS NOT OLD.amount OR NEW.reference IS NOT OLD.reference OR NEW.other_account IS NOT OLD.other_account OR NEW.statement IS NOT OLD.statement BEGIN SELECT RAISE(ABORT, 'ledger_bank_line: the facts of a line stay'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_invoice_rail_new BEFORE INSERT ON ledger_bank_invoice WHEN NOT (coalesce(('bank') = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND ('bank') = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_bank_invoice'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_invoice_rail_kept BEFORE UPDATE ON ledger_bank_invoice WHEN (NEW.party <> OLD.party OR ('bank') IS DISTINCT FROM ('bank')) AND NOT (coalesce(('bank') = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND ('bank') = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_bank_invoice'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_order_rail_new BEFORE INSERT ON ledger_bank_order WHEN NOT (coalesce(('bank') = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND ('bank') = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_bank_order'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_bank_order_rail_kept BEFORE UPDATE ON ledger_bank_order WHEN (NEW.party <> OLD.party OR ('bank') IS DISTINCT FROM ('bank')) AND NOT (coalesce(('bank') = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND ('bank') = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) BEGIN SELECT RAISE(ABORT, 'rails never mix: ledger_bank_order'); END
        """,
    ),
    "postgresql": (
        """
            CREATE OR REPLACE TRIGGER ledger_bank_statement_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_bank_statement FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_order_file_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_bank_order_file FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_line_kept BEFORE DELETE OR TRUNCATE ON ledger_bank_line FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_invoice_kept BEFORE DELETE OR TRUNCATE ON ledger_bank_invoice FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_order_kept BEFORE DELETE OR TRUNCATE ON ledger_bank_order FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_line_facts BEFORE UPDATE ON ledger_bank_line FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.account IS DISTINCT FROM OLD.account OR NEW.day IS DISTINCT FROM OLD.day OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.reference IS DISTINCT FROM OLD.reference OR NEW.other_account IS DISTINCT FROM OLD.other_account OR NEW.statement IS DISTINCT FROM OLD.statement) EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_bank_invoice_rail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT (coalesce(('bank') = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND ('bank') = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) THEN
                RAISE EXCEPTION USING MESSAGE = 'rails never mix: ledger_bank_invoice of ' || NEW.party, ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_invoice_rail_new BEFORE INSERT ON ledger_bank_invoice FOR EACH ROW EXECUTE FUNCTION ledger_bank_invoice_rail()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_invoice_rail_kept BEFORE UPDATE ON ledger_bank_invoice FOR EACH ROW WHEN (NEW.party <> OLD.party OR ('bank') IS DISTINCT FROM ('bank')) EXECUTE FUNCTION ledger_bank_invoice_rail()
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_bank_order_rail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT (coalesce(('bank') = 'demo', false) AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s WHERE s.name = 'demo_rail' AND NOT s.open) OR EXISTS (SELECT 1 FROM ledger_control_residence r WHERE r.party = NEW.party AND ('bank') = CASE WHEN r.country = 'RU' THEN 'bank' ELSE 'card' END)) THEN
                RAISE EXCEPTION USING MESSAGE = 'rails never mix: ledger_bank_order of ' || NEW.party, ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_order_rail_new BEFORE INSERT ON ledger_bank_order FOR EACH ROW EXECUTE FUNCTION ledger_bank_order_rail()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_bank_order_rail_kept BEFORE UPDATE ON ledger_bank_order FOR EACH ROW WHEN (NEW.party <> OLD.party OR ('bank') IS DISTINCT FROM ('bank')) EXECUTE FUNCTION ledger_bank_order_rail()
        """,
    ),
}


def upgrade() -> None:
    op.create_table('ledger_bank_account',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('requisites', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('opening', sa.BigInteger(), nullable=True),
    sa.Column('kept_us', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('(since IS NULL) = (opening IS NULL)', name='ledger_bank_account_begun'),
    sa.PrimaryKeyConstraint('number', name='ledger_bank_account_pk')
    )
    op.create_table('ledger_bank_file',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('kept_by', sa.Text(), nullable=False),
    sa.Column('kept_us', sa.BigInteger(), nullable=False),
    sa.Column('booked_us', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('sha256', name='ledger_bank_file_pk')
    )
    op.create_table('ledger_bank_invoice',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('payer_name', sa.Text(), nullable=False),
    sa.Column('payer_inn', sa.Text(), nullable=False),
    sa.Column('payer_kpp', sa.Text(), nullable=False),
    sa.Column('payee', sa.Text(), nullable=False),
    sa.Column('vat_line', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('cancelled_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('issued_us', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(state = 'paid') = (paid >= amount)", name='ledger_bank_invoice_paid_is_paid'),
    sa.CheckConstraint("state IN ('open','partly_paid','paid','cancelled','expired')", name='ledger_bank_invoice_state'),
    sa.CheckConstraint('amount > 0', name='ledger_bank_invoice_amount'),
    sa.CheckConstraint('paid >= 0', name='ledger_bank_invoice_paid'),
    sa.PrimaryKeyConstraint('number', name='ledger_bank_invoice_pk'),
    sa.UniqueConstraint('party', 'key', name='ledger_bank_invoice_key')
    )
    op.create_index('ledger_bank_invoice_due', 'ledger_bank_invoice', ['state', 'due_on'], unique=False)
    op.create_index('ledger_bank_invoice_party', 'ledger_bank_invoice', ['party', 'issued_us'], unique=False)
    op.create_index('ledger_bank_invoice_payer', 'ledger_bank_invoice', ['payer_inn'], unique=False)
    op.create_table('ledger_bank_line',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('document_on', sa.Date(), nullable=True),
    sa.Column('other_name', sa.Text(), nullable=False),
    sa.Column('other_inn', sa.Text(), nullable=False),
    sa.Column('other_kpp', sa.Text(), nullable=False),
    sa.Column('other_account', sa.Text(), nullable=False),
    sa.Column('other_bank', sa.Text(), nullable=False),
    sa.Column('other_bik', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('invoice', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('pay_out', sa.Text(), nullable=False),
    sa.Column('changed_us', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("state IN ('booked','waiting','proposed','decided','given_back')", name='ledger_bank_line_state'),
    sa.CheckConstraint('amount <> 0', name='ledger_bank_line_amount'),
    sa.PrimaryKeyConstraint('id', name='ledger_bank_line_pk')
    )
    op.create_index('ledger_bank_line_account', 'ledger_bank_line', ['account', 'day'], unique=False)
    op.create_index('ledger_bank_line_invoice', 'ledger_bank_line', ['invoice'], unique=False)
    op.create_index('ledger_bank_line_state', 'ledger_bank_line', ['state', 'day'], unique=False)
    op.create_table('ledger_bank_order',
    sa.Column('pay_out', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('ended_us', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("state IN ('sent','arrived','returned')", name='ledger_bank_order_state'),
    sa.CheckConstraint('amount > 0', name='ledger_bank_order_amount'),
    sa.PrimaryKeyConstraint('pay_out', name='ledger_bank_order_pk'),
    sa.UniqueConstraint('year', 'number', name='ledger_bank_order_number')
    )
    op.create_index('ledger_bank_order_state', 'ledger_bank_order', ['state'], unique=False)
    op.create_table('ledger_bank_order_file',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('orders', sa.Integer(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_us', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number', name='ledger_bank_order_file_pk')
    )
    op.create_table('ledger_bank_proposal',
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('invoice', sa.Text(), nullable=False),
    sa.Column('approval', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('proposed_us', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(kind = 'wallet') = (party <> '')", name='ledger_bank_proposal_party'),
    sa.CheckConstraint("kind IN ('wallet','fee','own')", name='ledger_bank_proposal_kind'),
    sa.PrimaryKeyConstraint('line', name='ledger_bank_proposal_pk')
    )
    op.create_table('ledger_bank_series',
    sa.Column('series', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last > 0', name='ledger_bank_series_last'),
    sa.PrimaryKeyConstraint('series', 'year', name='ledger_bank_series_pk')
    )
    op.create_table('ledger_bank_statement',
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('ordinal', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('opening', sa.BigInteger(), nullable=False),
    sa.Column('credited', sa.BigInteger(), nullable=False),
    sa.Column('debited', sa.BigInteger(), nullable=False),
    sa.Column('closing', sa.BigInteger(), nullable=False),
    sa.Column('fresh', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('booked_by', sa.Text(), nullable=False),
    sa.Column('booked_us', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('first_day <= last_day', name='ledger_bank_statement_days'),
    sa.CheckConstraint('opening + credited - debited = closing', name='ledger_bank_statement_closes'),
    sa.PrimaryKeyConstraint('file', 'number', name='ledger_bank_statement_pk'),
    sa.UniqueConstraint('account', 'ordinal', name='ledger_bank_statement_ordinal')
    )
    op.create_index('ledger_bank_statement_account', 'ledger_bank_statement', ['account', 'last_day'], unique=False)
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
