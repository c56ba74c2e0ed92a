"""News from the meter and from the relay: into the record, and into the state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
import relay
from broker.sessions import journal, store
from broker.sessions.closing import end
from broker.sessions.record import instant
from broker.sessions.session import OVER, STARTED, Session, State, Trigger, after, may
from broker.sessions.verbs_meter import back_to_life

News = metering.Event | relay.RelayEvent
_RELAY = (
    relay.LegConnected
    | relay.LegLost
    | relay.LegFailed
    | relay.SourceAdded
    | relay.SourceRemoved
    | relay.FirstPacket
    | relay.MediaStalled
    | relay.SecondWitnessed
    | relay.RecordingGap
    | relay.PictureHeld
    | relay.MinuteWitnessed
    | relay.OfferWanted
    | relay.RoomLost
    | relay.RoomMoved
    | relay.NodeSeen
)


async def record_events(db: AsyncConnection, events: Iterable[News], at: datetime) -> list[Session]:
    """Write what the meter and the relay saw; answers the sessions whose state changed.

    News of rooms that are no session, or of sessions that are over, is left out; but not what
    the end of a recording brings to light, which may be after the session's own.
    """
    of_session: dict[str, list[News]] = {}
    for event in events:
        number = event.room if isinstance(event, _RELAY) else event.session
        of_session.setdefault(number, []).append(event)
    found = await store.sessions_named(db, of_session, lock=True) if of_session else []
    open_ones = [session for session in found if session.state not in OVER]
    news = await _unknown(db, {one.number: of_session[one.number] for one in open_ones})
    tales = [_Tale(one, one, _until_it_stopped(news[one.number])) for one in open_ones]
    seen = {number: _seconds(own) for number, own in news.items()}
    facts = await journal.witness_all(
        db, {name: seconds for name, seconds in seen.items() if seconds}
    )
    for tale in tales:
        facts[tale.now.number] = facts.get(tale.now.number, []) + await tale.tell(db, at)
    for over in (session.number for session in found if session.state in OVER):
        facts[over] = [
            fact
            for event in of_session[over]
            if isinstance(event, relay.RecordingGap) and (fact := _seen(event)) is not None
        ]
    await store.save_sessions(db, [tale.now for tale in tales if tale.now != tale.before])
    await journal.write_all(db, facts, at)
    for tale in tales:
        if tale.events and isinstance(stop := tale.events[-1], metering.MeterStopped):
            tale.now = await end(db, tale.now, None, stop.cause, stop.clock_s, at)
    return [tale.now for tale in tales if tale.has_changed]


async def _unknown(
    db: AsyncConnection, news: Mapping[str, Sequence[News]]
) -> dict[str, list[News]]:
    """The news of locked sessions without records of minutes that are kept: those are told again
    when the answer to a commit is lost, or is still on its way while somebody else writes."""
    telling = [
        number
        for number, own in news.items()
        if any(isinstance(event, relay.MinuteWitnessed) for event in own)
    ]
    kept = await store.last_facts(db, telling, "minute_witnessed") if telling else {}
    records = {number: fact.body["record"] for number, fact in kept.items()}
    return {number: _beyond(own, records.get(number)) for number, own in news.items()}


def _beyond(events: Sequence[News], last: Mapping[str, Any] | None) -> list[News]:
    found = list[News]()
    for event in events:
        if isinstance(event, relay.MinuteWitnessed):
            body = event.body
            if last is not None and body["run"] == last["run"] and body["n"] <= last["n"]:
                continue
            last = body
        found.append(event)
    return found


def _seconds(events: Sequence[News]) -> list[relay.SecondWitnessed]:
    return [event for event in events if isinstance(event, relay.SecondWitnessed)]


def _until_it_stopped(events: Sequence[News]) -> list[News]:
    """What comes after the end of a session is no news of it."""
    stops = [n for n, event in enumerate(events) if isinstance(event, metering.MeterStopped)]
    return list(events[: stops[0] + 1] if stops else events)


_Fact = tuple[str, Mapping[str, Any]]


@dataclass(slots=True)
class _Tale:
    """One locked session while its news are told: how it was, how it is, what is told."""

    before: Session
    now: Session
    events: Sequence[News]

    @property
    def has_changed(self) -> bool:
        return (self.now.state, self.now.cause) != (self.before.state, self.before.cause)

    async def tell(self, db: AsyncConnection, at: datetime) -> list[_Fact]:
        """Take the session through its news; the facts for its record."""
        facts = []
        for event in self.events:
            after_it, fact = await _told(db, self.now, event, at)
            if fact is not None:
                self.now = after_it
                facts.append(fact)
        return facts


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
        case relay.MinuteWitnessed() if now.state not in STARTED:
            return now, None  # nobody pays for these
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
        case relay.MinuteWitnessed(body=body):
            told = {"record": body, "key": event.key, "signature": event.signature}
            return ("minute_witnessed", told)
        case relay.RecordingGap(until=until) if until is not None:
            body = {"from": instant(event.since), "to": instant(until), "reason": event.reason}
            return ("recording_gap", body)
        case _:
            return None


def _source(source: relay.Source) -> Mapping[str, Any]:
    return {"id": source.id, "owner": source.leg, "kind": source.kind}
