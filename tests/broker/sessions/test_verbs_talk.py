"""Chat, claims about devices, results and reviews."""

import hashlib

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Session, errors, journal
from tests.broker.builders import (
    NOON,
    TOKEN,
    after,
    both_in,
    client_pays,
    go_live,
    guest,
    host_pays,
    talk_for,
)


async def together(db: AsyncConnection) -> Session:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    return await both_in(db, session.number)


async def ended(db: AsyncConnection) -> Session:
    session, _, _ = await client_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 30)
    return await sessions.hang_up(db, session.number, "host", "asked", after(30))


async def test_chat_keeps_the_text_and_the_record_its_hash(db: AsyncConnection) -> None:
    session = await together(db)
    number = session.number
    line = await sessions.chat(db, number, "client", "c1", " Не открывается отчёт ", after(1))
    await sessions.chat(db, number, "host", "c1", "Какой?", after(1))
    assert await sessions.chat(db, number, "client", "c1", "Не открывается отчёт", after(9)) == line
    lines = await sessions.messages(db, number)
    assert [(one.role, one.text) for one in lines] == [
        ("client", "Не открывается отчёт"),
        ("host", "Какой?"),
    ]
    told = [dict(f.body) for f in await journal.facts(db, number) if f.kind == "chat"]
    digest = hashlib.sha256("Не открывается отчёт".encode()).hexdigest()
    assert told[0] == {"id": "c1", "from": "client", "sha256": digest}
    assert len(told) == 2
    with pytest.raises(errors.ChatConflict):
        await sessions.chat(db, number, "client", "c1", "Другое", after(10))


@pytest.mark.parametrize(
    ("id", "text", "field"),
    [
        ("", "a", "id"),
        ("x" * 65, "a", "id"),
        ("я", "a", "id"),
        ("1", " \n", "text"),
        ("1", "x" * 2001, "text"),
        ("1", "a\x00", "text"),
    ],
)
async def test_bad_lines(db: AsyncConnection, id: str, text: str, field: str) -> None:
    session = await together(db)
    with pytest.raises(errors.BadSession) as refused:
        await sessions.chat(db, session.number, "host", id, text, NOON)
    assert refused.value.field == field
    assert await sessions.messages(db, session.number) == []


async def test_nobody_talks_after_the_end(db: AsyncConnection) -> None:
    session = await ended(db)
    with pytest.raises(errors.WrongState):
        await sessions.chat(db, session.number, "host", "1", "Ещё", after(31))
    with pytest.raises(errors.WrongState):
        await sessions.claim_media(db, session.number, "client", {"mic": "live"}, after(31))


async def test_claims_become_facts_when_they_change(db: AsyncConnection) -> None:
    session = await together(db)
    number = session.number
    shown = {"screen": "live", "surface": "window", "mic": None}
    claimed = await sessions.claim_media(db, number, "client", shown, after(1))
    assert (claimed.client_claim.screen, claimed.client_claim.surface) == ("live", "window")
    assert await sessions.claim_media(db, number, "client", {"screen": "live"}, after(2)) == claimed
    await sessions.claim_media(db, number, "client", {"mic": "muted"}, after(3))
    await sessions.claim_media(db, number, "client", {"screen": "ended"}, after(4))
    facts = await journal.facts(db, number)
    assert [(f.kind, dict(f.body)) for f in facts[-3:]] == [
        ("share_started", {"by": "client", "surface": "window"}),
        ("mic", {"by": "client", "state": "muted"}),
        ("share_ended", {"by": "client"}),
    ]
    for wrong in ({"camera": "live"}, {"screen": "maybe"}, {"mic": 1}):
        with pytest.raises(errors.BadSession):
            await sessions.claim_media(db, number, "client", wrong, after(5))


async def test_the_host_says_what_was_done(db: AsyncConnection) -> None:
    live = await together(db)
    with pytest.raises(errors.WrongState):
        await sessions.report_result(db, live.number, "Рано", "", NOON)


async def test_the_result_may_be_corrected_and_each_word_is_kept(db: AsyncConnection) -> None:
    session = await ended(db)
    for text in ("Исправлена проводка", "Исправлена проводка", "Исправлены две проводки"):
        said = await sessions.report_result(db, session.number, text, "Итог", after(40))
    assert (said.result, said.result_comment) == ("Исправлены две проводки", "Итог")
    facts = [f for f in await journal.facts(db, session.number) if f.kind == "result"]
    assert len(facts) == 2
    with pytest.raises(errors.BadSession):
        await sessions.report_result(db, session.number, " ", "", after(41))


async def test_scores_stay_hidden_until_both_gave_theirs(db: AsyncConnection) -> None:
    session = await ended(db)
    number = session.number
    given = await sessions.review(db, number, "client", 5, 4, 5, "Быстро", after(40))
    seen = await sessions.reviews(db, number, "host", after(41))
    assert (seen.mine, seen.theirs, seen.theirs_given) == (None, None, True)
    assert (await sessions.reviews(db, number, "client", after(41))).mine == given
    await sessions.review(db, number, "host", 3, 5, 5, "", after(42))
    seen = await sessions.reviews(db, number, "host", after(43))
    assert seen.theirs == given
    assert await sessions.review(db, number, "client", 5, 4, 5, "Быстро", after(44)) == given
    with pytest.raises(errors.AlreadyReviewed):
        await sessions.review(db, number, "client", 1, 1, 1, "", after(45))
    assert len([f for f in await journal.facts(db, number) if f.kind == "review"]) == 2


async def test_scores_open_when_the_window_is_over(db: AsyncConnection) -> None:
    session = await ended(db)
    number = session.number
    given = await sessions.review(db, number, "client", 2, 2, 2, "", after(40))
    over = 30 + 259_200
    assert (await sessions.reviews(db, number, "host", after(over - 1))).theirs is None
    assert (await sessions.reviews(db, number, "host", after(over))).theirs == given
    with pytest.raises(errors.ReviewClosed):
        await sessions.review(db, number, "host", 5, 5, 5, "", after(over))


@pytest.mark.parametrize("scores", [(0, 5, 5), (5, 6, 5), (5, 5, True)])
async def test_scores_are_one_to_five(db: AsyncConnection, scores: tuple[int, int, int]) -> None:
    session = await ended(db)
    with pytest.raises(errors.BadSession):
        await sessions.review(db, session.number, "host", *scores, "", after(40))


async def test_no_scores_while_it_runs(db: AsyncConnection) -> None:
    session = await together(db)
    with pytest.raises(errors.WrongState):
        await sessions.review(db, session.number, "host", 5, 5, 5, "", NOON)
