"""The ledger's write path: functions and guards of one round trip."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# By dialect: what the tables alone cannot say.
STATEMENTS = {
    "sqlite": (
        """
            DROP TRIGGER ledger_entry_chain
        """,
        """
            DROP TRIGGER ledger_entry_no_replace
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_entry_follows BEFORE INSERT ON ledger_entry
            WHEN NOT coalesce((SELECT NEW.version = e.version + 1
                  AND NEW.balance_after = e.balance_after + NEW.amount
                FROM ledger_entry e WHERE e.account_id = NEW.account_id ORDER BY e.version DESC LIMIT 1),
              NEW.version = 1 AND NEW.balance_after = NEW.amount)
            BEGIN SELECT RAISE(ABORT, 'ledger guard: an account breaks its chain; it is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_journal_no_replace BEFORE INSERT ON ledger_journal
            WHEN EXISTS (SELECT 1 FROM ledger_journal j WHERE j.id = NEW.id)
              OR EXISTS (SELECT 1 FROM ledger_journal j WHERE j.scope = NEW.scope AND j.key = NEW.key)
            BEGIN SELECT RAISE(ABORT, 'UNIQUE: ledger_journal is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_hold_no_replace BEFORE INSERT ON ledger_hold
            WHEN EXISTS (SELECT 1 FROM ledger_hold h WHERE h.key = NEW.key)
            BEGIN SELECT RAISE(ABORT, 'UNIQUE: ledger_hold is append only'); END
        """,
        """
            CREATE TRIGGER IF NOT EXISTS ledger_hold_end_no_replace BEFORE INSERT ON ledger_hold_end
            WHEN EXISTS (SELECT 1 FROM ledger_hold_end e WHERE e.hold_key = NEW.hold_key)
            BEGIN SELECT RAISE(ABORT, 'UNIQUE: ledger_hold_end is append only'); END
        """,
    ),
    "postgresql": (
        """
            DROP TRIGGER ledger_journal_period ON ledger_journal
        """,
        """
            ALTER TABLE ledger_journal DROP CONSTRAINT ledger_journal_reversed_once
        """,
        """
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
                RAISE EXCEPTION 'ledger guard: %', bad USING ERRCODE = 'check_violation';
              END IF;
              RETURN NULL;
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE bad date;
            BEGIN
              SELECT f.effective_on INTO bad FROM fresh f, ledger_period p
                WHERE f.effective_on BETWEEN p.first_day AND p.last_day LIMIT 1;
              IF bad IS NOT NULL THEN
                RAISE EXCEPTION 'the period of % is closed', bad USING ERRCODE = 'check_violation';
              END IF;
              RETURN NULL;
            END $$
        """,
        """
            CREATE OR REPLACE TRIGGER ledger_journal_closed AFTER INSERT ON ledger_journal REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_period_guard()
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_open(
              asked_kinds int[], asked_owners text[], asked_currencies text[],
              asked_scopes text[], asked_keys text[], asked_holds text[], due_us bigint,
              OUT places bigint[], OUT ids bigint[], OUT balances bigint[], OUT helds bigint[],
              OUT versions bigint[], OUT floors bigint[], OUT ceilings bigint[], OUT statuses text[],
              OUT known bigint[], OUT hashes text[], OUT fresh bigint[],
              OUT hold_keys text[], OUT hold_kinds int[], OUT hold_owners text[], OUT hold_currencies text[],
              OUT hold_amounts bigint[], OUT hold_ends text[],
              OUT due_keys text[], OUT due_ids bigint[], OUT due_amounts bigint[]
            ) LANGUAGE plpgsql AS $$
            BEGIN
              SELECT array_agg(v.n), array_agg(l.id), array_agg(l.balance), array_agg(l.held),
                  array_agg(l.version), array_agg(l.floor), array_agg(l.ceiling), array_agg(l.status)
                INTO places, ids, balances, helds, versions, floors, ceilings, statuses
                FROM unnest(asked_kinds, asked_owners, asked_currencies) WITH ORDINALITY
                  AS v(kind, owner, currency, n),
                LATERAL (SELECT a.id, a.balance, a.held, a.version, a.floor, a.ceiling, a.status
                  FROM ledger_account a
                  WHERE a.kind = v.kind AND a.owner = v.owner AND a.currency = v.currency
                  LIMIT 1 FOR UPDATE) l;
              IF cardinality(asked_keys) > 0 THEN
                SELECT array_agg(v.n), array_agg(j.req_hash) INTO known, hashes
                  FROM unnest(asked_scopes, asked_keys) WITH ORDINALITY AS v(scope, key, n),
                  LATERAL (SELECT req_hash FROM ledger_journal j
                    WHERE j.scope = v.scope AND j.key = v.key LIMIT 1) j;
                SELECT array_agg(nextval('ledger_journal_id_seq')) INTO fresh
                  FROM generate_series(1, cardinality(asked_keys) - coalesce(cardinality(known), 0));
              END IF;
              IF cardinality(asked_holds) > 0 THEN
                SELECT array_agg(v.key), array_agg(a.kind), array_agg(a.owner), array_agg(a.currency),
                    array_agg(h.amount),
                    array_agg((SELECT e.kind FROM ledger_hold_end e WHERE e.hold_key = v.key))
                  INTO hold_keys, hold_kinds, hold_owners, hold_currencies, hold_amounts, hold_ends
                  FROM unnest(asked_holds) AS v(key),
                  LATERAL (SELECT account_id, amount FROM ledger_hold h WHERE h.key = v.key LIMIT 1) h,
                  LATERAL (SELECT kind, owner, currency FROM ledger_account a
                    WHERE a.id = h.account_id LIMIT 1) a;
              END IF;
              SELECT array_agg(h.key), array_agg(v.id), array_agg(h.amount)
                INTO due_keys, due_ids, due_amounts
                FROM unnest(ids, helds) AS v(id, held),
                LATERAL (SELECT key, amount FROM ledger_hold h
                  WHERE v.held > 0 AND h.account_id = v.id AND h.expires_us <= due_us
                    AND NOT EXISTS (SELECT FROM ledger_hold_end e WHERE e.hold_key = h.key) LIMIT 1000) h;
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_write(
              accounts bigint[], balances bigint[], helds bigint[], versions bigint[],
              journals bigint[], scopes text[], keys text[], hashes text[], kinds text[], refs text[],
              memos text[], days date[], undone bigint[], at_us bigint,
              entry_accounts bigint[], entry_versions bigint[], entry_journals bigint[], lines int[],
              currencies text[], amounts bigint[], balances_after bigint[]
            ) RETURNS void LANGUAGE plpgsql
            SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
            BEGIN
              UPDATE ledger_account a SET balance = v.balance, held = v.held, version = v.version
                FROM unnest(accounts, balances, helds, versions) AS v(id, balance, held, version)
                WHERE a.id = v.id;
              INSERT INTO ledger_journal
                  (id, scope, key, req_hash, kind, ref, memo, effective_on, reverses, recorded_us)
                SELECT *, at_us FROM unnest(journals, scopes, keys, hashes, kinds, refs, memos, days, undone);
              INSERT INTO ledger_entry
                  (account_id, version, journal_id, line, currency, amount, balance_after)
                SELECT * FROM unnest(entry_accounts, entry_versions, entry_journals, lines, currencies,
                  amounts, balances_after);
            END $$
        """,
        """
            CREATE OR REPLACE FUNCTION ledger_stand_still() RETURNS void LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
              LOCK TABLE ledger_journal IN EXCLUSIVE MODE;
            END $$
        """,
    ),
}


def upgrade() -> None:
    op.create_index(
        "ledger_hold_due",
        "ledger_hold",
        ["account_id", "expires_us"],
        postgresql_where=sa.text("expires_us IS NOT NULL"),
        sqlite_where=sa.text("expires_us IS NOT NULL"),
    )
    connection = op.get_bind()
    for statement in STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        op.create_index(
            "ledger_journal_reversed_once",
            "ledger_journal",
            ["reverses"],
            unique=True,
            postgresql_where=sa.text("reverses IS NOT NULL"),
        )


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
