"""Two things at once, in transactions that really commit."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import metering
from broker import sessions
from broker.sessions import Session, State, errors, journal
from relay import MinuteWitnessed
from tests.broker.builders import (
    NOON,
    TOKEN,
    after,
    both_in,
    go_live,
    guest,
    host_pays,
    person,
    talk_for,
)

Work = Callable[[AsyncConnection], Awaitable[object]]


async def commit(engine: AsyncEngine, work: Work) -> object:
    async with engine.begin() as db:
        return await work(db)


async def at_once(engine: AsyncEngine, *works: Work) -> list[object]:
    """Each in a transaction of its own, all begun together; errors come back as values."""
    return await asyncio.gather(*(commit(engine, one) for one in works), return_exceptions=True)


async def joined(engine: AsyncEngine) -> Session:
    async with engine.begin() as db:
        session, _ = await host_pays(db)
        return await sessions.join(db, TOKEN, await guest(db, session), NOON)


async def test_two_guests_race_for_one_place(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        session, _ = await host_pays(db)
        guests = [await guest(db, session, f"Гость {n}") for n in range(4)]

    def joining(n: int) -> Work:
        return lambda db: sessions.join(db, TOKEN, guests[n], NOON)

    answers = await at_once(fresh_engine, *(joining(n) for n in range(4)))
    assert sum(isinstance(one, Session) for one in answers) == 1
    assert sum(isinstance(one, errors.PlaceTaken) for one in answers) == 3
    async with fresh_engine.begin() as db:
        (invite,) = await sessions.invites_of(db, session.number)
        assert invite.uses == 1


async def test_both_press_start_in_the_same_moment(fresh_engine: AsyncEngine) -> None:
    session = await joined(fresh_engine)
    async with fresh_engine.begin() as db:
        await both_in(db, session.number)
    answers = await at_once(
        fresh_engine,
        lambda db: sessions.press_start(db, session.number, "host", NOON),
        lambda db: sessions.press_start(db, session.number, "client", NOON),
        lambda db: sessions.press_start(db, session.number, "host", NOON),
    )
    assert not [one for one in answers if isinstance(one, BaseException)]
    async with fresh_engine.begin() as db:
        found = await sessions.session(db, session.number)
        assert (found.state, found.pressed) == (State.LIVE, ("host", "client"))
        kinds = [fact.kind for fact in await journal.facts(db, session.number)]
        assert (kinds.count("start_pressed"), kinds.count("live")) == (2, 1)


async def test_a_minute_that_two_write_at_once_is_kept_once(fresh_engine: AsyncEngine) -> None:
    """The clerk and the end of a session have the same record in hand."""
    number = (await joined(fresh_engine)).number
    async with fresh_engine.begin() as db:
        await go_live(db, number)
    seen = MinuteWitnessed(number, {"run": "a", "n": 1}, "00", "11")
    answers = await at_once(
        fresh_engine, *[lambda db: sessions.record_events(db, [seen], after(60))] * 3
    )
    assert answers == [[], [], []]
    async with fresh_engine.begin() as db:
        kinds = [fact.kind for fact in await journal.facts(db, number)]
    assert kinds.count("minute_witnessed") == 1


async def test_the_record_is_whole_after_many_writers(fresh_engine: AsyncEngine) -> None:
    session = await joined(fresh_engine)

    def line(n: int) -> Work:
        role: sessions.Role = "host" if n % 2 else "client"
        return lambda db: sessions.chat(db, session.number, role, f"m{n}", f"Строка {n}", after(n))

    answers = await at_once(fresh_engine, *(line(n) for n in range(12)))
    assert not [one for one in answers if isinstance(one, BaseException)]
    async with fresh_engine.begin() as db:
        facts = await journal.facts(db, session.number)
        journal.verify_chain(facts)
        assert [fact.kind for fact in facts].count("chat") == 12
        assert len(await sessions.messages(db, session.number)) == 12


async def test_hang_up_meets_the_meter(fresh_engine: AsyncEngine) -> None:
    """Both sides hang up while the loop charges: one end, and the money agrees."""
    session = await joined(fresh_engine)
    async with fresh_engine.begin() as db:
        await go_live(db, session.number)
    answers = await at_once(
        fresh_engine,
        lambda db: talk_for(db, session.number, 90),
        lambda db: sessions.hang_up(db, session.number, "host", "asked", after(90)),
        lambda db: sessions.hang_up(db, session.number, "client", "asked", after(90)),
    )
    assert not [one for one in answers if isinstance(one, BaseException)]
    async with fresh_engine.begin() as db:
        ended = await sessions.session(db, session.number)
        assert ended.state is State.SETTLED
        meter = await metering.load(db, session.number)
        assert ended.sums is not None
        assert (ended.sums.total_minor, ended.clock_s) == (meter.charged_minor, meter.clock_s)
        facts = await journal.facts(db, session.number)
        journal.verify_chain(facts)
        assert [fact.kind for fact in facts].count("ended") == 1


async def test_hang_up_meets_the_start(fresh_engine: AsyncEngine) -> None:
    """Whoever is first: no meter runs in a session that is over."""
    session = await joined(fresh_engine)
    async with fresh_engine.begin() as db:
        await both_in(db, session.number)
        await sessions.press_start(db, session.number, "host", NOON)
    await at_once(
        fresh_engine,
        lambda db: sessions.press_start(db, session.number, "client", NOON),
        lambda db: sessions.hang_up(db, session.number, "host", "asked", after(1)),
    )
    async with fresh_engine.begin() as db:
        assert (await sessions.session(db, session.number)).state is State.SETTLED
        assert await metering.running(db) == []


async def test_numbers_have_no_gaps_and_no_twins(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        host = await person(db, "Ivan", 10_000)

    def creating(n: int) -> Work:
        token = f"{n}" * 27
        return lambda db: sessions.create(db, host.id, "Тема", "host-pays", 2000, NOON, token)

    answers = await at_once(fresh_engine, *(creating(n) for n in range(6)))
    assert not [one for one in answers if isinstance(one, BaseException)]
    async with fresh_engine.begin() as db:
        found = await sessions.of_party(db, host.id)
    assert [one.number for one in found] == [f"S-2026-{n:06d}" for n in range(6, 0, -1)]
