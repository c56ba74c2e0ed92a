"""Adding to the record and reading it; the caller holds the session's lock or takes it here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import presence, store
from broker.sessions.company import billable
from broker.sessions.record import Fact, next_fact, verify_chain
from relay import SecondWitnessed

__all__ = [
    "append",
    "facts",
    "facts_of_each",
    "presence_of",
    "verify_chain",
    "witness",
    "witness_all",
    "write",
    "write_all",
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
    return (await write_all(db, {session: list(news)}, at))[session]


async def write_all(
    db: AsyncConnection, news: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]], at: datetime
) -> dict[str, list[Fact]]:
    """Add facts to many sessions that the caller has locked, each to the end of its own chain."""
    ends = await store.last_facts(db, [session for session, own in news.items() if own])
    fresh: dict[str, list[Fact]] = {}
    for session, own in news.items():
        last, chain = ends.get(session), fresh.setdefault(session, [])
        for kind, body in own:
            last = next_fact(last, kind, body, at)
            chain.append(last)
    await store.add_facts(db, fresh)
    return fresh


async def facts(db: AsyncConnection, session: str) -> list[Fact]:
    """The whole record, the oldest first."""
    return await store.facts_of(db, session)


async def facts_of_each(db: AsyncConnection, sessions: Iterable[str]) -> dict[str, list[Fact]]:
    """The same of many sessions, by session."""
    return await store.facts_of_each(db, sessions)


async def presence_of(db: AsyncConnection, session: str) -> presence.Presence:
    """When both were there, as witnessed so far."""
    return (await store.presence_of_each(db, [session])).get(session, presence.Presence())


async def witness(
    db: AsyncConnection, number: str, seconds: Sequence[SecondWitnessed], at: datetime
) -> presence.Presence:
    """Fold witnessed seconds, in any order; a change of mutual presence becomes a fact."""
    await store.lock(db, number)
    await write_all(db, await witness_all(db, {number: seconds}), at)
    return await presence_of(db, number)


async def witness_all(
    db: AsyncConnection, seen: Mapping[str, Sequence[SecondWitnessed]]
) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Fold the seconds of many sessions; what their records must learn, by session."""
    before = await store.presence_of_each(db, seen) if seen else {}
    after, news = dict[str, presence.Presence](), dict[str, list[tuple[str, Mapping[str, Any]]]]()
    for number, seconds in seen.items():
        old = before.get(number, presence.Presence())
        new = presence.fold(old, [(one.second, billable(one.pairs)) for one in seconds])
        new = presence.fold_pairs(old, new, [(one.second, one.pairs) for one in seconds])
        if new != old:
            after[number] = new
        news[number] = [
            ("witnessed", {"from_s": change.from_s, "to_s": change.to_s})
            for change in presence.changes(old, new)
        ]
        news[number] += [
            ("witnessed_pair", pair._asdict() | {"from_s": change.from_s, "to_s": change.to_s})
            for pair, change in presence.pair_changes(old, new)
        ]
    await store.save_presences(db, after)
    return news
