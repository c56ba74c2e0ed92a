"""News of the meter and the relay in the record and in the state."""

from datetime import datetime

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Session, State, journal
from ledger import Money
from metering import (
    FundsLow,
    MeterPaused,
    MeterResumed,
    MeterStarted,
    MeterStopped,
    MinuteCharged,
)
from relay import (
    LegConnected,
    LegLost,
    MediaStalled,
    MinuteWitnessed,
    Source,
    SourceAdded,
    SourceRemoved,
)
from tests.broker.builders import NOON, T0, TOKEN, after, go_live, guest, host_pays, second


async def live_session(db: AsyncConnection) -> Session:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    return await go_live(db, session.number)


async def told_since(db: AsyncConnection, number: str, kind: str = "live") -> list[object]:
    facts = await journal.facts(db, number)
    start = [fact.kind for fact in facts].index(kind) + 1
    return [(fact.kind, dict(fact.body)) for fact in facts[start:]]


async def test_media_that_stops_pauses_and_media_that_returns_resumes(
    db: AsyncConnection,
) -> None:
    session = await live_session(db)
    number = session.number
    silence = MeterPaused(number, "no_media", T0 + 20)
    (paused,) = await sessions.record_events(db, [silence], after(25))
    assert (paused.state, paused.cause, paused.paused_by) == (State.PAUSED, "no_media", None)
    assert await sessions.record_events(db, [silence], after(26)) == []
    assert await sessions.resume(db, number, "host", after(26)) == paused, "media must return"
    back = MeterResumed(number, T0 + 30)
    (live,) = await sessions.record_events(db, [back], after(31))
    assert live.state is State.LIVE
    assert await told_since(db, number) == [
        ("paused", {"cause": "no_media", "by": None, "since": T0 + 20}),
        ("resumed", {"cause": "media", "by": None}),
    ]


async def test_a_pause_by_hand_is_stronger_than_media(db: AsyncConnection) -> None:
    session = await live_session(db)
    number = session.number
    await sessions.record_events(db, [MeterPaused(number, "no_media", T0 + 5)], after(10))
    paused = await sessions.pause(db, number, "client", after(11))
    assert (paused.cause, paused.paused_by) == ("asked", "client")
    assert await sessions.record_events(db, [MeterResumed(number, T0 + 12)], after(13)) == []
    assert (await sessions.session(db, number)).state is State.PAUSED


async def test_a_meter_that_stopped_ends_the_session(db: AsyncConnection) -> None:
    session = await live_session(db)
    stop = MeterStopped(session.number, "absence", 0, T0 + 60)
    (ended,) = await sessions.record_events(db, [stop, stop], after(60))
    assert (ended.state, ended.cause, ended.ended_by) == (State.SETTLED, "absence", None)
    assert await sessions.record_events(db, [stop], after(61)) == []
    await sessions.hang_up(db, session.number, "host", "asked", after(62))
    assert [kind for kind, _ in await told_since(db, session.number)] == ["ended", "settled"]  # type: ignore[misc]


async def test_what_the_relay_saw_is_kept(db: AsyncConnection) -> None:
    session = await live_session(db)
    number = session.number
    screen = Source("s1", "client", "video", "1")
    changed = await sessions.record_events(
        db,
        [
            LegConnected(number, "client", "pub"),
            SourceAdded(number, screen),
            MediaStalled(number, "client", T0 + 8),
            SourceRemoved(number, screen),
            LegLost(number, "client", after(9)),
            MeterStarted(number, T0),
            FundsLow(number, 5),
            LegConnected("bench-room", "host", "pub"),
        ],
        after(10),
    )
    assert changed == []
    assert await told_since(db, number) == [
        ("leg_connected", {"leg": "client", "role": "pub"}),
        ("source_added", {"id": "s1", "owner": "client", "kind": "video"}),
        ("media_stalled", {"leg": "client", "since_second": T0 + 8}),
        ("source_removed", {"id": "s1", "owner": "client", "kind": "video"}),
        ("leg_lost", {"leg": "client", "last_packet_at": "2026-11-21T12:00:09.000000Z"}),
        ("warned", {"minutes_left": 5}),
    ]


