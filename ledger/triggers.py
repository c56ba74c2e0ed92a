"""What the database itself refuses, on both databases, attached to the ledger's tables.

1. Rows of journals, entries, holds, their ends and sealed batches are never changed or removed.
2. Entries continue their account's chain: next version, balance = previous balance + amount.
3. Journals sum to zero in each currency and have two entries or more: on PostgreSQL by a trigger
   over all rows of the statement; SQLite has none such, there the writer asks (ledger/store.py).
4. Nothing is recorded in a closed period.
"""

from sqlalchemy import DDL, MetaData, event

WRITTEN_ONCE = (
    "ledger_journal",
    "ledger_entry",
    "ledger_hold",
    "ledger_hold_end",
    "ledger_batch",
    "ledger_period",
)

_REFUSE = """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

# Look-ups are scalar sub-selects on purpose: as joins the planner may scan all entries.
_GUARD = """
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
    RAISE EXCEPTION 'ledger guard: %%', bad USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""

_PERIOD = """
CREATE OR REPLACE FUNCTION ledger_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM ledger_period p
      WHERE NEW.effective_on BETWEEN p.first_day AND p.last_day) THEN
    RAISE EXCEPTION 'the period of %% is closed', NEW.effective_on
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

_POSTGRESQL = [
    _REFUSE,
    _GUARD,
    _PERIOD,
    *(
        f"CREATE OR REPLACE TRIGGER {table}_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        for table in WRITTEN_ONCE
    ),
    "CREATE OR REPLACE TRIGGER ledger_entry_guard AFTER INSERT ON ledger_entry"
    " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard()",
    "CREATE OR REPLACE TRIGGER ledger_journal_period BEFORE INSERT ON ledger_journal"
    " FOR EACH ROW EXECUTE FUNCTION ledger_period_guard()",
]

_CHAIN_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_entry_chain BEFORE INSERT ON ledger_entry
WHEN NEW.balance_after - NEW.amount IS NOT
  CASE WHEN NEW.version = 1 THEN 0 ELSE
    (SELECT p.balance_after FROM ledger_entry p
      WHERE p.account_id = NEW.account_id AND p.version = NEW.version - 1) END
BEGIN SELECT RAISE(ABORT, 'ledger guard: an account breaks its chain'); END
"""

_PERIOD_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_journal_period BEFORE INSERT ON ledger_journal
WHEN EXISTS (SELECT 1 FROM ledger_period p
  WHERE NEW.effective_on BETWEEN p.first_day AND p.last_day)
BEGIN SELECT RAISE(ABORT, 'the period is closed'); END
"""

_NO_REPLACE_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_entry_no_replace BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry e
  WHERE e.account_id = NEW.account_id AND e.version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append only'); END
"""

_SQLITE = [
    *(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
        for table in WRITTEN_ONCE
        for verb in ("UPDATE", "DELETE")
    ),
    _CHAIN_SQLITE,
    _NO_REPLACE_SQLITE,
    _PERIOD_SQLITE,
]


def attach_triggers(metadata: MetaData) -> None:
    """Every statement may be run again: the triggers are complete after each create_all."""
    for dialect, statements in (("postgresql", _POSTGRESQL), ("sqlite", _SQLITE)):
        for statement in statements:
            ddl = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(metadata, "after_create", ddl.execute_if(dialect=dialect))
