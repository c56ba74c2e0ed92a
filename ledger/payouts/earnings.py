"""What the ledger's own tables say about a payee's earnings, and the rows of the reserve.

Reads entries and journals, writes neither: money moves by `post_many` only.
"""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.money import Money
from ledger.payouts.reserves import NOT_EARNED, Earning, Kept
from ledger.store import at_of, us_of

_ACCOUNT = (
    "(SELECT id FROM ledger_account WHERE kind = :kind AND owner = :party AND currency = :currency)"
)
_KIND = AccountKind.EARNINGS.code

# Journals about the same thing are taken together: what a ruling took back is not young any more.
_YOUNG = text(
    "SELECT coalesce(sum(net), 0) FROM (SELECT sum(e.amount) AS net FROM ledger_entry e"
    " JOIN ledger_journal j ON j.id = e.journal_id"
    f" WHERE e.account_id = {_ACCOUNT} AND j.recorded_us > :cutoff AND j.kind NOT IN :ours"
    " GROUP BY CASE WHEN j.ref = '' THEN j.scope || ':' || j.key ELSE j.ref END) AS by_ref"
    " WHERE net > 0"
).bindparams(bindparam("ours", expanding=True))
_YOUNG_KEPT = text(
    "SELECT coalesce(sum(kept - coalesce(released, 0)), 0) FROM ledger_payouts_reserve"
    " WHERE party = :party AND currency = :currency AND earned_us > :cutoff"
)


async def young(db: AsyncConnection, party: str, currency: str, cutoff: datetime) -> Money:
    """Earned after `cutoff` and still there, without what the reserve has taken of it."""
    facts = {"party": party, "currency": currency, "cutoff": us_of(cutoff)}
    asked = {**facts, "kind": _KIND, "ours": list(NOT_EARNED)}
    earned = int((await db.execute(_YOUNG, asked)).scalar_one())
    kept = int((await db.execute(_YOUNG_KEPT, facts)).scalar_one())
    return Money(max(0, earned - kept), currency)


_UNSWEPT = text(
    "SELECT a.owner, a.currency FROM ledger_account a LEFT JOIN ledger_payouts_swept s"
    " ON s.party = a.owner AND s.currency = a.currency"
    " WHERE a.kind = :kind AND a.version > coalesce(s.version, 0)"
    " ORDER BY a.owner, a.currency LIMIT :most"
)


async def unswept(db: AsyncConnection, limit: int) -> list[tuple[str, str]]:
    """Party and currency of earnings that moved since the reserve was kept."""
    rows = await db.execute(_UNSWEPT, {"kind": _KIND, "most": limit})
    return [(row[0], row[1]) for row in rows]


_FRESH = text(
    "SELECT e.version, e.amount, j.scope, j.key, j.kind, j.ref, j.recorded_us FROM ledger_entry e"
    " JOIN ledger_journal j ON j.id = e.journal_id"
    f" WHERE e.account_id = {_ACCOUNT} AND e.amount > 0 AND j.kind NOT IN :ours"
    " AND e.version > coalesce((SELECT version FROM ledger_payouts_swept"
    "   WHERE party = :party AND currency = :currency), 0) ORDER BY e.version LIMIT :most"
).bindparams(bindparam("ours", expanding=True))


async def fresh_earnings(
    db: AsyncConnection, party: str, currency: str, limit: int
) -> list[Earning]:
    """Credits from which nothing was kept yet, oldest first."""
    facts = {"kind": _KIND, "party": party, "currency": currency, "most": limit}
    return [
        Earning(
            journal=f"{row.scope}:{row.key}",
            ref=row.ref,
            amount=Money(row.amount, currency),
            at=at_of(row.recorded_us),
            version=row.version,
        )
        for row in await db.execute(_FRESH, {**facts, "ours": list(NOT_EARNED)})
    ]


_SWEPT = text(
    "INSERT INTO ledger_payouts_swept (party, currency, version)"
    " SELECT :party, :currency, coalesce(:version, a.version) FROM ledger_account a"
    " WHERE a.kind = :kind AND a.owner = :party AND a.currency = :currency"
    " ON CONFLICT (party, currency) DO UPDATE SET version = excluded.version"
)


