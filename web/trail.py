"""Which of the product's money actions leave a row in the audit journal, and what it says.

Rows are written in the transaction of the action itself, last; jobs act as `SYSTEM`.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import Session
from ledger.control import Actor, record, record_once
from web.shapes_rulings import Preview


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


async def ruled(
    db: AsyncConnection,
    actor: Actor,
    session: Session,
    ruling: str,
    asked: Mapping[str, str],
    done: Preview,
    why: str,
    at: datetime,
) -> None:
    """A curator divided the money of a session anew; each ruling is a row."""
    before = {f"{part.to}_was_minor": part.now.minor for part in done.parts}
    after = {f"{part.to}_minor": part.after.minor for part in done.parts}
    await record(
        db,
        actor,
        "ruling",
        f"session:{session.number}",
        why,
        at,
        ruling=ruling,
        platform_bp=asked["platform_bp"],
        host_bp=asked["host_bp"],
        **({"cap_minor": int(asked["cap_minor"])} if asked["cap_minor"] else {}),
        total_minor=done.total.minor,
        **before,
        **after,
        short_minor=done.short.minor,
        change_minor=done.change.minor,
        currency=session.tariff.currency,
    )
