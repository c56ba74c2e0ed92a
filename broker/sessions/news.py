"""News from the meter and from the relay: into the record, and into the state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
import relay
from broker.sessions import journal, store
from broker.sessions.closing import end
from broker.sessions.record import instant
from broker.sessions.session import OVER, Session, State, Trigger, after, may
from broker.sessions.verbs_meter import back_to_life

News = metering.Event | relay.RelayEvent
_RELAY = (
    relay.LegConnected
    | relay.LegLost
    | relay.SourceAdded
    | relay.SourceRemoved
    | relay.FirstPacket
    | relay.MediaStalled
    | relay.SecondWitnessed
)


async def record_events(db: AsyncConnection, events: Iterable[News], at: datetime) -> list[Session]:
    """Write what the meter and the relay saw; answers the sessions whose state changed.

    News of rooms that are no session, or of sessions that are over, is left out.
    """
    of_session: dict[str, list[News]] = {}
    for event in events:
        number = event.room if isinstance(event, _RELAY) else event.session
        of_session.setdefault(number, []).append(event)
    changed = []
    for number in sorted(of_session):
        before = await store.find_session(db, number, lock=True)
        if before is None or before.state in OVER:
            continue
        now = await _record(db, before, of_session[number], at)
        if now.state is not before.state or now.cause != before.cause:
            changed.append(now)
    return changed


async def _record(
    db: AsyncConnection, found: Session, events: Sequence[News], at: datetime
) -> Session:
    seconds = [event for event in events if isinstance(event, relay.SecondWitnessed)]
    if seconds:
        await journal.witness(db, found.number, seconds, at)
    now = found
    for event in events:
        if isinstance(event, metering.MeterStopped):
            return await end(db, now, None, event.cause, event.clock_s, at)
        now, fact = await _told(db, now, event, at)
        if fact is not None:
            await store.save_session(db, now)
            await journal.write(db, now.number, [fact], at)
    return now


_Fact = tuple[str, Mapping[str, Any]]


async def _told(
    db: AsyncConnection, now: Session, event: News, at: datetime
) -> tuple[Session, _Fact | None]:
    """The session after one piece of news, and its fact; None when it is no news."""
    match event:
        case metering.MinuteCharged():
            return now, ("minute_charged", _charged(event))
        case metering.FundsLow():
            return now, ("warned", {"minutes_left": event.minutes_left})
        case metering.FundsExhausted():
            if may(now.state, Trigger.FUNDS_OUT):
                now = after(now, Trigger.FUNDS_OUT, event.cause)
            return now, ("funds_out", {"ends_in_s": event.ends_in_s, "cause": event.cause})
        case metering.FundsBack():
            if may(now.state, Trigger.FUNDS_BACK):
                now = after(now, Trigger.FUNDS_BACK)
            return now, ("funds_back", {})
        case metering.MeterPaused():
            return _paused(now, event, at)
        case metering.MeterResumed():
            if now.state is not State.PAUSED or now.paused_by is not None:
                return now, None
            now = await back_to_life(db, now)
            return now, ("resumed", {"cause": "media", "by": None})
        case _:
            return now, _seen(event)


def _paused(
    now: Session, event: metering.MeterPaused, at: datetime
) -> tuple[Session, _Fact | None]:
    if now.state is State.PAUSED or not may(now.state, Trigger.PAUSE):
        return now, None
    paused = replace(after(now, Trigger.PAUSE, event.cause), paused_at=at, paused_by=None)
    return paused, ("paused", {"cause": event.cause, "by": None, "since": event.since_second})


def _charged(event: metering.MinuteCharged) -> Mapping[str, Any]:
    return {
        "n": event.n,
        "from_s": event.from_s,
        "to_s": event.to_s,
        "amount_minor": event.amount.minor,
        "total_minor": event.total.minor,
        "currency": event.amount.currency,
        "second": event.second,
        "receipt": event.receipt_hash,
    }


def _seen(event: News) -> _Fact | None:
    """The relay's facts that are kept one by one."""
    match event:
        case relay.LegConnected():
            return ("leg_connected", {"leg": event.leg, "role": event.role})
        case relay.LegLost():
            body = {"leg": event.leg, "last_packet_at": instant(event.last_packet_at)}
            return ("leg_lost", body)
        case relay.SourceAdded():
            return ("source_added", _source(event.source))
        case relay.SourceRemoved():
            return ("source_removed", _source(event.source))
        case relay.MediaStalled():
            return ("media_stalled", {"leg": event.leg, "since_second": event.since_second})
        case _:
            return None


def _source(source: relay.Source) -> Mapping[str, Any]:
    return {"id": source.id, "owner": source.leg, "kind": source.kind}
