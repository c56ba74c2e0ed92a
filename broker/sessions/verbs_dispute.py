"""A side asks for arbitration, the other side answers; the ruling itself is in verbs_ruling."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import disputes, journal, store
from broker.sessions.disputes import Dispute
from broker.sessions.errors import AlreadySaid, CommentNeeded, DisputeClosed
from broker.sessions.session import Role, clean_comment

LISTED_MAX = 200


async def dispute(
    db: AsyncConnection, number: str, role: Role, claim: str, at: datetime
) -> Dispute:
    """Ask a curator to decide, in one's own words; the same again changes nothing.

    Raises: SessionUnknown, CommentNeeded, BadSession, DisputeClosed (nothing is contested, the
    window is over, or it was ruled), AlreadySaid (it was asked already, by whom).
    """
    found = await store.lock(db, number)
    text = clean_comment(claim)
    if not text:
        raise CommentNeeded(number)
    known = await store.dispute_of(db, number)
    if known is not None:
        if (known.by, known.claim) == (role, text):
            return known
        raise AlreadySaid(number, known.by)
    until = disputes.askable_until(found)
    if until is None:
        raise DisputeClosed(number, "ruled" if found.outcome == "ruled" else "outcome")
    if at >= until:
        raise DisputeClosed(number, "window")
    asked = disputes.opened(found, role, text, at)
    await store.put_dispute(db, asked)
    await journal.write(db, number, [("dispute", {"by": role, "comment": text})], at)
    return asked


async def answer_dispute(
    db: AsyncConnection, number: str, role: Role, text: str, at: datetime
) -> Dispute:
    """The other side's words, until a curator has ruled; the same again changes nothing.

    Raises: SessionUnknown, CommentNeeded, BadSession, DisputeClosed (nobody asked, or it was
    ruled), AlreadySaid (an answer was given, or it is one's own dispute).
    """
    await store.lock(db, number)
    said = clean_comment(text)
    if not said:
        raise CommentNeeded(number)
    known = await store.dispute_of(db, number)
    if known is None:
        raise DisputeClosed(number, "none")
    if known.by == role:
        raise AlreadySaid(number, role)
    if known.answered_at is not None:
        if known.answer == said:
            return known
        raise AlreadySaid(number, role)
    if known.ruled_at is not None:
        raise DisputeClosed(number, "ruled")
    answered = replace(known, answer=said, answered_at=at)
    await store.put_dispute(db, answered)
    await journal.write(db, number, [("dispute_answer", {"by": role, "comment": said})], at)
    return answered


async def dispute_of(db: AsyncConnection, number: str) -> Dispute | None:
    """The dispute of a session, ended or not; None when nobody asked."""
    return await store.dispute_of(db, number)


async def open_disputes(db: AsyncConnection, after: str = "", limit: int = 50) -> list[Dispute]:
    """Those that wait for a ruling, the first asked first; `after` is the session that the last
    page ended with."""
    return await store.open_disputes(db, after, min(limit, LISTED_MAX))
