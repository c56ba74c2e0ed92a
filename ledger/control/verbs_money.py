"""What every movement across the border asks first: is it open, is it your rail, is it too much."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import store
from ledger.control.actors import Actor
from ledger.control.errors import WrongRail
from ledger.control.rails import rail_of
from ledger.control.switches import Switch
from ledger.control.trail import Fact
from ledger.control.verbs import record, require_open, require_top_up
from ledger.control.verbs_approvals import require_rail
from ledger.money import Money


async def admit_top_up(
    db: AsyncConnection,
    party: str,
    gateway: str,
    amount: Money,
    at: datetime,
    top_up_id: str,
) -> None:
    """May a party begin a top-up at an acquirer? Asked in the transaction that plans it.

    Raises: SwitchedOff, WrongRail, OverLimit.
    """
    await require_open(db, Switch.TOP_UPS)
    await require_gateway(db, party, gateway)
    await require_top_up(db, party, amount, at, top_up_id)


async def require_gateway(db: AsyncConnection, party: str, gateway: str) -> None:
    """The rail on which the acquirer works is the party's. Raises: WrongRail."""
    rail = rail_of(gateway)
    if rail is None:
        found = await store.residence_of(db, party)
        raise WrongRail(party, gateway, found.country if found else "")
    await require_rail(db, party, rail)


async def record_once(
    db: AsyncConnection,
    actor: Actor,
    action: str,
    subject: str,
    why: str,
    at: datetime,
    **facts: Fact,
) -> None:
    """`record`, unless the same action of the same subject is on record: for what may be repeated
    after a crash and is done once."""
    await store.lock_head(db)
    if not await store.rows(db, subject, action, None, None, None, None, 1):
        await record(db, actor, action, subject, why, at, **facts)
