"""Caps: set by the payer on a session, by a firm on what a member spends in a period."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, promo
from metering import store, store_caps
from metering.around import Around
from metering.caps import PERIODS, Cap, bounds
from metering.charging import outlook, void_parts
from metering.errors import BadCap, CapReached, WrongState
from metering.meter import LIVE, Meter, MeterState
from metering.schedule import MONEY_MAX
from metering.seconds import Shelf, give_back, shelf_of


async def set_cap(db: AsyncConnection, session: str, cap_minor: int | None, at: datetime) -> Meter:
    """The session may cost so much in all, None: whatever it comes to. Raised in its last
    increment it goes on; what is held beyond a lowered cap goes back.

    Raises: UnknownMeter; WrongState after the stop; BadCap; CapReached, if the first increment is
    set aside and costs more.
    """
    if cap_minor is not None and not 0 <= cap_minor <= MONEY_MAX:
        raise BadCap("must be a whole number of minor units, not below zero")
    meter = await store.load_meter(db, session, lock=True)
    if meter.state is MeterState.STOPPED:
        raise WrongState(session, meter.state.value, "set a cap")
    after = meter._replace(means=replace(meter.means, cap_minor=cap_minor))
    if after == meter:
        return meter
    if meter.state in LIVE:
        after = await _within(db, after, at)
    await store.save_meters(db, [after], at, None)
    return await store.load_meter(db, session)


async def _within(db: AsyncConnection, meter: Meter, at: datetime) -> Meter:
    cap, held = meter.means.cap_minor, meter.held_minor or 0
    if cap is not None and held and meter.charged_minor + held > cap:
        if not meter.ticks:
            raise CapReached(held)
        await void_parts(db, meter, at)
        meter = await give_back(db, Shelf(), meter)
        means = replace(meter.means, again=meter.means.again + 1)
        meter = meter._replace(held_minor=None, held_credit=(), means=means)
    shelf = await shelf_of(db, [meter], lock=False)
    offered = await promo.purses_of(db, {meter.payer}, at)
    return await outlook(db, meter, at, Around(offered, shelf))


async def cap_member(
    db: AsyncConnection,
    payer: Account,
    member: str,
    period: str,
    amount_minor: int | None,
    zone: str,
    at: datetime,
) -> None:
    """`member` may spend so much of the payer's money in each `day`, `week` or `month` of the
    zone; None takes the cap away. In force from the next hold on. Raises: BadCap.
    """
    if period not in PERIODS:
        raise BadCap(f"the period must be one of {', '.join(PERIODS)}")
    if not member:
        raise BadCap("names nobody")
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError) as error:
        raise BadCap("the time zone is none that we know") from error
    if amount_minor is None:
        await store_caps.drop(db, payer, member, period)
        return
    if not 0 <= amount_minor <= MONEY_MAX:
        raise BadCap("must be a whole number of minor units, not below zero")
    await store_caps.put(db, Cap(payer, member, period, amount_minor, zone), at)


async def member_caps(db: AsyncConnection, payer: Account, at: datetime) -> list[tuple[Cap, int]]:
    """A payer's caps in force, each with what was charged in the period that `at` lies in."""
    found = await store_caps.of_payer(db, payer)
    return [
        (cap, await store_caps.spent(db, cap, *bounds(cap.period, cap.zone, at))) for cap in found
    ]
