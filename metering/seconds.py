"""Seconds of allowances on behalf of meters: locked, held for the next increment, given back.

A `Shelf` is what the payers of some meters have, locked for this transaction. Grants are locked
after the meters and before the ledger's accounts, in the order of their ids.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store_allowances as store
from metering.allowances import Drawn, Grant, Pool, coverable_s, covered, draw, spare_of
from metering.meter import Meter
from metering.pricing import Cursor, Unit, next_unit


@dataclass(slots=True)
class Shelf:
    """Grants in the order of use, and what sessions have drawn on them so far."""

    grants: list[Grant] = field(default_factory=list)
    drawn: dict[str, list[Drawn]] = field(default_factory=dict)

    def pools(self, meter: Meter, at: datetime) -> list[Pool]:
        """What may pay for the meter's next increment by now, beside what it holds."""
        kind = meter.tariff.allowance
        drawn = [*self.drawn.get(meter.session, ()), *meter.means.held]
        return [
            Pool(one.id, one.step_s, one.left_s, spare_of(drawn, one.id))
            for one in self.grants
            if one.payer == meter.payer.owner
            and one.kind == kind
            and (one.expires_at is None or one.expires_at > at)
        ]

    def reach_s(self, meter: Meter, at: datetime) -> int:
        return sum(pool.reach_s for pool in self.pools(meter, at))

    def moved(self, grant: str, seconds: int) -> None:
        self.grants = [
            replace(one, left_s=one.left_s + seconds) if one.id == grant else one
            for one in self.grants
        ]


async def payers_with_seconds(
    db: AsyncConnection, meters: Iterable[Meter], at: datetime
) -> set[str]:
    """Owners of meters whose tariff lets allowances pay, and who have some."""
    payers = {meter.payer.owner for meter in meters if meter.tariff.allowance}
    return await store.payers_with(db, payers, at) if payers else set()


async def shelf_of(db: AsyncConnection, meters: Iterable[Meter], lock: bool = True) -> Shelf:
    """The grants that these meters may draw on; empty, without a question, where none may."""
    able = [meter for meter in meters if meter.tariff.allowance]
    if not able:
        return Shelf()
    sessions = [meter.session for meter in able]
    uses = await store.uses_of(db, sessions)
    drawn = {s: [one for each in n.values() for one in each] for s, n in uses.items()}
    begun = {one.grant for each in drawn.values() for one in each}
    payers = {meter.payer.owner for meter in able}
    return Shelf(await store.open_to(db, payers, begun, lock), drawn)


def next_of(meter: Meter, second: int) -> tuple[Unit, Cursor] | None:
    """The next increment without allowances, if it begins with a unix second."""
    start = second if meter.first_second is None else meter.first_second
    return next_unit(meter.tariff, meter.cursor, second, start)


def paid_in_seconds(meter: Meter, second: int) -> tuple[Unit, Cursor] | None:
    """The next increment when what is held for it pays its part."""
    priced = next_of(meter, second)
    if priced is None or not meter.means.held:
        return priced
    start = second if meter.first_second is None else meter.first_second
    return covered(meter.tariff, meter.cursor, *priced, start, meter.means.held_s)


async def hold_seconds(
    db: AsyncConnection, shelf: Shelf, meter: Meter, second: int, at: datetime
) -> Meter:
    """Hold what allowances pay of the increment that begins about a unix second; what is held
    already stays held if it fits, and goes back if the increment is another one by now."""
    priced = next_of(meter, second)
    if priced is None or not meter.tariff.allowance:
        return meter
    start = second if meter.first_second is None else meter.first_second
    wanted_s = coverable_s(meter.tariff, meter.cursor, *priced, start)
    if meter.means.held:
        if meter.means.held_s <= wanted_s:
            return meter
        meter = await give_back(db, shelf, meter)
    drawn = draw(shelf.pools(meter, at), wanted_s)
    await _take(db, shelf, drawn, -1)
    return meter._replace(means=meter.means.with_held(drawn))


def first_after_seconds(shelf: Shelf, meter: Meter, second: int, at: datetime) -> int:
    """What money must hold for the first increment if it begins about a unix second."""
    priced = next_of(meter, second)
    if priced is None:
        return 0
    wanted_s = coverable_s(meter.tariff, meter.cursor, *priced, second)
    drawn = draw(shelf.pools(meter, at), wanted_s)
    covers = meter._replace(means=meter.means.with_held(drawn))
    paid = paid_in_seconds(covers, second)
    return paid[0].price_minor if paid else 0


async def give_back(db: AsyncConnection, shelf: Shelf, meter: Meter) -> Meter:
    """What is held for the next increment goes back to its grants."""
    if not meter.means.held:
        return meter
    await _take(db, shelf, meter.means.held, 1)
    return meter._replace(means=meter.means.with_held(()))


async def _take(db: AsyncConnection, shelf: Shelf, drawn: Iterable[Drawn], sign: int) -> None:
    for one in drawn:
        if one.taken_s:
            await store.move(db, one.grant, sign * one.taken_s)
            shelf.moved(one.grant, sign * one.taken_s)


def used(shelf: Shelf, meter: Meter, n: int) -> list[tuple[str, int, Drawn]]:
    """What is held has paid increment n."""
    shelf.drawn.setdefault(meter.session, []).extend(meter.means.held)
    return [(meter.session, n, one) for one in meter.means.held]
