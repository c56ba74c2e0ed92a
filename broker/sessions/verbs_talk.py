"""Chat, claims about devices, and reviews."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import journal, store, talk
from broker.sessions import reviews as scores
from broker.sessions.errors import (
    AlreadyReviewed,
    BadSession,
    ChatConflict,
    ReviewClosed,
    WrongState,
)
from broker.sessions.reviews import Review, Reviews
from broker.sessions.session import OPEN, Role, Session, State
from broker.sessions.talk import Line


async def chat(
    db: AsyncConnection, number: str, role: str, message_id: str, text: str, at: datetime
) -> Line:
    """Keep a line of chat; the same id and text again answers the line already kept.

    `role`: the seat of the writer, one of the two sides' or a colleague's.

    Raises: SessionUnknown, WrongState, BadSession, ChatConflict (one id, two texts).
    """
    line = talk.make(role, message_id, text, at)
    found = await store.lock(db, number)
    known = await store.line_of(db, number, role, message_id)
    if known is not None:
        if known.text != line.text:
            raise ChatConflict(number, message_id)
        return known
    if found.state not in OPEN:
        raise WrongState(number, found.state.value, "chat")
    if await store.count_lines(db, number) >= talk.LINES_MAX:
        raise BadSession("text", f"more than {talk.LINES_MAX} lines in one session")
    body = {"id": line.id, "from": role, "sha256": talk.text_sha256(line.text)}
    (fact,) = await journal.write(db, number, [("chat", body)], at)
    await store.add_line(db, number, line, fact.seq)
    return line


async def messages(db: AsyncConnection, number: str) -> list[Line]:
    """The chat in the order of the record."""
    return await store.lines_of(db, number)


async def claim_media(
    db: AsyncConnection, number: str, role: Role, body: Mapping[str, Any], at: datetime
) -> Session:
    """What a browser says: `screen`, `surface`, `mic`, each absent or null when nothing is said.

    Raises: SessionUnknown, WrongState, BadSession.
    """
    found = await store.lock(db, number)
    if found.state not in OPEN:
        raise WrongState(number, found.state.value, "media")
    before = found.claim(role)
    after = talk.with_claim(before, body)
    if after == before:
        return found
    changed = (
        replace(found, host_claim=after) if role == "host" else replace(found, client_claim=after)
    )
    await store.save_session(db, changed)
    await journal.write(db, number, talk.facts_of(before, after, role), at)
    return changed


async def review(
    db: AsyncConnection,
    number: str,
    role: Role,
    quality: int,
    punctuality: int,
    courtesy: int,
    comment: str,
    at: datetime,
) -> Review:
    """Scores for the other side, given once; the same again changes nothing.

    Raises: SessionUnknown, WrongState, ReviewClosed, AlreadyReviewed, BadSession.
    """
    made = scores.make(role, (quality, punctuality, courtesy), comment, at)
    found = await store.lock(db, number)
    if found.state not in (State.ENDED, State.SETTLED) or found.client is None:
        raise WrongState(number, found.state.value, "review")
    known = (await store.reviews_of(db, number)).get(role)
    if known is not None:
        if replace(known, at=at) != made:
            raise AlreadyReviewed(number, role)
        return known
    until = found.review_until()
    if until is not None and at >= until:
        raise ReviewClosed(number)
    await store.add_review(db, number, made)
    body = {
        "by": role,
        "quality": quality,
        "punctuality": punctuality,
        "courtesy": courtesy,
        "comment": made.comment,
    }
    await journal.write(db, number, [("review", body)], at)
    return made


async def reviews(db: AsyncConnection, number: str, viewer: Role, at: datetime) -> Reviews:
    """What the viewer may see. Raises: SessionUnknown."""
    found = await store.load(db, number)
    given = await store.reviews_of(db, number)
    return scores.seen_by(viewer, given, found.review_until(), at)
