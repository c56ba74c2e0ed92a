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

# Look-ups are scalar sub-selects on purpose: as joins the planner may scan all entries. What the
# statement itself brought is compared by a window, so only an account's first entry of a batch is
# looked up, and only its last one is held against the account.
_GUARD = """
CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad text;
BEGIN
  SELECT 'journal ' || journal_id || CASE WHEN balanced THEN ' is missing, finished or too short'
      ELSE ' does not balance' END INTO bad
    FROM (SELECT journal_id, count(*) AS lines, sum(amount) = 0
        AND (min(currency COLLATE "C") = max(currency COLLATE "C") OR NOT EXISTS
          (SELECT FROM fresh g WHERE g.journal_id = f.journal_id
            GROUP BY currency HAVING sum(amount) <> 0)) AS balanced
      FROM fresh f GROUP BY journal_id) s
    WHERE NOT balanced OR lines < 2
      OR (SELECT j.id FROM ledger_journal j WHERE j.id = s.journal_id) IS NULL
      OR lines <> (SELECT count(*) FROM ledger_entry e WHERE e.journal_id = s.journal_id)
    LIMIT 1;
  IF bad IS NULL THEN
    SELECT 'account ' || account_id || CASE WHEN follows THEN ' differs from its last entry'
        ELSE ' breaks its chain' END || ' at ' || version INTO bad
      FROM (SELECT *, CASE
            WHEN version_before IS NOT NULL
              THEN version = version_before + 1 AND balance_after = balance_before + amount
            WHEN version = 1 THEN balance_after = amount
            ELSE coalesce((SELECT p.balance_after + f.amount = f.balance_after FROM ledger_entry p
              WHERE p.account_id = f.account_id AND p.version = f.version - 1), false) END
            AS follows
          FROM (SELECT account_id, version, currency, amount, balance_after,
              lag(version) OVER w AS version_before, lag(balance_after) OVER w AS balance_before,
              lead(version) OVER w AS version_after
            FROM fresh WINDOW w AS (PARTITION BY account_id ORDER BY version)) f) c
      WHERE NOT follows OR (version_after IS NULL AND NOT coalesce((
        SELECT a.version = c.version AND a.balance = c.balance_after AND a.currency = c.currency
          FROM ledger_account a WHERE a.id = c.account_id), false))
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
DECLARE bad date;
BEGIN
  SELECT f.effective_on INTO bad FROM fresh f, ledger_period p
    WHERE f.effective_on BETWEEN p.first_day AND p.last_day LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'the period of %% is closed', bad USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
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
    "CREATE OR REPLACE TRIGGER ledger_journal_closed AFTER INSERT ON ledger_journal"
    " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_period_guard()",
]

# One look at the account's last entry: the next must follow it, and so none can be replaced
# (INSERT OR REPLACE removes a row without asking the trigger that refuses removals).
_CHAIN_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_entry_follows BEFORE INSERT ON ledger_entry
WHEN NOT coalesce((SELECT NEW.version = e.version + 1
      AND NEW.balance_after = e.balance_after + NEW.amount
    FROM ledger_entry e WHERE e.account_id = NEW.account_id ORDER BY e.version DESC LIMIT 1),
  NEW.version = 1 AND NEW.balance_after = NEW.amount)
BEGIN SELECT RAISE(ABORT, 'ledger guard: an account breaks its chain; it is append only'); END
"""

_PERIOD_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_journal_period BEFORE INSERT ON ledger_journal
WHEN EXISTS (SELECT 1 FROM ledger_period p
  WHERE NEW.effective_on BETWEEN p.first_day AND p.last_day)
BEGIN SELECT RAISE(ABORT, 'the period is closed'); END
"""

_JOURNAL_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_journal_no_replace BEFORE INSERT ON ledger_journal
WHEN EXISTS (SELECT 1 FROM ledger_journal j WHERE j.id = NEW.id)
  OR EXISTS (SELECT 1 FROM ledger_journal j WHERE j.scope = NEW.scope AND j.key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'UNIQUE: ledger_journal is append only'); END
"""

_HOLD_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_hold_no_replace BEFORE INSERT ON ledger_hold
WHEN EXISTS (SELECT 1 FROM ledger_hold h WHERE h.key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'UNIQUE: ledger_hold is append only'); END
"""

_HOLD_END_SQLITE = """
CREATE TRIGGER IF NOT EXISTS ledger_hold_end_no_replace BEFORE INSERT ON ledger_hold_end
WHEN EXISTS (SELECT 1 FROM ledger_hold_end e WHERE e.hold_key = NEW.hold_key)
BEGIN SELECT RAISE(ABORT, 'UNIQUE: ledger_hold_end is append only'); END
"""

NEW_SQLITE = [_CHAIN_SQLITE, _JOURNAL_SQLITE, _HOLD_SQLITE, _HOLD_END_SQLITE]  # since 0010

_SQLITE = [
    *(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
        for table in WRITTEN_ONCE
        for verb in ("UPDATE", "DELETE")
    ),
    *NEW_SQLITE,
    _PERIOD_SQLITE,
]


def attach_triggers(metadata: MetaData) -> None:
    """Every statement may be run again: the triggers are complete after each create_all."""
    for dialect, statements in (("postgresql", _POSTGRESQL), ("sqlite", _SQLITE)):
        for statement in statements:
            ddl = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(metadata, "after_create", ddl.execute_if(dialect=dialect))
