"""A side asks for arbitration, the other answers, a curator rules: once each, all on record."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import notices, sessions
from broker.sessions import Session, errors, journal
from ledger import Outcome
from tests.broker.builders import after, client_pays, go_live, host_pays, talk_for

TOLD = {"ru": "22 ноября, 12:00", "en": "22 November, 12:00"}


async def decided(db: AsyncConnection, outcome: Outcome = Outcome.UNRESOLVED) -> Session:
    """Three minutes between Ivan and Anna, with Anna's word of the outcome at second 200."""
    session, _, _ = await client_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 150)
    await sessions.hang_up(db, session.number, "host", "asked", after(150))
    return await sessions.decide(db, session.number, outcome, "Отчёт пустой", after(200))


async def test_asked_answered_ruled(db: AsyncConnection) -> None:
    number = (await decided(db)).number
    assert await sessions.dispute_of(db, number) is None
    asked = await sessions.dispute(db, number, "host", " Отчёт строится ", after(300))
    assert (asked.by, asked.claim) == ("host", "Отчёт строится")
    assert await sessions.dispute(db, number, "host", "Отчёт строится", after(301)) == asked
    assert [one.session for one in await sessions.open_disputes(db)] == [number]
    for role, text in (("host", "Иначе"), ("client", "И я прошу")):
        with pytest.raises(errors.AlreadySaid):
            await sessions.dispute(db, number, role, text, after(302))  # type: ignore[arg-type]
    with pytest.raises(errors.AlreadySaid):
        await sessions.answer_dispute(db, number, "host", "Сам себе", after(303))
    answered = await sessions.answer_dispute(db, number, "client", "Пустой", after(400))
    again = await sessions.answer_dispute(db, number, "client", "Пустой", after(401))
    assert answered == again == await sessions.dispute_of(db, number)
    with pytest.raises(errors.AlreadySaid):
        await sessions.answer_dispute(db, number, "client", "Другое", after(402))
    await sessions.rule(db, number, "1", 1_000, 9_000, "Отчёт строится", after(500))
    ruled = await sessions.dispute_of(db, number)
    assert (ruled and ruled.ruled_at, await sessions.open_disputes(db)) == (after(500), [])
    facts = await journal.facts(db, number)
    said = [(f.kind, f.body["by"], f.body["comment"]) for f in facts if "dispute" in f.kind]
    assert said == [
        ("dispute", "host", "Отчёт строится"),
        ("dispute_answer", "client", "Пустой"),
    ]
    journal.verify_chain(facts)


async def test_what_nobody_contests_is_not_arbitrated(db: AsyncConnection) -> None:
    number = (await decided(db, Outcome.RESOLVED)).number
    with pytest.raises(errors.DisputeClosed, match="outcome"):
        await sessions.dispute(db, number, "client", "Передумала", after(300))
    with pytest.raises(errors.DisputeClosed, match="none"):
        await sessions.answer_dispute(db, number, "host", "Что?", after(300))


async def test_the_window_and_a_ruling_end_it(db: AsyncConnection) -> None:
    session = await decided(db)
    assert session.settled_at is not None
    end = session.settled_at + timedelta(hours=72)
    with pytest.raises(errors.DisputeClosed, match="window"):
        await sessions.dispute(db, session.number, "client", "Поздно", end)
    with pytest.raises(errors.CommentNeeded):
        await sessions.dispute(db, session.number, "client", " \n", after(300))
    await sessions.rule(db, session.number, "1", 0, 0, "Помощи не было", after(400))
    with pytest.raises(errors.DisputeClosed, match="ruled"):
        await sessions.dispute(db, session.number, "host", "Была", after(500))


async def test_who_answers_after_the_ruling_is_too_late(db: AsyncConnection) -> None:
    number = (await decided(db)).number
    await sessions.dispute(db, number, "client", "Верните всё", after(300))
    await sessions.rule(db, number, "1", 0, 0, "Помощи не было", after(400))
    with pytest.raises(errors.DisputeClosed, match="ruled"):
        await sessions.answer_dispute(db, number, "host", "Была", after(500))


async def test_a_session_that_the_host_paid_for_has_no_arbitration(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    with pytest.raises(errors.DisputeClosed, match="outcome"):
        await sessions.dispute(db, session.number, "host", "Просто так", after(1))


async def test_the_other_side_is_told_once(db: AsyncConnection) -> None:
    number = (await decided(db)).number
    asked = await sessions.dispute(db, number, "host", "Отчёт строится", after(300))
    url = f"https://minuta.example/sessions/{number}/dispute"
    assert await notices.dispute_told(db, asked, TOLD, url, after(300)) == 1
    assert await notices.dispute_told(db, asked, TOLD, url, after(301)) == 0
    answered = await sessions.answer_dispute(db, number, "client", "Пустой", after(400))
    assert await notices.dispute_told(db, answered, TOLD, url, after(400)) == 1
    letters = {one.kind: one for one in await notices.outbox(db)}
    asked_letter, answer = letters["dispute_asked"], letters["dispute_answered"]
    assert asked_letter.to != answer.to
    assert all(word in asked_letter.text for word in ("Отчёт строится", "22 ноября", url))
    assert "Пустой" in answer.text


async def test_pages_of_the_queue_follow_one_another(db: AsyncConnection) -> None:
    first = (await decided(db)).number
    await sessions.dispute(db, first, "host", "Первый", after(300))
    [one] = await sessions.open_disputes(db, limit=1)
    assert one.session == first
    assert await sessions.open_disputes(db, after=first) == []