async def mark_swept(
    db: AsyncConnection, party: str, currency: str, version: int | None = None
) -> None:
    """Everything up to an entry, by default up to the last one, has been looked at."""
    facts = {"kind": _KIND, "party": party, "currency": currency, "version": version}
    await db.execute(_SWEPT, facts)


_KEEP = text(
    "INSERT INTO ledger_payouts_reserve (party, journal, currency, ref, kept, earned_us,"
    " release_us) VALUES (:party, :journal, :currency, :ref, :kept, :earned_us, :release_us)"
)


async def add_kept(db: AsyncConnection, kept: Kept) -> None:
    row = {
        "party": kept.party,
        "journal": kept.journal,
        "currency": kept.amount.currency,
        "ref": kept.ref,
        "kept": kept.amount.minor,
        "earned_us": us_of(kept.earned_at),
        "release_us": us_of(kept.release_at),
    }
    await db.execute(_KEEP, row)


_DUE = text(
    "SELECT r.* FROM ledger_payouts_reserve r WHERE r.released IS NULL AND r.release_us <= :now"
    " AND NOT EXISTS (SELECT 1 FROM ledger_payouts_block b WHERE b.party = r.party"
    "   AND b.currency = r.currency AND b.ended_us IS NULL)"
    " ORDER BY r.party, r.currency, r.release_us, r.journal LIMIT :most"
)


async def due_reserves(db: AsyncConnection, at: datetime, limit: int) -> list[Kept]:
    """Kept long enough, of parties without a block; a party's together, oldest first."""
    rows = await db.execute(_DUE, {"now": us_of(at), "most": limit})
    return [
        Kept(
            party=row.party,
            journal=row.journal,
            ref=row.ref,
            amount=Money(row.kept, row.currency),
            earned_at=at_of(row.earned_us),
            release_at=at_of(row.release_us),
        )
        for row in rows
    ]


_OTHERS = text(
    "SELECT coalesce(sum(kept), 0) FROM ledger_payouts_reserve"
    " WHERE party = :party AND currency = :currency AND released IS NULL"
)


async def still_kept(db: AsyncConnection, party: str, currency: str) -> Money:
    """What should be on the party's RESERVE by the rows."""
    facts = {"party": party, "currency": currency}
    return Money(int((await db.execute(_OTHERS, facts)).scalar_one()), currency)


_RELEASED = text(
    "UPDATE ledger_payouts_reserve SET released = :released"
    " WHERE party = :party AND journal = :journal AND currency = :currency AND released IS NULL"
)


async def save_released(db: AsyncConnection, kept: Kept, amount: Money) -> bool:
    """False when another transaction has just released it."""
    facts = {
        "party": kept.party,
        "journal": kept.journal,
        "currency": kept.amount.currency,
        "released": amount.minor,
    }
    return bool((await db.execute(_RELEASED, facts)).rowcount == 1)


_PAYEES = text(
    "SELECT a.owner, a.currency FROM ledger_account a"
    " LEFT JOIN ledger_payouts_payee p ON p.party = a.owner"
    " WHERE a.kind = :kind AND a.balance > a.held AND (a.owner, a.currency) > (:party, :currency)"
    " AND (p.weekly IS NULL OR p.weekly)"
    " AND EXISTS (SELECT 1 FROM ledger_payouts_details d WHERE d.party = a.owner)"
    " AND NOT EXISTS (SELECT 1 FROM ledger_payouts_pay_out o WHERE o.party = a.owner"
    "   AND o.period = :period AND o.currency = a.currency)"
    " ORDER BY a.owner, a.currency LIMIT :most"
)


async def payees_of_period(
    db: AsyncConnection, period: str, after: tuple[str, str], limit: int
) -> list[tuple[str, str]]:
    """Party and currency of those with earnings who were not paid in this period yet."""
    facts = {"kind": _KIND, "party": after[0], "currency": after[1]}
    rows = await db.execute(_PAYEES, {**facts, "period": period, "most": limit})
    return [(row[0], row[1]) for row in rows]
