"""What the database itself refuses in the control room, on both databases.

1. Rows of the audit journal are never changed or removed; each continues the chain of its head,
   and the head only ever moves on with a row.
2. A movement of money on a rail that the party's residence does not allow is refused, whatever
   the code above believes: `guard_rail` gives the triggers of a table that holds such movements.
3. An approval that was decided stays as it is.
"""

from collections.abc import Iterable

from sqlalchemy import DDL, MetaData, event

from ledger.control.rails import DEMO_RAIL, RAIL_OF_GATEWAY, RUSSIA

Statements = dict[str, tuple[str, ...]]  # by dialect: "postgresql", "sqlite"

# The rail of a row that names its acquirer; an acquirer that we do not know has none.
GATEWAY_RAIL = "CASE NEW.gateway{} END".format(
    "".join(f" WHEN '{name}' THEN '{rail.value}'" for name, rail in RAIL_OF_GATEWAY.items())
)


def guard_rail(table: str, party_column: str, rail_sql: str) -> Statements:
    """Triggers by which `table` refuses a row whose rail its party may not use.

    `rail_sql` gives "card", "bank" or "demo" from the columns of `NEW`; NULL is refused. They watch
    rows that are new and rows whose party or rail changes: news of a movement under way is always
    taken. They want the room's tables to be there (migration 0011).
    """
    allowed = (
        f"coalesce(({rail_sql}) = 'demo', false)"
        " AND NOT EXISTS (SELECT 1 FROM ledger_control_switch s"
        f" WHERE s.name = '{DEMO_RAIL}' AND NOT s.open)"
        f" OR EXISTS (SELECT 1 FROM ledger_control_residence r"
        f" WHERE r.party = NEW.{party_column} AND ({rail_sql}) ="
        f" CASE WHEN r.country = '{RUSSIA}' THEN 'bank' ELSE 'card' END)"
    )
    before = rail_sql.replace("NEW.", "OLD.")
    changed = (
        f"NEW.{party_column} <> OLD.{party_column} OR ({rail_sql}) IS DISTINCT FROM ({before})"
    )
    return {
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_rail() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n  IF NOT ({allowed}) THEN\n"
            f"    RAISE EXCEPTION USING MESSAGE = 'rails never mix: {table} of '"
            f" || NEW.{party_column}, ERRCODE = 'check_violation';\n"
            "  END IF;\n  RETURN NEW;\nEND $$",
            f"CREATE OR REPLACE TRIGGER {table}_rail_new BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_rail()",
            f"CREATE OR REPLACE TRIGGER {table}_rail_kept BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_rail()",
        ),
        "sqlite": (
            f"CREATE TRIGGER IF NOT EXISTS {table}_rail_new BEFORE INSERT ON {table}"
            f" WHEN NOT ({allowed})"
            f" BEGIN SELECT RAISE(ABORT, 'rails never mix: {table}'); END",
            f"CREATE TRIGGER IF NOT EXISTS {table}_rail_kept BEFORE UPDATE ON {table}"
            f" WHEN ({changed}) AND NOT ({allowed})"
            f" BEGIN SELECT RAISE(ABORT, 'rails never mix: {table}'); END",
        ),
    }


def attach(metadata: MetaData, guards: Iterable[Statements]) -> None:
    """Run the statements after every create_all; each may be run again."""
    for guard in guards:
        for dialect, statements in guard.items():
            for statement in statements:
                ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
                event.listen(metadata, "after_create", ddl.execute_if(dialect=dialect))


_CHAIN_PG = """
CREATE OR REPLACE FUNCTION ledger_control_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ledger_control_head h
      WHERE h.number = NEW.number - 1 AND h.hash = NEW.prev_hash) THEN
    RAISE EXCEPTION 'audit journal: row % does not follow from its head', NEW.number
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

_ADVANCE_PG = """
CREATE OR REPLACE FUNCTION ledger_control_advance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ledger_control_head SET number = NEW.number, hash = NEW.hash;
  RETURN NULL;
