"""Frozen wallets: why, since when, and who lifted it. A wallet thaws with its last reason.

Frozen, it pays nothing: no minute, no refund, no automatic top-up; it still receives.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AccountKind
from ledger.cards import store
from ledger.cards.errors import NothingFrozen
from ledger.control import Actor, record
from ledger.freezing import freeze, thaw
from ledger.store import at_of, us_of


@dataclass(frozen=True, slots=True)
class Freeze:
    """`key` is "dispute:…", "warning:…" or whatever a person wrote."""

    party: str
    key: str
    currency: str
    why: str
    since: datetime


async def freeze_wallet(
    db: AsyncConnection, party: str, currency: str, key: str, why: str, actor: Actor, at: datetime
) -> bool:
    """False when it was frozen for this reason before, even if that was lifted since."""
    row = {"party": party, "key": key, "currency": currency, "why": why, "since_us": us_of(at)}
    if not await store.add(db, "freeze", row):
        return False
    await freeze(db, Account(AccountKind.PREPAID, party, currency))
    await record(db, actor, "wallet.frozen", f"party:{party}", why, at, key=key)
    return True


async def lift_freeze(
    db: AsyncConnection, party: str, key: str, actor: Actor, why: str, at: datetime
) -> bool:
    """Take one reason away; whether the wallet may be used again.

    Raises: NothingFrozen when it is not frozen for that reason.
    """
    where = {"party": party, "key": key}
    row = await store.first(db, "freeze", where, lock=True)
    if row is None or row.lifted_us is not None:
        raise NothingFrozen(party, key)
    await store.change(db, "freeze", where, {"lifted_us": us_of(at)})
    await record(db, actor, "wallet.reason_lifted", f"party:{party}", why, at, key=key)
    if any(one.currency == row.currency for one in await freezes_of(db, party)):
        return False
    await thaw(db, Account(AccountKind.PREPAID, party, row.currency))
    return True


async def freezes_of(db: AsyncConnection, party: str) -> list[Freeze]:
    """The reasons in force, oldest first."""
    found = await store.rows(db, "freeze", {"party": party}, ("since_us", "key"))
    return [
        Freeze(row.party, row.key, row.currency, row.why, at_of(row.since_us))
        for row in found
        if row.lifted_us is None
    ]


async def is_frozen(db: AsyncConnection, party: str, currency: str) -> bool:
    """Asked before a saved card is charged."""
    return any(one.currency == currency for one in await freezes_of(db, party))
