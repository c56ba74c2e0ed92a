"""What can be done with a session's meter. Every verb works in the caller's transaction.

`at` is aware UTC. A second is counted whole: a start or resume permits seconds that begin at or
after it, a pause or stop forbids those that end after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, InsufficientFunds, Money, balance, lock_accounts, promo
from metering import store
from metering.ahead import ended, overdue
from metering.allowances import lasting_s
from metering.around import Around
from metering.charging import (
    hold_increment,
    hold_parts,
    outlook,
    purses_left,
    void_parts,
    walk_all,
)
from metering.clock import second_begun, second_to_come
from metering.errors import CapReached, MeterConflict, PauseForbidden, UnknownMeter, WrongState
from metering.events import Event, MeterPaused, MeterResumed
from metering.means import Means
from metering.meter import (
    LIVE,
    NO_MEDIA,
    Meter,
    MeterState,
    absent,
    first_hold,
    paused,
    resumed,
    started,
    stopped,
)
from metering.receipts import Receipt, Sign
from metering.runs import runs_of
from metering.seconds import Shelf, first_after_seconds, give_back, shelf_of
from metering.tariffs import Tariff


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A charged increment as documents show it; `second` is the unix second it began with."""

    session: str
    n: int
    from_s: int
    to_s: int
    amount: Money
    total: Money
    second: int
    state: str
    cause: str
    receipt_hash: str


async def authorize(db: AsyncConnection, payer: Account, tariff: Tariff, at: datetime) -> int:
    """Whole minutes that the payer's free money and promo credit buy from now on.

    Raises: InsufficientFunds when they do not cover the connect fee and the first increment.
    """
    credit = await promo.credit_of(db, payer.owner, payer.currency, at)
    available = (await balance(db, payer)).available + credit.available
    second, meter = second_to_come(at), Meter("", tariff, payer, payer)
    shelf = await shelf_of(db, [meter], lock=False)
    needed, reach_s = first_hold(meter, second), shelf.reach_s(meter, at)
    if reach_s:
        needed = first_after_seconds(shelf, meter, second, at)
    if available.minor < needed:
        raise InsufficientFunds(payer, Money(needed, payer.currency), available)
    return lasting_s(tariff, available.minor, reach_s, second=second) // 60


async def arm(
    db: AsyncConnection,
    session: str,
    payer: Account,
    credit: Account,
    tariff: Tariff,
    at: datetime,
    cap_minor: int | None = None,
    member: str = "",
) -> Meter:
    """Freeze the terms. Asking again with the same terms changes nothing.

    `cap_minor` is what the payer lets the session cost at first (`set_cap` moves it); `member` is
    who spends for the payer, "" where it is the payer. Raises: MeterConflict when the terms differ.
    """
    found = await store.load_meters(db, [session], lock=True)
    if found:
        terms = (found[0].payer, found[0].credit, found[0].tariff, found[0].means.member)
        if terms != (payer, credit, tariff, member):
            raise MeterConflict(session)
        return found[0]
    meter = Meter(session, tariff, payer, credit, means=Means(cap_minor=cap_minor, member=member))
    await store.insert_meters(db, [meter], at)
    return meter


async def start(db: AsyncConnection, session: str, at: datetime) -> Meter:
    """Hold the first increment; seconds count from now on. Asking again changes nothing.

    Raises: UnknownMeter; InsufficientFunds; CapReached, if a cap is below the first increment;
    WrongState when the meter has stopped.
    """
    meter = await store.load_meter(db, session, lock=True)
    if meter.state in LIVE:
        return meter
    if meter.state is not MeterState.ARMED:
        raise WrongState(session, meter.state.value, "start")
    second = second_to_come(at)
    amount, payer = first_hold(meter, second), meter.payer
    shelf = await shelf_of(db, [meter])
    offered = await promo.purses_of(db, {payer}, at)
    await lock_accounts(db, {payer, *(purse.account for purse in offered.get(payer, ()))})
    around = Around(offered, shelf)
    meter, amount = await hold_increment(db, meter, second, amount, at, around)
    if await around.refuses(db, meter, amount, at):
        raise CapReached(amount)
    credit = await hold_parts(db, meter, amount, await purses_left(db, meter, at, offered), at)
    meter = started(meter, second, amount)._replace(held_credit=credit)
    meter = await outlook(db, meter, at, around)
    await store.save_meters(db, [meter], at, None)
    return await store.load_meter(db, session)


async def pause(
    db: AsyncConnection, session: str, cause: str, at: datetime, by: str = ""
) -> list[Event]:
    """The clock stands still; a paid increment keeps its rest. Again: nothing.

    `by` is the side that asks, empty for the house. Raises: UnknownMeter; WrongState before the
    start and after the stop; PauseForbidden where the tariff does not let that side.
    """
    meter = await _live(db, session, "pause")
    if by and not meter.tariff.may_pause(by):
        raise PauseForbidden(session, by, meter.tariff.pause_by)
    after = paused(meter, cause, second_begun(at))
    if after == meter:
        return []
    await store.save_meters(db, [after], at, None)
    return [MeterPaused(session, cause, second_begun(at))]


