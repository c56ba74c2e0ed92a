"""What the ledger's tables refuse."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# By dialect: what the tables alone cannot refuse.
TRIGGERS = {
    "sqlite": (
        """
            CREATE TRIGGER IF NOT EXISTS ledger_journal_no_update BEFORE UPDATE ON ledger_journal BEGIN SELECT RAISE(ABORT, 'ledger_journal is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_journal_no_delete BEFORE DELETE ON ledger_journal BEGIN SELECT RAISE(ABORT, 'ledger_journal is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_hold_no_update BEFORE UPDATE ON ledger_hold BEGIN SELECT RAISE(ABORT, 'ledger_hold is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_hold_no_delete BEFORE DELETE ON ledger_hold BEGIN SELECT RAISE(ABORT, 'ledger_hold is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_hold_end_no_update BEFORE UPDATE ON ledger_hold_end BEGIN SELECT RAISE(ABORT, 'ledger_hold_end is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_hold_end_no_delete BEFORE DELETE ON ledger_hold_end BEGIN SELECT RAISE(ABORT, 'ledger_hold_end is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_batch_no_update BEFORE UPDATE ON ledger_batch BEGIN SELECT RAISE(ABORT, 'ledger_batch is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_batch_no_delete BEFORE DELETE ON ledger_batch BEGIN SELECT RAISE(ABORT, 'ledger_batch is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_period_no_update BEFORE UPDATE ON ledger_period BEGIN SELECT RAISE(ABORT, 'ledger_period is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_period_no_delete BEFORE DELETE ON ledger_period BEGIN SELECT RAISE(ABORT, 'ledger_period is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_entry_chain BEFORE INSERT ON ledger_entry
            WHEN NEW.balance_after - NEW.amount IS NOT
              CASE WHEN NEW.version = 1 THEN 0 ELSE
                (SELECT p.balance_after FROM ledger_entry p
                  WHERE p.account_id = NEW.account_id AND p.version = NEW.version - 1) END
            BEGIN SELECT RAISE(ABORT, 'ledger guard: an account breaks its chain'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_entry_no_replace BEFORE INSERT ON ledger_entry
            WHEN EXISTS (SELECT 1 FROM ledger_entry e
              WHERE e.account_id = NEW.account_id AND e.version = NEW.version)
            BEGIN SELECT RAISE(ABORT, 'ledger_entry is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_journal_period BEFORE INSERT ON ledger_journal
            WHEN EXISTS (SELECT 1 FROM ledger_period p
              WHERE NEW.effective_on BETWEEN p.first_day AND p.last_day)
            BEGIN SELECT RAISE(ABORT, 'the period is closed'); END
        """,
    ),
    "postgresql": (
        """
            CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE bad text;
            BEGIN
              SELECT 'journal ' || journal_id || ' does not balance' INTO bad FROM fresh
                GROUP BY journal_id, currency HAVING sum(amount) <> 0 LIMIT 1;
              IF bad IS NULL THEN
                SELECT 'journal ' || journal_id || ' is missing, finished or too short' INTO bad FROM fresh
                  GROUP BY journal_id
                  HAVING count(*) < 2
                    OR (SELECT j.id FROM ledger_journal j WHERE j.id = fresh.journal_id) IS NULL
                    OR count(*) <> (SELECT count(*) FROM ledger_entry e WHERE e.journal_id = fresh.journal_id)
                  LIMIT 1;
              END IF;
              IF bad IS NULL THEN
                SELECT 'account ' || f.account_id || ' breaks its chain at ' || f.version INTO bad FROM fresh f
                  WHERE f.balance_after - f.amount IS DISTINCT FROM
                    CASE WHEN f.version = 1 THEN 0 ELSE
                      (SELECT p.balance_after FROM ledger_entry p
                        WHERE p.account_id = f.account_id AND p.version = f.version - 1) END
                  LIMIT 1;
              END IF;
              IF bad IS NULL THEN
                SELECT 'account ' || l.account_id || ' differs from its last entry' INTO bad
                  FROM (SELECT DISTINCT ON (account_id) account_id, version, balance_after, currency
                          FROM fresh ORDER BY account_id, version DESC) l
                  WHERE NOT coalesce((SELECT a.version = l.version AND a.balance = l.balance_after
                          AND a.currency = l.currency FROM ledger_account a WHERE a.id = l.account_id), false)
                  LIMIT 1;
              END IF;
              IF bad IS NOT NULL THEN
                RAISE EXCEPTION 'ledger guard: %', bad USING ERRCODE = 'check_violation';
              END IF;
              RETURN NULL;
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF EXISTS (SELECT FROM ledger_period p
                  WHERE NEW.effective_on BETWEEN p.first_day AND p.last_day) THEN
                RAISE EXCEPTION 'the period of % is closed', NEW.effective_on
                  USING ERRCODE = 'check_violation';
              END IF;
              RETURN NEW;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_journal_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journal FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_entry_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_hold_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_hold_end_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold_end FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_batch_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_batch FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_period_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_period FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_entry_guard AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard()
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_journal_period BEFORE INSERT ON ledger_journal FOR EACH ROW EXECUTE FUNCTION ledger_period_guard()
        """,
    ),
}


def upgrade() -> None:
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
