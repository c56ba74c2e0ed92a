"""What a side sees of the arbitration of its session, and may do."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Dispute, Session
from web.shapes_ruled import DisputeView


async def dispute_seen(
    db: AsyncConnection, session: Session, role: str, at: datetime
) -> DisputeView | None:
    """None where nobody asked and nobody may."""
    found = await sessions.dispute_of(db, session.number)
    if found is not None:
        return view_of(found, role, at)
    until = sessions.askable_until(session)
    return DisputeView("possible", "ask", until) if until is not None and at < until else None


def view_of(found: Dispute, role: str, at: datetime) -> DisputeView:
    state = found.state(at)
    answers = state in ("asked", "silent") and role in ("host", "client") and role != found.by
    return DisputeView(
        state=state,
        may="answer" if answers else "",
        until=found.answer_until,
        by=found.by,
        claim=found.claim,
        opened_at=found.opened_at,
        answer=found.answer,
        answered_at=found.answered_at,
    )