END $$
"""

_HEAD_PG = """
CREATE OR REPLACE FUNCTION ledger_control_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> OLD.number + 1 OR NOT EXISTS (SELECT FROM ledger_control_audit a
      WHERE a.number = NEW.number AND a.hash = NEW.hash) THEN
    RAISE EXCEPTION 'audit journal: its head moves with its rows only'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

_ENDED_PG = """
CREATE OR REPLACE FUNCTION ledger_control_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'approval % was decided', OLD.id USING ERRCODE = 'restrict_violation';
END $$
"""

TRAIL: Statements = {
    "postgresql": (
        _CHAIN_PG,
        _ADVANCE_PG,
        _HEAD_PG,
        _ENDED_PG,
        "CREATE OR REPLACE TRIGGER ledger_control_audit_once BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON ledger_control_audit FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
        "CREATE OR REPLACE TRIGGER ledger_control_audit_chain BEFORE INSERT"
        " ON ledger_control_audit FOR EACH ROW EXECUTE FUNCTION ledger_control_chain()",
        "CREATE OR REPLACE TRIGGER ledger_control_audit_advance AFTER INSERT"
        " ON ledger_control_audit FOR EACH ROW EXECUTE FUNCTION ledger_control_advance()",
        "CREATE OR REPLACE TRIGGER ledger_control_head_stays BEFORE DELETE OR TRUNCATE"
        " ON ledger_control_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
        "CREATE OR REPLACE TRIGGER ledger_control_head_moves BEFORE UPDATE"
        " ON ledger_control_head FOR EACH ROW EXECUTE FUNCTION ledger_control_head_moves()",
        "CREATE OR REPLACE TRIGGER ledger_control_approval_stays BEFORE DELETE OR TRUNCATE"
        " ON ledger_control_approval FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
        "CREATE OR REPLACE TRIGGER ledger_control_approval_ended BEFORE UPDATE"
        " ON ledger_control_approval FOR EACH ROW WHEN (OLD.state <> 'waiting')"
        " EXECUTE FUNCTION ledger_control_ended()",
    ),
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS ledger_control_audit_no_update BEFORE UPDATE"
        " ON ledger_control_audit"
        " BEGIN SELECT RAISE(ABORT, 'ledger_control_audit is append only'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_audit_no_delete BEFORE DELETE"
        " ON ledger_control_audit"
        " BEGIN SELECT RAISE(ABORT, 'ledger_control_audit is append only'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_audit_chain BEFORE INSERT"
        " ON ledger_control_audit WHEN NOT EXISTS (SELECT 1 FROM ledger_control_head h"
        " WHERE h.number = NEW.number - 1 AND h.hash = NEW.prev_hash)"
        " BEGIN SELECT RAISE(ABORT, 'audit journal: a row does not follow from its head'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_audit_advance AFTER INSERT"
        " ON ledger_control_audit"
        " BEGIN UPDATE ledger_control_head SET number = NEW.number, hash = NEW.hash; END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_head_no_delete BEFORE DELETE"
        " ON ledger_control_head"
        " BEGIN SELECT RAISE(ABORT, 'ledger_control_head is append only'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_head_moves BEFORE UPDATE"
        " ON ledger_control_head WHEN NEW.number <> OLD.number + 1 OR NOT EXISTS"
        " (SELECT 1 FROM ledger_control_audit a WHERE a.number = NEW.number AND a.hash = NEW.hash)"
        " BEGIN SELECT RAISE(ABORT, 'audit journal: its head moves with its rows only'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_approval_no_delete BEFORE DELETE"
        " ON ledger_control_approval"
        " BEGIN SELECT RAISE(ABORT, 'ledger_control_approval is append only'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_control_approval_ended BEFORE UPDATE"
        " ON ledger_control_approval WHEN OLD.state <> 'waiting'"
        " BEGIN SELECT RAISE(ABORT, 'the approval was decided'); END",
    ),
}
