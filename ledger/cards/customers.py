"""The acquirer's name for a payer whose card may be kept: asked for when it is first needed.

`plan_customer`, commit, ask the acquirer without any transaction, `note_customer`: the key is
stored before the call, so that a payer has one name however often we crash.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards import store
from ledger.store import us_of


async def plan_customer(db: AsyncConnection, gateway: str, party: str, at: datetime) -> str:
    """The key to ask with. Again: the same key."""
    row = {"gateway": gateway, "party": party, "ref": None, "created_us": us_of(at)}
    await store.add(db, "customer", {**row, "idempotency_key": f"customer:{gateway}:{party}:1"})
    found = await store.first(db, "customer", {"gateway": gateway, "party": party})
    assert found is not None
    return str(found.idempotency_key)


async def note_customer(db: AsyncConnection, gateway: str, party: str, ref: str) -> str:
    """The name to use: the first that was noted stays."""
    await store.change(
        db, "customer", {"gateway": gateway, "party": party, "ref": None}, {"ref": ref}
    )
    return await customer_of(db, gateway, party) or ref


async def customer_of(db: AsyncConnection, gateway: str, party: str) -> str:
    """ "" when the acquirer was never asked, or has not answered."""
    found = await store.first(db, "customer", {"gateway": gateway, "party": party})
    return str(found.ref or "") if found else ""
