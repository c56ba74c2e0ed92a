"""The drawer of the card rail: any table of it by name, and the inbox.

Claiming locks rows that nobody else holds, and passes by others. `due_us` of a claimed row is the
end of its lease: a worker that died leaves it due again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.acquirer import Notice
from ledger.cards import schema
from ledger.cards.news import Backlog, News
from ledger.cards.states import LEASE, NEXT, NewsState
from ledger.store import at_of, insert_new, us_of

CLAIMABLE = tuple(state.value for state, after in NEXT.items() if NewsState.CLAIMED in after)

Values = Mapping[str, Any]


# --- any table of the room, by its name without the prefix


def _table(name: str) -> Table:
    return schema.metadata.tables[f"ledger_cards_{name}"]


async def add(db: AsyncConnection, name: str, row: Values) -> bool:
    """False when its key is taken."""
    written = await db.execute(insert_new(db, _table(name)).values(**row))
    return bool(written.rowcount == 1)


async def change(db: AsyncConnection, name: str, where: Values, row: Values) -> bool:
    """Whether a row was there to be changed."""
    table = _table(name)
    written = await db.execute(update(table).where(*_where(table, where)).values(**row))
    return bool(written.rowcount)


async def rows(
    db: AsyncConnection,
    name: str,
    where: Values,
    order: Iterable[str] = (),
    limit: int | None = None,
    lock: bool = False,
) -> Sequence[Row[Any]]:
    """Rows by equality, a tuple means one of its values; a minus in `order` turns a column."""
    table = _table(name)
    asked = select(table).where(*_where(table, where))
    for column in order:
        by = table.c[column.lstrip("-")]
        asked = asked.order_by(by.desc() if column.startswith("-") else by)
    if lock:
        asked = asked.with_for_update()
    return (await db.execute(asked.limit(limit))).all()


def _where(table: Table, where: Values) -> list[Any]:
    return [
        table.c[column].in_(value) if isinstance(value, tuple) else table.c[column] == value
        for column, value in where.items()
    ]


async def first(
    db: AsyncConnection, name: str, where: Values, lock: bool = False
) -> Row[Any] | None:
    found = await rows(db, name, where, limit=1, lock=lock)
    return found[0] if found else None


async def claim(
    db: AsyncConnection, name: str, where: Values, order: Iterable[str], at: datetime, most: int
) -> Sequence[Row[Any]]:
    """Rows that are due and that no other worker holds, locked; the caller moves `due_us` on."""
    table = _table(name)
    asked = select(table).where(*_where(table, where), table.c.due_us <= us_of(at))
    for column in order:
        asked = asked.order_by(table.c[column])
    return (await db.execute(asked.limit(most).with_for_update(skip_locked=True))).all()


# --- the inbox


async def add_news(db: AsyncConnection, notice: Notice, at: datetime) -> bool:
    """False when this event is there already."""
    row = {
        "gateway": notice.gateway,
        "event_id": notice.id,
        "kind": notice.kind,
        "subject": notice.subject,
        "account": notice.account,
        "api_version": notice.api_version,
        "body": notice.body,
        "state": NewsState.STORED.value,
        "tries": 0,
        "verdict": "",
        "created_us": us_of(notice.created_at),
        "received_us": us_of(at),
        "due_us": us_of(at),
        "changed_us": us_of(at),
    }
    return await add(db, "inbox", row)


async def claim_news(db: AsyncConnection, gateway: str, at: datetime, most: int) -> list[News]:
    """Take what is due, oldest first, for the length of a lease."""
    where = {"gateway": gateway, "state": CLAIMABLE}
    claimed = []
    for row in await claim(db, "inbox", where, ("created_us", "event_id"), at, most):
        taken = {
            "state": NewsState.CLAIMED.value,
            "tries": row.tries + 1,
            "due_us": us_of(at + LEASE),
            "changed_us": us_of(at),
        }
        await change(db, "inbox", _key(row), taken)
        claimed.append(_news(row, **taken))
    return claimed


async def settle_news(
    db: AsyncConnection,
    claimed: News,
    state: NewsState,
    verdict: str,
    at: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Write what came of claimed news; False when its lease was lost and another has it."""
    notice = claimed.notice
    where = {
        "gateway": notice.gateway,
        "event_id": notice.id,
        "state": NewsState.CLAIMED.value,
        "tries": claimed.tries,
    }
    row = {
        "state": state.value,
        "verdict": verdict[:500],
        "changed_us": us_of(at),
        "due_us": us_of(due_at or at),
    }
    return await change(db, "inbox", where, row)


async def news_by_id(
    db: AsyncConnection, gateway: str, event_id: str, lock: bool = False
) -> News | None:
    row = await first(db, "inbox", {"gateway": gateway, "event_id": event_id}, lock)
    return _news(row) if row else None


async def put_news(db: AsyncConnection, news: News, at: datetime) -> None:
    """Write state, tries, verdict and due time of news that this transaction has locked."""
    where = {"gateway": news.notice.gateway, "event_id": news.notice.id}
    row = {
        "state": news.state.value,
        "tries": news.tries,
        "verdict": news.verdict,
        "received_us": us_of(news.received_at),
        "due_us": us_of(news.due_at),
        "changed_us": us_of(at),
    }
    await change(db, "inbox", where, row)


async def listed_news(
    db: AsyncConnection, state: NewsState | None, subject: str, limit: int
) -> list[News]:
    """Newest first."""
    where: dict[str, Any] = {"state": state.value} if state else {}
    if subject:
        where["subject"] = subject
    order = ("-received_us", "event_id")
    return [_news(row) for row in await rows(db, "inbox", where, order, limit)]


async def known_news(db: AsyncConnection, gateway: str, ids: Sequence[str]) -> set[str]:
    """Which of these events are in the inbox."""
    table, found = schema.inbox, set[str]()
    for start in range(0, len(ids), 500):
        part = table.c.event_id.in_(ids[start : start + 500])
        asked = select(table.c.event_id).where(table.c.gateway == gateway, part)
        found |= {row[0] for row in await db.execute(asked)}
    return found


async def backlog(db: AsyncConnection) -> Backlog:
    table = schema.inbox
    asked = select(table.c.state, func.count(), func.min(table.c.received_us))
    found = (await db.execute(asked.group_by(table.c.state))).all()
    waiting = [row[2] for row in found if row[0] in CLAIMABLE]
    counts = {NewsState(row[0]): int(row[1]) for row in found}
    return Backlog(counts, at_of(min(waiting)) if waiting else None)


def _key(row: Row[Any]) -> Values:
    return {"gateway": row.gateway, "event_id": row.event_id}


def _news(row: Row[Any], **changed: Any) -> News:
    facts = {**row._mapping, **changed}
    notice = Notice(
        gateway=facts["gateway"],
        id=facts["event_id"],
        kind=facts["kind"],
        subject=facts["subject"],
        created_at=at_of(facts["created_us"]),
        account=facts["account"],
        api_version=facts["api_version"],
        body=facts["body"],
    )
    return News(
        notice=notice,
        state=NewsState(facts["state"]),
        tries=facts["tries"],
        verdict=facts["verdict"],
        received_at=at_of(facts["received_us"]),
        due_at=at_of(facts["due_us"]),
    )
