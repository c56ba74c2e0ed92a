"""Rows ↔ grants and purses."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AccountKind
from ledger.credit import Purse, purse_of
from ledger.driver import fetch, text_column
from ledger.money import Money
from ledger.promo import schema
from ledger.promo.grants import Grant
from ledger.store import at_of, insert_new, is_postgresql, us_of

_FREE = (
    "SELECT g.id, g.party, g.currency, g.expires_us, a.balance - a.held AS free"
    " FROM ledger_promo_grant g"
    " JOIN ledger_account a ON a.kind = {} AND a.owner = g.id AND a.currency = g.currency"
    " WHERE g.party {} AND g.expires_us > {} AND a.status = 'open'"
    " AND a.balance - a.held > 0 ORDER BY g.expires_us, g.id"
)
_ALIVE = text(_FREE.format(":kind", "IN :parties", ":now")).bindparams(
    bindparam("parties", expanding=True)
)
# Asked for with every batch of minutes: one text however many they are, so that it is planned once.
_ALIVE_PG = _FREE.format("$1", "= ANY($2::text::text[])", "$3")
_DUE = text(
    "SELECT a.owner, a.currency FROM ledger_account a JOIN ledger_promo_grant g ON g.id = a.owner"
    " WHERE a.kind = :kind AND a.balance - a.held > 0 AND g.expires_us <= :now"
    " ORDER BY a.id LIMIT :most"
)


async def add(db: AsyncConnection, grant: Grant) -> bool:
    """False when the campaign has granted to this party before."""
    row = {
        "id": grant.id,
        "campaign": grant.campaign,
        "party": grant.party,
        "amount": grant.amount.minor,
        "currency": grant.amount.currency,
        "granted_us": us_of(grant.granted_at),
        "expires_us": us_of(grant.expires_at),
    }
    written = await db.execute(insert_new(db, schema.grant).values(row))
    return bool(written.rowcount == 1)


async def by_id(db: AsyncConnection, id: str) -> Grant | None:
    row = (await db.execute(select(schema.grant).where(schema.grant.c.id == id))).first()
    return _grant(row) if row else None


async def of_party(db: AsyncConnection, party: str) -> list[Grant]:
    table = schema.grant
    query = select(table).where(table.c.party == party).order_by(table.c.expires_us, table.c.id)
    return [_grant(row) for row in await db.execute(query)]


async def purses(
    db: AsyncConnection, parties: Sequence[str], at: datetime
) -> dict[tuple[str, str], list[Purse]]:
    """By party and currency; who has none is left out."""
    kind, now = AccountKind.PROMO.code, us_of(at)
    rows: Iterable[Sequence[Any]]
    if is_postgresql(db):
        rows = await fetch(db, _ALIVE_PG, kind, text_column(parties), now)
    else:
        rows = await db.execute(_ALIVE, {"kind": kind, "parties": parties, "now": now})
    found: dict[tuple[str, str], list[Purse]] = {}
    for id, party, currency, expires_us, free in rows:
        purse = Purse(purse_of(id, currency), Money(free, currency), at_of(expires_us))
        found.setdefault((party, currency), []).append(purse)
    return found


_SUMS = text(
    "SELECT CASE WHEN g.expires_us > :now THEN a.balance ELSE a.held END AS posted, a.held"
    " FROM ledger_promo_grant g"
    " JOIN ledger_account a ON a.kind = :kind AND a.owner = g.id AND a.currency = g.currency"
    " WHERE g.party = :party AND g.currency = :currency AND a.status = 'open'"
)


async def sums(db: AsyncConnection, party: str, currency: str, at: datetime) -> tuple[int, int]:
    """On a party's purses, and held of that; after its day a purse has only what is held."""
    facts = {"kind": AccountKind.PROMO.code, "party": party, "currency": currency}
    rows = (await db.execute(_SUMS, {**facts, "now": us_of(at)})).all()
    return sum(row.posted for row in rows), sum(row.held for row in rows)


async def due(db: AsyncConnection, at: datetime, most: int) -> Sequence[Account]:
    """Purses with something left after their day."""
    facts = {"kind": AccountKind.PROMO.code, "now": us_of(at), "most": most}
    return [purse_of(row.owner, row.currency) for row in await db.execute(_DUE, facts)]


def _grant(row: Row[Any]) -> Grant:
    amount = Money(row.amount, row.currency)
    return Grant(row.campaign, row.party, amount, at_of(row.granted_us), at_of(row.expires_us))