async def resume(db: AsyncConnection, session: str, at: datetime) -> list[Event]:
    """Seconds count again. A running meter stays as it is.

    Raises: UnknownMeter; WrongState before the start and after the stop.
    """
    meter = await _live(db, session, "resume")
    after = resumed(meter, second_to_come(at))
    if after == meter:
        return []
    await store.save_meters(db, [after], at, None)
    return [MeterResumed(session, second_to_come(at))]


async def observe(
    db: AsyncConnection,
    session: str,
    seconds: Sequence[int],
    at: datetime,
    sign: Sign | None = None,
) -> list[Event]:
    """Count witnessed unix seconds, in any order, in any portions, as often as they come.

    Raises: UnknownMeter.
    """
    meter = await store.load_meter(db, session, lock=True)
    walks = await walk_all(db, [(meter, runs_of(seconds))], at, sign)
    return walks[0].events


async def stop(db: AsyncConnection, session: str, cause: str, at: datetime) -> list[Event]:
    """For good: the hold goes back, what was begun stays paid. Again: nothing.

    Raises: UnknownMeter.
    """
    meter = await store.load_meter(db, session, lock=True)
    if meter.state is MeterState.STOPPED:
        return []
    return await _stop(db, meter, cause, second_begun(at), at, None)


async def tend(
    db: AsyncConnection,
    meter: Meter,
    at: datetime,
    fence: store.Epochs | None = None,
) -> list[Event]:
    """Do what silence has come to: pause for lack of media, stop after too long."""
    due = overdue(meter, second_begun(at))
    if due is None:
        return []
    if due != NO_MEDIA:
        return await _stop(db, meter, due, second_begun(at), at, fence)
    after = absent(meter)
    await store.save_meters(db, [after], at, fence)
    return [MeterPaused(meter.session, NO_MEDIA, after.seen_second)]


async def recover(
    db: AsyncConnection, at: datetime, fence: store.Epochs | None = None
) -> list[Event]:
    """After a restart: meters silent for too long stop at their last witnessed second."""
    events: list[Event] = []
    sessions = await store.live_sessions(db)
    for place in range(0, len(sessions), store.METERS_MAX):
        page = sessions[place : place + store.METERS_MAX]
        for meter in await store.load_meters(db, page, lock=True):
            events += await tend(db, meter, at, fence)
    return events


async def load(db: AsyncConnection, session: str) -> Meter:
    """The meter as it stands. Raises: UnknownMeter."""
    return await store.load_meter(db, session)


async def running(db: AsyncConnection) -> list[str]:
    """Sessions whose meter is running, paused or in its last increment."""
    return await store.live_sessions(db)


async def load_each(db: AsyncConnection, sessions: Sequence[str]) -> dict[str, Meter]:
    """Meters by session; sessions without one are left out."""
    return {meter.session: meter for meter in await store.load_meters(db, sessions)}


async def charges(db: AsyncConnection, session: str) -> list[ChargeLine]:
    """Every charged increment of a session, in order."""
    return (await charges_of_each(db, [session]))[session]


async def charges_of_each(
    db: AsyncConnection, sessions: Sequence[str]
) -> dict[str, list[ChargeLine]]:
    """The same of many sessions, by session."""
    found = await store.charge_rows_of(db, sessions)
    return {
        session: [_line_of(row) for row in found.get(session, []) if row.hash is not None]
        for session in sessions
    }


def _line_of(row: Row[Any]) -> ChargeLine:
    return ChargeLine(
        session=row.session,
        n=row.n,
        from_s=row.from_s,
        to_s=row.to_s,
        amount=Money(row.amount_minor, row.currency),
        total=Money(row.total_minor, row.currency),
        second=row.second,
        state=row.state,
        cause=row.cause,
        receipt_hash=row.hash,
    )


async def receipts(db: AsyncConnection, session: str) -> list[Receipt]:
    """The chain of a session, in order."""
    return store.receipts_of(await store.charge_rows(db, session))


async def segments(db: AsyncConnection, session: str) -> list[tuple[int, int]]:
    """Witnessed and counted time as half-open runs of unix seconds."""
    return await store.segment_rows(db, session)


async def _live(db: AsyncConnection, session: str, wanted: str) -> Meter:
    meter = await store.load_meter(db, session, lock=True)
    if meter.state not in LIVE:
        raise WrongState(session, meter.state.value, wanted)
    return meter


async def _stop(
    db: AsyncConnection,
    meter: Meter,
    cause: str,
    until: int,
    at: datetime,
    fence: store.Epochs | None,
) -> list[Event]:
    await void_parts(db, meter, at)
    await give_back(db, Shelf(), meter)
    after = stopped(meter, cause, until)
    await store.save_meters(db, [after], at, fence)
    return [ended(meter, cause, until)]


__all__ = [
    "ChargeLine",
    "UnknownMeter",
    "arm",
    "authorize",
    "charges",
    "load",
    "observe",
    "pause",
    "receipts",
    "recover",
    "resume",
    "running",
    "segments",
    "start",
    "stop",
    "tend",
]
