"""What the database itself refuses in the bank room, on both databases.

1. Statements, the files they came in and the files of orders are never changed or removed.
2. A line's facts (account, day, sum, who) stay as the bank told them; only what it is may change.
3. Invoices and payment orders are of parties whose residence gives them the bank rail.
"""

from ledger.control import guard_rail

Statements = dict[str, tuple[str, ...]]

WRITTEN_ONCE = ("ledger_bank_statement", "ledger_bank_order_file")
KEPT = ("ledger_bank_line", "ledger_bank_invoice", "ledger_bank_order")
FACTS = ("id", "account", "day", "amount", "reference", "other_account", "statement")

_FACTS_PG = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FACTS)
_FACTS_SQLITE = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FACTS)

ONCE: Statements = {
    "postgresql": (
        *(
            f"CREATE OR REPLACE TRIGGER {table}_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
            for table in WRITTEN_ONCE
        ),
        *(
            f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
            for table in KEPT
        ),
        "CREATE OR REPLACE TRIGGER ledger_bank_line_facts BEFORE UPDATE ON ledger_bank_line"
        f" FOR EACH ROW WHEN ({_FACTS_PG}) EXECUTE FUNCTION ledger_refuse()",
    ),
    "sqlite": (
        *(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
            for table in WRITTEN_ONCE
            for verb in ("UPDATE", "DELETE")
        ),
        *(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
            for table in KEPT
        ),
        "CREATE TRIGGER IF NOT EXISTS ledger_bank_line_facts BEFORE UPDATE ON ledger_bank_line"
        f" WHEN {_FACTS_SQLITE}"
        " BEGIN SELECT RAISE(ABORT, 'ledger_bank_line: the facts of a line stay'); END",
    ),
}

GUARDS: tuple[Statements, ...] = (
    ONCE,
    guard_rail("ledger_bank_invoice", "party", "'bank'"),
    guard_rail("ledger_bank_order", "party", "'bank'"),
)
