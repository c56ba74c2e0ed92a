"""Adding to the record and reading it; the caller holds the session's lock or takes it here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import presence, store
from broker.sessions.record import Fact, next_fact, verify_chain
from relay import SecondWitnessed

__all__ = [
    "append",
    "facts",
    "facts_of_each",
    "presence_of",
    "verify_chain",
    "witness",
    "write",
]


async def append(
    db: AsyncConnection, session: str, kind: str, body: Mapping[str, Any], at: datetime
) -> Fact:
    """Add one fact to the record. Raises: SessionUnknown."""
    await store.lock(db, session)
    return (await write(db, session, [(kind, body)], at))[0]


async def write(
    db: AsyncConnection, session: str, news: Iterable[tuple[str, Mapping[str, Any]]], at: datetime
) -> list[Fact]:
    """Add facts to a session that the caller has locked."""
    last = await store.last_fact(db, session)
    fresh: list[Fact] = []
    for kind, body in news:
        last = next_fact(last, kind, body, at)
        fresh.append(last)
    await store.add_facts(db, session, fresh)
    return fresh


async def facts(db: AsyncConnection, session: str) -> list[Fact]:
    """The whole record, the oldest first."""
    return await store.facts_of(db, session)


async def facts_of_each(db: AsyncConnection, sessions: Iterable[str]) -> dict[str, list[Fact]]:
    """The same of many sessions, by session."""
    return await store.facts_of_each(db, sessions)


async def presence_of(db: AsyncConnection, session: str) -> presence.Presence:
    """When both were there, as witnessed so far."""
    return await store.presence_of(db, session)


async def witness(
    db: AsyncConnection, number: str, seconds: Sequence[SecondWitnessed], at: datetime
) -> presence.Presence:
    """Fold witnessed seconds, in any order; a change of mutual presence becomes a fact."""
    await store.lock(db, number)
    before = await store.presence_of(db, number)
    after = presence.fold(before, [(one.second, bool(one.pairs)) for one in seconds])
    if after == before:
        return before
    await store.save_presence(db, number, after)
    news = [
        ("witnessed", {"from_s": change.from_s, "to_s": change.to_s})
        for change in presence.changes(before, after)
    ]
    await write(db, number, news, at)
    return after
