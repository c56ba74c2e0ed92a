"""The chain of facts: how it is made, and that nothing in it can be changed unseen."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import Fact, errors, journal
from broker.sessions.record import FIRST_HASH, next_fact, verify_chain
from tests.broker.builders import NOON, after, host_pays


def chain(count: int = 4) -> list[Fact]:
    facts: list[Fact] = []
    for n in range(count):
        body = {"by": "host", "n": n, "text": "Анна"}
        facts.append(next_fact(facts[-1] if facts else None, "entered", body, after(n)))
    return facts


def test_a_hash_worked_by_hand() -> None:
    """Anyone can do this with sha256 and a JSON library."""
    (fact,) = chain(1)
    event = (
        '{"at":"2026-11-21T12:00:00.000000Z","body":{"by":"host","n":0,"text":"Анна"},'
        '"kind":"entered","seq":1}'
    )
    inner = hashlib.sha256(event.encode()).digest()
    assert fact.prev == FIRST_HASH
    assert fact.hash == hashlib.sha256(bytes(32) + inner).hexdigest()


def test_a_whole_chain_has_a_head() -> None:
    facts = chain()
    assert verify_chain(facts) == facts[-1].hash
    assert verify_chain([]) == FIRST_HASH


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("change", ["at", "kind", "body", "hash", "prev", "seq", "gone", "twice"])
def test_any_change_is_seen(place: int, change: str) -> None:
    facts = chain()
    one = facts[place]
    changed = {
        "at": replace(one, at=after(99)),
        "kind": replace(one, kind="left"),
        "body": replace(one, body={**one.body, "n": 77}),
        "hash": replace(one, hash="ab" * 32),
        "prev": replace(one, prev="ab" * 32),
        "seq": replace(one, seq=9),
    }
    if change == "gone":
        if place == 3:
            return  # a shorter chain is whole: its head is what documents print
        del facts[place]
    elif change == "twice":
        facts.insert(place, one)
    else:
        facts[place] = changed[change]
    with pytest.raises(errors.RecordBroken):
        verify_chain(facts)


def test_a_fact_has_no_fractions_and_a_known_kind() -> None:
    with pytest.raises(AssertionError):
        next_fact(None, "entered", {"by": [{"deep": 0.5}]}, NOON)
    with pytest.raises(AssertionError):
        next_fact(None, "guessed", {}, NOON)


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
        max_size=5,
    )
)
def test_a_body_survives_storage(body: dict[str, object]) -> None:
    fact = next_fact(None, "entered", body, NOON)
    stored = replace(fact, body=json.loads(json.dumps(body)))
    assert verify_chain([stored]) == fact.hash


async def test_facts_come_back_as_they_went_in(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    added = await journal.append(db, session.number, "warned", {"minutes_left": 5}, after(7))
    facts = await journal.facts(db, session.number)
    assert [fact.kind for fact in facts] == ["created", "invited", "warned"]
    assert facts[-1] == added
    assert verify_chain(facts) == added.hash


async def test_append_to_nowhere(db: AsyncConnection) -> None:
    with pytest.raises(errors.SessionUnknown):
        await journal.append(db, "S-2026-999999", "warned", {}, NOON)


@pytest.mark.parametrize(
    "statement",
    [
        "update sessions_facts set body = '{}'",
        "delete from sessions_facts",
        "insert into sessions_facts values ('NUMBER', 3, 0, 'warned', '{}', '00', 'aa')",
        "insert into sessions_facts values ('NUMBER', 9, 0, 'warned', '{}', '00', 'aa')",
        "insert into sessions_facts values ('other', 1, 0, 'warned', '{}', '00', 'aa')",
    ],
)
async def test_the_database_itself_refuses(db: AsyncConnection, statement: str) -> None:
    session, _ = await host_pays(db)
    with pytest.raises(DBAPIError, match=r"append-only|must follow"):
        async with db.begin_nested():
            await db.execute(text(statement.replace("NUMBER", session.number)))
    assert len(await journal.facts(db, session.number)) == 2


async def test_postgresql_refuses_truncate(db: AsyncConnection) -> None:
    if db.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="append-only"):
            async with db.begin_nested():
                await db.execute(text("truncate sessions_facts"))
