"""Rows to letters and back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.notices.letters import Letter
from broker.notices.schema import outbox

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        key=row.key,
        kind=row.kind,
        to=row.address,
        locale=row.locale,
        subject=row.subject,
        text=row.text,
        at=_EPOCH + row.at_us * _US,
        sent_at=None if row.sent_us is None else _EPOCH + row.sent_us * _US,
    )


async def add(db: AsyncConnection, letter: Letter) -> bool:
    """Insert under the natural key; False when it is there already. The id is given here."""
    insert_here = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = insert_here(outbox).values(
        key=letter.key,
        kind=letter.kind,
        address=letter.to,
        locale=letter.locale,
        subject=letter.subject,
        text=letter.text,
        at_us=(letter.at - _EPOCH) // _US,
    )
    done = await db.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    return bool(done.rowcount)


async def unsent(db: AsyncConnection, limit: int, newest: bool) -> list[Letter]:
    order = outbox.c.id.desc() if newest else outbox.c.id
    query = select(outbox).where(outbox.c.sent_us.is_(None)).order_by(order).limit(limit)
    return [_letter(row) for row in await db.execute(query)]


async def mark_sent(db: AsyncConnection, id: int, at: datetime) -> None:
    await db.execute(
        update(outbox)
        .where(outbox.c.id == id, outbox.c.sent_us.is_(None))
        .values(sent_us=(at - _EPOCH) // _US)
    )


async def forget(db: AsyncConnection, address: str, at: datetime) -> None:
    sent = func.coalesce(outbox.c.sent_us, (at - _EPOCH) // _US)
    blank = {"address": "", "subject": "", "text": "", "sent_us": sent}
    await db.execute(update(outbox).where(outbox.c.address == address).values(blank))
