"""What the application's role may do on PostgreSQL: add to the books, and never change them.

The role that owns the tables migrates; the one that serves has the least: tables that are written
once (they carry the refusing trigger) may be read and added to; of an account only its running
state may change; the chart may be read; everything else may be worked with. The triggers refuse
what the owner tries by mistake, the grants refuse the application before any trigger is asked.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.errors import RoleUnknown
from ledger.store import is_postgresql

APPLICATION = "minuta_app"  # `minuta migrate` grants it anew whenever it exists
READ_ONLY = ("ledger_currency", "ledger_account_kind", "alembic_version")
ACCOUNT_COLUMNS = "balance, held, version, status"

_ROLE = text("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = :role")
_TABLES = text(
    "SELECT c.relname, EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
    "  WHERE t.tgrelid = c.oid AND p.proname = 'ledger_refuse') AS once"
    " FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relkind IN ('r', 'p') ORDER BY c.relname"
)


async def grant(db: AsyncConnection, role: str) -> dict[str, str]:
    """Give a role exactly what the application needs, and nothing it had before; by table.

    For the owner of the tables, after each migration. Raises: RoleUnknown, on SQLite always.
    """
    found = (await db.execute(_ROLE, {"role": role})).first() if is_postgresql(db) else None
    if found is None:
        raise RoleUnknown(role)
    name, schema = found[0], (await db.execute(text("SELECT current_schema()"))).scalar_one()
    granted = {row[0]: _rights(row[0], row[1]) for row in await db.execute(_TABLES)}
    statements = [
        f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {name}',
        f'GRANT USAGE ON SCHEMA "{schema}" TO {name}',
        f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA "{schema}" TO {name}',
        *(f'GRANT {rights} ON "{table}" TO {name}' for table, rights in granted.items()),
    ]
    for statement in statements:
        await db.execute(text(statement))
    return granted


def _rights(table: str, written_once: bool) -> str:
    if table in READ_ONLY:
        return "SELECT"
    if table == "ledger_account":
        return f"SELECT, INSERT, UPDATE ({ACCOUNT_COLUMNS})"
    return "SELECT, INSERT" if written_once else "SELECT, INSERT, UPDATE, DELETE"
