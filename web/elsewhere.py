"""What other nodes' meters do to sessions whose sockets and media are here.

A loop tells what its meters did to the sockets of its own process. Where several nodes share the
meters, a session may sit here and be counted elsewhere: so with each pulse what the database says
of it is compared with what was said before.
"""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import sessions
from broker.sessions import Session
from metering import SHARDS, Meter, shard_of
from web import wiring
from web.hub import Sight
from web.keys import DB, HUB, LOOP


async def others(app: web.Application, db: AsyncConnection) -> set[str]:
    """Other nodes that meter now; a file has one node only."""
    if db.dialect.name == "sqlite":
        return set()
    return await metering.other_owners(db, app[LOOP].owner)


def leads(app: web.Application) -> bool:
    """Whether this node does what only one node may: it owns the first shard."""
    lease = app[LOOP].lease
    return lease is not None and 0 in lease.epochs


async def look(app: web.Application) -> None:
    """Tell the sockets here what became of sessions that are metered elsewhere."""
    lease, hub = app[LOOP].lease, app[HUB]
    numbers, before = hub.sessions(), hub.sights
    if not numbers or (lease and len(lease.epochs) == SHARDS):
        before.clear()
        return
    async with app[DB].reading() as db:
        meters = await metering.load_each(db, numbers)
        ours = lease.epochs if lease else {}
        away = {n: meter for n, meter in meters.items() if shard_of(meter.payer) not in ours}
        found = await sessions.named(db, away)
    hub.sights = {one.number: _sight(one, away[one.number]) for one in found}
    for session in found:
        await _tell(app, session, before.get(session.number), hub.sights[session.number])


def _sight(session: Session, meter: Meter) -> Sight:
    return Sight((session.state.value, session.cause, session.paused_by), meter.warned)


async def _tell(app: web.Application, session: Session, before: Sight | None, now: Sight) -> None:
    if session.state in wiring.OVER:
        await wiring.part(app, session.number, session.ended_by)
        return
    if before is None or before.state != now.state:
        await wiring.tell_state(app, session.number)
    for minutes in sorted(set(now.warned) - set(before.warned)) if before else ():
        await wiring.tell_low(app, session.number, minutes)
