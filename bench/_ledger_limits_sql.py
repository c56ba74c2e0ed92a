"""The least tables that keep the promises: narrow rows, three indexes, a guard, nothing else."""

POSTGRESQL = """
CREATE TABLE account (
  id bigint PRIMARY KEY, currency smallint NOT NULL, floor bigint, balance bigint NOT NULL,
  held bigint NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0,
  CHECK (balance - held >= floor)) WITH (fillfactor = 50);
CREATE TABLE journal (
  id bigint PRIMARY KEY, idem uuid NOT NULL UNIQUE, req_hash bigint NOT NULL,
  kind smallint NOT NULL, event_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL);
CREATE TABLE entry (
  account_id bigint NOT NULL, version bigint NOT NULL, journal_id bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount <> 0), balance_after bigint NOT NULL,
  PRIMARY KEY (account_id, version));
CREATE INDEX entry_journal ON entry USING brin (journal_id) WITH (pages_per_range = 16);

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$;
CREATE TRIGGER once BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER once BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse();

CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM fresh f GROUP BY journal_id HAVING sum(amount) <> 0
      OR (SELECT true FROM journal j WHERE j.id = f.journal_id) IS NOT true) THEN
    RAISE EXCEPTION 'a journal is absent or does not balance'; END IF;
  IF EXISTS (SELECT FROM (
      SELECT account_id, version, amount, balance_after, lag(version) OVER w AS version_before,
        lag(balance_after) OVER w AS balance_before, lead(version) OVER w AS version_next
      FROM fresh WINDOW w AS (PARTITION BY account_id ORDER BY version)) f
    WHERE CASE
        WHEN version_before IS NOT NULL
          THEN version_before + 1 <> version OR balance_before + amount <> balance_after
        WHEN version = 1 THEN balance_after <> amount
        ELSE (SELECT p.balance_after + f.amount = f.balance_after FROM entry p
          WHERE p.account_id = f.account_id AND p.version = f.version - 1) IS NOT true END
      OR (version_next IS NULL AND (SELECT a.balance = f.balance_after AND a.version = f.version
        FROM account a WHERE a.id = f.account_id) IS NOT true)) THEN
    RAISE EXCEPTION 'a chain is broken'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER INSERT ON entry REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION guard();

-- Write what was decided if the versions that it was decided on still hold: one round trip.
CREATE FUNCTION put(j_id bigint[], j_idem uuid[], j_hash bigint[], j_at timestamptz,
    e_account bigint[], e_version bigint[], e_journal bigint[], e_amount bigint[],
    e_balance bigint[], a_id bigint[], a_old bigint[], a_new bigint[], a_balance bigint[])
  RETURNS int LANGUAGE plpgsql AS $$
DECLARE written int;
BEGIN
  PERFORM FROM account WHERE id = ANY (a_id) ORDER BY id FOR UPDATE;
  UPDATE account a SET balance = v.b, version = v.n
    FROM unnest(a_id, a_old, a_new, a_balance) v(id, o, n, b)
    WHERE a.id = v.id AND a.version = v.o;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(a_id) THEN
    RAISE EXCEPTION 'stale' USING ERRCODE = 'serialization_failure'; END IF;
  INSERT INTO journal SELECT i, k, h, 1, j_at, clock_timestamp()
    FROM unnest(j_id, j_idem, j_hash) u(i, k, h);
  INSERT INTO entry SELECT * FROM unnest(e_account, e_version, e_journal, e_amount, e_balance);
  RETURN written;
END $$;
"""

POSTGRESQL_FAULTS = """
WITH sums AS (SELECT account_id, sum(amount) AS total, count(*) AS n FROM entry GROUP BY 1),
chain AS (SELECT amount, balance_after,
  lag(balance_after, 1, 0::bigint) OVER (PARTITION BY account_id ORDER BY version) AS before
  FROM entry)
SELECT
  (SELECT count(*) FROM (SELECT FROM entry GROUP BY journal_id HAVING sum(amount) <> 0) u)
  + (SELECT count(*) FROM account a LEFT JOIN sums s ON s.account_id = a.id
     WHERE a.balance <> coalesce(s.total, 0) OR a.version <> coalesce(s.n, 0))
  + (SELECT count(*) FROM chain WHERE before + amount <> balance_after)
  + abs((SELECT sum(balance) FROM account)) AS faults,
  (SELECT count(*) - 1 FROM journal) AS journals
"""

SQLITE = """
CREATE TABLE account (id INTEGER PRIMARY KEY, currency INTEGER NOT NULL, floor INTEGER,
  balance INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 0,
  CHECK (floor IS NULL OR balance - held >= floor));
CREATE TABLE journal (id INTEGER PRIMARY KEY, idem BLOB NOT NULL UNIQUE,
  req_hash INTEGER NOT NULL, kind INTEGER NOT NULL, event_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL);
CREATE TABLE entry (account_id INTEGER NOT NULL, version INTEGER NOT NULL,
  journal_id INTEGER NOT NULL, amount INTEGER NOT NULL CHECK (amount <> 0),
  balance_after INTEGER NOT NULL, PRIMARY KEY (account_id, version)) WITHOUT ROWID;
CREATE INDEX entry_journal ON entry (journal_id);
CREATE TRIGGER journal_u BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER journal_d BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER entry_u BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER entry_d BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

SQLITE_FAULTS = """
SELECT
  (SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY journal_id HAVING sum(amount) <> 0))
  + (SELECT count(*) FROM account a LEFT JOIN
       (SELECT account_id, sum(amount) AS total, count(*) AS n FROM entry GROUP BY 1) s
       ON s.account_id = a.id
     WHERE a.balance <> coalesce(s.total, 0) OR a.version <> coalesce(s.n, 0))
  + (SELECT count(*) FROM (SELECT amount, balance_after, lag(balance_after, 1, 0)
       OVER (PARTITION BY account_id ORDER BY version) AS before FROM entry)
     WHERE before + amount <> balance_after)
  + abs((SELECT sum(balance) FROM account)),
  (SELECT count(*) - 1 FROM journal)
"""
