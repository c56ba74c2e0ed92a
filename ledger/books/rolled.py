"""Do the day sums say what the entries say? One pass over the entries, inside the database."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.audit import FAULTS_MAX
from ledger.books.store import recorded_on

_SIDES = (
    "sum(CASE WHEN e.amount < 0 THEN -e.amount ELSE 0 END) AS debits,"
    " sum(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END) AS credits"
)
# What the entries up to the mark sum to, by account and both days, is made once and compared with
# the sums by account, and, added up by kind, with the sums by kind.
_ADRIFT = (
    "WITH found AS (SELECT e.account_id, j.effective_on, {recorded} AS recorded_on,"
    f" {_SIDES}, min(e.version) AS first_version, max(e.version) AS last_version"
    " FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    " WHERE j.id <= (SELECT last_journal FROM ledger_books_mark) GROUP BY 1, 2, 3),"
    " kinds AS (SELECT a.kind, a.currency, f.effective_on, f.recorded_on,"
    "  sum(f.debits) AS debits, sum(f.credits) AS credits FROM found f"
    "  JOIN ledger_account a ON a.id = f.account_id GROUP BY 1, 2, 3, 4)"
    " SELECT 'account ' || coalesce(f.account_id, d.account_id) || ' on '"
    "  || coalesce(f.effective_on, d.effective_on) FROM found f"
    " FULL JOIN ledger_books_account_day d ON d.account_id = f.account_id"
    "  AND d.effective_on = f.effective_on AND d.recorded_on = f.recorded_on"
    " WHERE f.account_id IS NULL OR d.account_id IS NULL OR d.debits <> f.debits"
    "  OR d.credits <> f.credits OR d.first_version <> f.first_version"
    "  OR d.last_version <> f.last_version"
    " UNION ALL SELECT 'kind ' || coalesce(k.kind, d.kind) || ' on '"
    "  || coalesce(k.effective_on, d.effective_on) FROM kinds k"
    " FULL JOIN ledger_books_kind_day d ON d.kind = k.kind AND d.currency = k.currency"
    "  AND d.effective_on = k.effective_on AND d.recorded_on = k.recorded_on"
    " WHERE k.kind IS NULL OR d.kind IS NULL OR d.debits <> k.debits OR d.credits <> k.credits"
    f" LIMIT {FAULTS_MAX}"
)


async def broken_sums(db: AsyncConnection) -> list[str]:
    """Where a day sum differs from its entries, at most FAULTS_MAX."""
    found = await db.execute(text(_ADRIFT.format(recorded=recorded_on(db))))
    return [str(where) for where in found.scalars()]
