"""Which of the product's money actions leave a row in the audit journal, and what it says.

Rows are written in the transaction of the action itself, last; jobs act as `SYSTEM`.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import Session
from ledger.control import Actor, record_once


async def settled(db: AsyncConnection, actor: Actor, session: Session, at: datetime) -> None:
    """The money of a session was divided, by its end or by its outcome; once a session."""
    sums = session.sums
    if sums is None or not sums.total_minor:
        return
    await record_once(
        db,
        actor,
        "settlement",
        f"session:{session.number}",
        session.outcome_comment,
        at,
        outcome=session.outcome or "",
        cause=session.cause or "",
        total_minor=sums.total_minor,
        platform_minor=sums.platform_minor,
        provider_minor=sums.provider_minor,
        refunded_minor=sums.refunded_minor,
        currency=session.tariff.currency,
    )
