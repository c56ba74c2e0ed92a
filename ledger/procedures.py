"""What PostgreSQL does for the writer in one round trip, as functions beside the tables.

`ledger_open` locks a batch's accounts and answers everything that the judge must know, whole
columns in one row. Each of its statements sees what was committed before it began, so a key that
another transaction took while we waited for its accounts is seen. Every look-up is a sub-select
that can only be an index look-up: as joins the planner, which knows nothing of tables that have
just grown, scans them.
"""

from sqlalchemy import DDL, MetaData, event

# Accounts in the order of `places`, which is the order of the arguments and of everybody's locks.
OPEN = """
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
"""

# The accounts' update is the only join: with other ways forbidden it stays a look-up by key.
WRITE = """
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
"""

# The application's role may not lock the journals; this lets it, and nothing else.
STAND_STILL = """
CREATE OR REPLACE FUNCTION ledger_stand_still() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  LOCK TABLE ledger_journal IN EXCLUSIVE MODE;
END $$
"""

PROCEDURES = (OPEN, WRITE, STAND_STILL)


def attach_procedures(metadata: MetaData) -> None:
    """Make them with the tables."""
    for procedure in PROCEDURES:
        ddl = DDL(procedure.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(metadata, "after_create", ddl.execute_if(dialect="postgresql"))
