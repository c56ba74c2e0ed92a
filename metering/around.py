"""What payers have beside their wallets: credit, seconds, and the caps that stop them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store_caps
from metering.caps import bounds, room_in
from metering.credit import Offered
from metering.meter import Meter
from metering.seconds import Shelf


class Moving(Protocol):
    """A meter in this transaction: as its row says, and as it is by now."""

    @property
    def before(self) -> Meter: ...
    @property
    def meter(self) -> Meter: ...


@dataclass(slots=True)
class Around:
    """What the payers of some walks have beside their wallets: credit, seconds, caps."""

    offered: Offered
    shelf: Shelf = field(default_factory=Shelf)
    walks: Sequence[Moving] = ()

    async def room(self, db: AsyncConnection, meter: Meter, at: datetime) -> int | None:
        """What caps let this meter hold or charge now, beside what it holds; None: all."""
        means = meter.means
        own = None if means.cap_minor is None else means.cap_minor - meter.charged_minor
        return room_in([own, await self._member_room(db, meter, at)] if means.member else [own])

    async def _member_room(self, db: AsyncConnection, meter: Meter, at: datetime) -> int | None:
        """Rows say what was spent before this transaction; the walks say what was since."""
        payer, member = meter.payer, meter.means.member
        same = [w for w in self.walks if (w.meter.payer, w.meter.means.member) == (payer, member)]
        since = sum(w.meter.charged_minor - w.before.charged_minor for w in same)
        others = [w for w in same if w.meter.session != meter.session]
        since += sum(w.meter.held_minor or 0 for w in others)
        names = {meter.session, *(w.meter.session for w in others)}
        rooms: list[int | None] = []
        for cap in await store_caps.of_payer(db, payer, member):
            spent = await store_caps.spent(db, cap, *bounds(cap.period, cap.zone, at))
            spent += await store_caps.held(db, cap, names)
            rooms.append(cap.amount_minor - spent - since)
        return room_in(rooms)

    async def refuses(self, db: AsyncConnection, meter: Meter, amount: int, at: datetime) -> bool:
        """Whether a cap is in the way of that much for the next increment."""
        room = await self.room(db, meter, at) if amount else None
        return room is not None and amount > room
