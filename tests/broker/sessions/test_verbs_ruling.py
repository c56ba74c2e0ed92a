"""Arbitration: what a curator finds replaces what was decided; sums in kopecks."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker import sessions
from broker.sessions import Session, State, Sums, errors, journal
from ledger import AccountKind, Outcome
from tests.broker.builders import (
    NOON,
    after,
    balance_of,
    client_pays,
    go_live,
    host_pays,
    talk_for,
)


async def test_a_curator_rules_after_the_settlement_and_again(db: AsyncConnection) -> None:
    """
    150 seconds: 60.00 of Anna's, said to be resolved: platform 6.00, Ivan 54.00
    first ruling:  5 % and 25 %:  platform 3.00, Ivan 15.00, back to Anna 42.00
    second ruling: 10 % and 90 %: as it was in the beginning
    """
    session, host, client = await client_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 150)
    await sessions.hang_up(db, session.number, "host", "asked", after(150))
    await sessions.decide(db, session.number, Outcome.RESOLVED, "", after(200))
    ruled = await sessions.rule(db, session.number, "1", 500, 2_500, "Не разобрались", after(300))
    assert (ruled.state, ruled.outcome) == (State.SETTLED, "ruled")
    assert ruled.sums == Sums(6_000, 300, 1_500, 4_200)
    assert await balance_of(db, AccountKind.PREPAID, client.id) == 94_000 + 4_200
    assert await balance_of(db, AccountKind.EARNINGS, host.id) == 1_500
    again = await sessions.rule(db, session.number, "2", 1_000, 9_000, "Ошиблись", after(400))
    assert again.sums == Sums(6_000, 600, 5_400, 0)
    for ruling, ours, theirs in (("1", 500, 2_500), ("2", 1_000, 9_000)):
        told = await sessions.rule(db, session.number, ruling, ours, theirs, "Повтор", after(500))
        assert told == again
        with pytest.raises(ledger.RuledOtherwise):
            await sessions.rule(db, session.number, ruling, 0, 0, "Иначе", after(500))
    with pytest.raises(errors.AlreadyDecided):
        await sessions.decide(db, session.number, Outcome.UNRESOLVED, "Нет", after(600))
    facts = [f for f in await journal.facts(db, session.number) if f.kind == "outcome"]
    assert [(f.body["by"], f.body.get("ruling")) for f in facts] == [
        ("client", None),
        ("curator", "1"),
        ("curator", "2"),
    ]
    assert await ledger.check(db) == []
    journal.verify_chain(await journal.facts(db, session.number))


async def test_a_ruling_before_the_settlement_is_the_settlement(db: AsyncConnection) -> None:
    session, _, client = await client_pays(db)
    with pytest.raises(errors.WrongState):
        await sessions.rule(db, session.number, "1", 0, 0, "Рано", NOON)
    await go_live(db, session.number)
    await talk_for(db, session.number, 60)
    await sessions.hang_up(db, session.number, "client", "asked", after(60))
    with pytest.raises(errors.CommentNeeded):
        await sessions.rule(db, session.number, "1", 0, 0, " ", after(70))
    with pytest.raises(errors.BadSession):
        await sessions.rule(db, session.number, "1", 5_000, 5_001, "Много", after(70))
    ruled = await sessions.rule(db, session.number, "1", 0, 0, "Никто не пришёл", after(80))
    assert (ruled.state, ruled.settled_at) == (State.SETTLED, after(80))
    assert ruled.sums == Sums(2_000, 0, 0, 2_000)
    assert await balance_of(db, AccountKind.PREPAID, client.id) == 100_000
    assert await balance_of(db, AccountKind.ESCROW, session.number) == 0


async def ended(db: AsyncConnection, outcome: Outcome | None = None) -> Session:
    """150 seconds, 60.00 of Anna's, with her word or without."""
    session, _, _ = await client_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 150)
    await sessions.hang_up(db, session.number, "host", "asked", after(150))
    if outcome:
        await sessions.decide(db, session.number, outcome, "Не помогло", after(200))
    return session


@pytest.mark.parametrize("outcome", [None, Outcome.RESOLVED, Outcome.UNRESOLVED])
@pytest.mark.parametrize(
    ("ours", "theirs", "cap"),
    [(1_000, 9_000, None), (0, 0, None), (333, 3_333, None), (1_000, 9_000, 2_001), (0, 10_000, 0)],
)
async def test_what_is_foreseen_comes_to_pass(
    db: AsyncConnection, outcome: Outcome | None, ours: int, theirs: int, cap: int | None
) -> None:
    """Whatever was decided before, the preview and the ruling agree to the kopeck."""
    session = await ended(db, outcome)
    before = await journal.facts(db, session.number)
    told = await sessions.foresee(db, session.number, ours, theirs, cap)
    assert await journal.facts(db, session.number) == before
    ruled = await sessions.rule(db, session.number, "1", ours, theirs, "Так", after(300), cap)
    assert told == (ruled.sums, 0)
    body = await sessions.ruling_of(db, session.number, "1")
    assert body is not None
    assert (body["short_minor"], body.get("cap_minor")) == (0, cap)
    assert await ledger.check(db) == []


async def test_a_cap_comes_before_the_shares(db: AsyncConnection) -> None:
    """Of 60.00 at most 20.01: platform 10 % of that, Ivan the rest, 39.99 back to Anna."""
    session = await ended(db, Outcome.RESOLVED)
    ruled = await sessions.rule(db, session.number, "1", 1_000, 9_000, "Так", after(300), 2_001)
    assert ruled.sums == Sums(2_001 + 3_999, 200, 1_801, 3_999)
    with pytest.raises(ledger.RuledOtherwise):
        await sessions.rule(db, session.number, "1", 1_000, 9_000, "Так", after(300), 2_000)
    with pytest.raises(errors.BadSession):
        await sessions.foresee(db, session.number, 0, 0, -1)


async def test_the_list_of_what_is_contested(db: AsyncConnection) -> None:
    session = await ended(db, Outcome.UNRESOLVED)
    assert session.number in [one.number for one in await sessions.contested(db)]
    assert await sessions.contested(db, after=session.number) == []
    assert await sessions.contested(db, "ruled") == []
    found = await sessions.session(db, session.number)
    assert await sessions.said_by(db, found.client or "") == (1, 1)
    await sessions.rule(db, session.number, "1", 0, 0, "Так", after(300))
    assert await sessions.contested(db) == []
    assert [one.number for one in await sessions.contested(db, "ruled")] == [session.number]
    assert await sessions.said_by(db, found.client or "") == (1, 1), "a ruling is not her word"


async def test_a_host_who_pays_has_nothing_to_contest(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    for act in (
        sessions.foresee(db, session.number, 0, 0),
        sessions.rule(db, session.number, "1", 0, 0, "Так", NOON),
    ):
        with pytest.raises(errors.WrongState):
            await act