async def test_presence_is_told_when_it_begins_and_ends_not_every_second(
    db: AsyncConnection,
) -> None:
    session = await live_session(db)
    number = session.number
    for n in range(10):
        await sessions.record_events(db, [second(number, T0 + n)], after(n + 1))
    await journal.witness(db, number, [second(number, T0 + 10, mutual=False)], after(12))
    assert await told_since(db, number) == [
        ("witnessed", {"from_s": T0, "to_s": None}),
        ("witnessed", {"from_s": T0, "to_s": T0 + 10}),
    ]
    presence = await journal.presence_of(db, number)
    assert (presence.mutual_s, presence.mutual) == (10, ((T0, T0 + 10),))
    again = [second(number, T0 + n) for n in (7, 3, 9)]
    assert await journal.witness(db, number, again, after(13)) == presence
    journal.verify_chain(await journal.facts(db, number))


async def statements(db: AsyncConnection, news: list[object], at: datetime) -> int:
    """How many statements it takes to write news down."""
    count = 0

    def heard(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(db.sync_connection, "before_cursor_execute", heard)
    try:
        await sessions.record_events(db, news, at)  # type: ignore[arg-type]
    finally:
        event.remove(db.sync_connection, "before_cursor_execute", heard)
    return count


def minute(number: str, n: int) -> MinuteCharged:
    total = Money(100 * n)
    return MinuteCharged(
        number, n, 60 * n - 60, 60 * n, Money(100), total, T0 + 60 * n, f"{n:02}" * 32
    )


def witnessed(number: str, run: str, n: int) -> MinuteWitnessed:
    return MinuteWitnessed(number, {"run": run, "n": n}, "00", "11")


async def test_a_minute_that_is_told_again_is_kept_once(db: AsyncConnection) -> None:
    """A commit whose answer was lost is told again, with what came meanwhile; a node that died
    begins another run."""
    number = (await live_session(db)).number
    first = [witnessed(number, "a", n) for n in (3, 4)]
    await sessions.record_events(db, first, after(120))
    again = [*first, witnessed(number, "a", 5), witnessed(number, "a", 5)]
    await sessions.record_events(db, again, after(180))
    await sessions.record_events(db, [witnessed(number, "b", 1)], after(240))
    records = [body["record"] for _, body in await told_since(db, number)]  # type: ignore[misc]
    assert [(one["run"], one["n"]) for one in records] == [("a", 3), ("a", 4), ("a", 5), ("b", 1)]


async def test_many_sessions_are_written_down_at_once(db: AsyncConnection) -> None:
    """Forty sessions take as many statements as two, and every chain stays one chain."""
    first, host = await host_pays(db, prepaid_minor=100_000)
    numbers = [first.number]
    for n in range(39):
        made, _ = await sessions.create(
            db, host.id, "one of many", "host-pays", 2000, NOON, f"{TOKEN}{n:02}"
        )
        numbers.append(made.number)
    few = await statements(db, [minute(number, 1) for number in numbers[:2]], after(60))
    news = [
        one
        for number in numbers
        for one in (second(number, T0), minute(number, 2), FundsLow(number, 5), minute(number, 3))
    ]
    many = await statements(db, news[::-1], after(180))
    assert (few, many) == (3, 5), "sessions, ends, facts; and of presence two"
    for number in numbers:
        facts = await journal.facts(db, number)
        journal.verify_chain(facts)
        kinds = [fact.kind for fact in facts][2 + (number in numbers[:2]) :]
        assert kinds == ["witnessed", "minute_charged", "warned", "minute_charged"]
        assert [fact.body.get("n") for fact in facts[-3:]] == [3, None, 2]


async def test_news_around_the_end_of_one_session_and_the_life_of_another(
    db: AsyncConnection,
) -> None:
    """What comes before the stop is told before the end, what comes after it is no news."""
    session = await live_session(db)
    number = session.number
    other, _ = await sessions.create(
        db, session.host, "another", "host-pays", 2000, NOON, f"{TOKEN}-other"
    )
    news = [
        minute(number, 1),
        minute(other.number, 1),
        MeterStopped(number, "funds", 60, T0 + 60),
        FundsLow(number, 1),
        minute(other.number, 2),
    ]
    (ended,) = await sessions.record_events(db, news, after(60))
    assert (ended.number, ended.state, ended.cause) == (number, State.SETTLED, "funds")
    told = [kind for kind, _ in await told_since(db, number)]  # type: ignore[misc]
    assert told == ["minute_charged", "ended", "settled"]
    facts = await journal.facts(db, other.number)
    journal.verify_chain(facts)
    assert [fact.kind for fact in facts][2:] == ["minute_charged", "minute_charged"]
