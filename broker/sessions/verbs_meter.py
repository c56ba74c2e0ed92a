"""Start, pause, resume, hang up: where the session meets the meter.

Order of locks while the meter runs: the meter first, then the session, as in the metering loop.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker.sessions import journal, store
from broker.sessions.closing import end
from broker.sessions.errors import NotYours, PausedByOther, PauseForbidden, WrongState
from broker.sessions.session import (
    OVER,
    STARTED,
    Role,
    Session,
    State,
    Trigger,
    after,
    may,
    with_pressed,
)
from broker.sessions.verbs import tariff_sha256
from ledger import Account, AccountKind

CAUSE_ASKED = "asked"


async def press_start(db: AsyncConnection, number: str, role: Role, at: datetime) -> Session:
    """One side agrees to the terms; the second press arms and starts the meter: LIVE.

    Pressing again changes nothing. Raises: SessionUnknown, WrongState, InsufficientFunds (then
    nothing of this press may be committed).
    """
    found = await store.lock(db, number)
    if found.state in STARTED or (found.state is State.TOGETHER and role in found.pressed):
        return found
    pressed = with_pressed(found, role)
    news: list[tuple[str, Mapping[str, Any]]] = [("start_pressed", {"by": role})]
    if len(pressed.pressed) == 2:
        await _start_meter(db, pressed, at)
        pressed = replace(after(pressed, Trigger.START), started_at=at)
        body = {"payer": pressed.payer, "tariff_sha256": tariff_sha256(pressed.tariff)}
        news.append(("live", body))
    await store.save_session(db, pressed)
    await journal.write(db, number, news, at)
    return pressed


async def _start_meter(db: AsyncConnection, session: Session, at: datetime) -> None:
    if session.payer_party is None:
        raise NotYours(session.number, "client")
    currency = session.tariff.currency
    payer = Account(AccountKind.PREPAID, session.payer_party, currency)
    credit = Account(AccountKind.COMMISSION, "", currency)
    if session.payer == "client":
        credit = Account(AccountKind.ESCROW, session.number, currency)
    cap = session.spend_cap_minor
    await metering.arm(db, session.number, payer, credit, session.tariff, at, cap)
    await metering.start(db, session.number, at)


async def set_cap(
    db: AsyncConnection, number: str, role: Role, cap_minor: int | None, at: datetime
) -> Session:
    """What the session may cost its payer, who alone may say so; None: whatever it comes to.

    Raises: SessionUnknown, NotYours, WrongState, CapReached (metering's), BadCap (metering's).
    """
    found = await store.load(db, number)
    if found.payer != role:
        raise NotYours(number, role)
    if found.state in STARTED:
        await _meter(metering.set_cap(db, number, cap_minor, at))
    found = await store.lock(db, number)
    if found.state in OVER:
        raise WrongState(number, found.state.value, "cap")
    if found.spend_cap_minor == cap_minor:
        return found
    capped = replace(found, spend_cap_minor=cap_minor)
    await store.save_session(db, capped)
    await journal.write(db, number, [("cap", {"by": role, "limited": cap_minor is not None})], at)
    return capped


async def pause(db: AsyncConnection, number: str, by: Role, at: datetime) -> Session:
    """Stop the clock until the same side resumes. A second pause changes nothing.

    Raises: SessionUnknown, WrongState, PauseForbidden (the tariff does not let this side).
    """
    found = await store.load(db, number)
    _check_pausable(found)
    if found.paused_by is None:
        await _meter(metering.pause(db, number, CAUSE_ASKED, at, by))
    found = await store.lock(db, number)
    _check_pausable(found)
    if found.paused_by is not None:
        return found
    paused = replace(after(found, Trigger.PAUSE, CAUSE_ASKED), paused_at=at, paused_by=by)
    await store.save_session(db, paused)
    await journal.write(
        db, number, [("paused", {"cause": CAUSE_ASKED, "by": by, "since": None})], at
    )
    return paused


async def _meter(verb: Awaitable[object]) -> None:
    """The meter's refusals are ours; the loop may have stopped it a moment ago."""
    try:
        await verb
    except metering.WrongState as refused:
        raise WrongState(refused.session, refused.state, refused.wanted) from refused
    except metering.PauseForbidden as refused:
        raise PauseForbidden(refused.session, refused.by, refused.allowed) from refused


def _check_pausable(found: Session) -> None:
    if not may(found.state, Trigger.PAUSE):
        raise WrongState(found.number, found.state.value, "pause")


async def resume(db: AsyncConnection, number: str, by: Role, at: datetime) -> Session:
    """Take back one's own pause. A pause for missing media ends by itself.

    Raises: SessionUnknown, WrongState, PausedByOther.
    """
    found = await store.load(db, number)
    if not _is_own_pause(found, by):
        return found
    await _meter(metering.resume(db, number, at))
    found = await store.lock(db, number)
    if not _is_own_pause(found, by):
        return found
    resumed = await back_to_life(db, found)
    await store.save_session(db, resumed)
    await journal.write(db, number, [("resumed", {"cause": CAUSE_ASKED, "by": by})], at)
    return resumed


def _is_own_pause(found: Session, by: Role) -> bool:
    """False when there is nothing to take back. Raises: WrongState, PausedByOther."""
    if found.state not in STARTED:
        raise WrongState(found.number, found.state.value, "resume")
    if found.state is not State.PAUSED or found.paused_by is None:
        return False
    if found.paused_by != by:
        raise PausedByOther(found.number, found.paused_by)
    return True


async def back_to_life(db: AsyncConnection, found: Session) -> Session:
    """LIVE again, or FINAL when the money had run out before the pause."""
    resumed = replace(after(found, Trigger.RESUME), paused_at=None, paused_by=None)
    meter = await metering.load(db, found.number)
    if meter.state.value == "final":
        return after(resumed, Trigger.FUNDS_OUT, "funds")
    return resumed


async def hang_up(
    db: AsyncConnection, number: str, by: Role | None, cause: str, at: datetime
) -> Session:
    """End the session; `by` None is the server. Over already: nothing changes.

    Before both were there the host calls it off: CANCELLED; the client cannot. After that ENDED,
    and SETTLED at once when the host pays or nothing was charged. Raises: SessionUnknown,
    WrongState.
    """
    before = await store.load(db, number)
    events: list[metering.Event] = []
    if before.state in STARTED:
        events = await metering.stop(db, number, cause, at)
    found = await store.lock(db, number)
    if found.state in OVER:
        return found
    if may(found.state, Trigger.CANCEL):
        return await _cancel(db, found, by, cause, at)
    if found.state in STARTED and before.state not in STARTED:
        events = await metering.stop(db, number, cause, at)  # started since we looked
    clock_s = next((e.clock_s for e in events if isinstance(e, metering.MeterStopped)), None)
    return await end(db, found, by, cause, clock_s, at)


async def _cancel(
    db: AsyncConnection, found: Session, by: Role | None, cause: str, at: datetime
) -> Session:
    if by == "client":
        raise WrongState(found.number, found.state.value, "end")
    cancelled = replace(after(found, Trigger.CANCEL, cause), ended_at=at, ended_by=by)
    await store.save_session(db, cancelled)
    await journal.write(db, found.number, [("cancelled", {"cause": cause, "by": by})], at)
    return cancelled
