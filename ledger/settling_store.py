"""What settling, ruling and collecting must read."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AccountKind
from ledger.credit import Drawn, purse_of

_DRAWN = text(
    "SELECT a.owner, -sum(e.amount) AS minor FROM ledger_entry e"
    " JOIN ledger_account a ON a.id = e.account_id WHERE a.kind = :promo AND e.journal_id IN"
    " (SELECT i.journal_id FROM ledger_account s JOIN ledger_entry i ON i.account_id = s.id"
    "  JOIN ledger_journal j ON j.id = i.journal_id"
    "  WHERE s.kind = :escrow AND s.owner = :session AND s.currency = :currency"
    "  AND j.kind NOT IN ('settlement', 'ruling'))"
    " GROUP BY a.owner HAVING sum(e.amount) < 0 ORDER BY min(e.journal_id * 1000 + e.line)"
)
_EARNED = text(
    "SELECT coalesce(sum(e.amount), 0) FROM ledger_journal j"
    " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
    " WHERE j.ref = :ref AND j.kind IN ('settlement', 'ruling', 'bonus', 'penalty')"
    " AND a.kind = :kind AND a.owner = :owner AND a.currency = :currency"
)

_FREE = text(
    "SELECT balance - held - coalesce(floor, 0) FROM ledger_account WHERE kind = :kind"
    " AND owner = :owner AND currency = :currency AND status = 'open'"
)

_CLAIMS = text(
    "SELECT e.owner, e.currency, r.version FROM ledger_account r JOIN ledger_account e"
    " ON e.kind = :earnings AND e.owner = r.owner AND e.currency = r.currency"
    " WHERE r.kind = :claims AND r.balance < 0 AND e.balance - e.held > 0 AND e.status = 'open'"
    " ORDER BY e.owner, e.currency LIMIT :most"
)


async def drawn_for(db: AsyncConnection, session: str, currency: str) -> list[Drawn]:
    """Promo credit that charges brought into the session's escrow, in the order of drawing."""
    facts: dict[str, str | int] = {"session": session, "currency": currency}
    facts |= {"promo": AccountKind.PROMO.code, "escrow": AccountKind.ESCROW.code}
    rows = await db.execute(_DRAWN, facts)
    return [Drawn(purse_of(row[0], currency), int(row[1])) for row in rows]


async def earned_for(db: AsyncConnection, ref: str, account: Account) -> int:
    """What an account got for a session or errand by now, minor units."""
    kind, owner, currency = account.key
    facts = {"ref": ref, "kind": kind, "owner": owner, "currency": currency}
    return int((await db.execute(_EARNED, facts)).scalar_one())


async def free_of(db: AsyncConnection, account: Account) -> int:
    """What may be debited as it stands now, minor units; of a frozen account nothing."""
    kind, owner, currency = account.key
    facts = {"kind": kind, "owner": owner, "currency": currency}
    return int((await db.execute(_FREE, facts)).scalar_one_or_none() or 0)


async def claims(db: AsyncConnection, most: int) -> list[tuple[Account, int]]:
    """Earnings of those who owe us and have earned, each with the version of the claim."""
    facts = {"earnings": AccountKind.EARNINGS.code, "claims": AccountKind.RECOURSE.code}
    rows = await db.execute(_CLAIMS, {**facts, "most": most})
    return [(Account(AccountKind.EARNINGS, r.owner, r.currency), r.version) for r in rows]
