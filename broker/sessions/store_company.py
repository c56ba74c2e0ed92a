"""SQL about those who are called into a session; rows to dataclasses and back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import schema
from broker.sessions.company import CallState, Companion
from broker.sessions.rows import from_us, to_us

_PLAIN = ("session", "n", "id", "seat", "part", "token_hash", "share_bp", "party", "name")
_CLAIMS = ("screen", "mic")
_MOMENTS = ("called", "told", "agreed", "entered", "left")


async def add(db: AsyncConnection, one: Companion) -> None:
    await db.execute(insert(schema.company).values(**_values(one)))


async def save(db: AsyncConnection, one: Companion) -> None:
    table, values = schema.company, _values(one)
    mine = (table.c.session == values.pop("session")) & (table.c.n == values.pop("n"))
    await db.execute(update(table).where(mine).values(**values))


async def of_session(db: AsyncConnection, session: str) -> list[Companion]:
    """Every call, the first first."""
    table = schema.company
    query = select(table).where(table.c.session == session).order_by(table.c.n)
    return [_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def by_hash(db: AsyncConnection, token_hash: str) -> Companion | None:
    query = select(schema.company).where(schema.company.c.token_hash == token_hash)
    row = (await db.execute(query)).mappings().one_or_none()
    return None if row is None else _of(dict(row))


async def all_in(db: AsyncConnection) -> list[Companion]:
    """Whoever sits in any session now."""
    table = schema.company
    query = select(table).where(table.c.state == CallState.IN.value)
    query = query.order_by(table.c.session, table.c.n)
    return [_of(dict(row)) for row in (await db.execute(query)).mappings()]


def _values(one: Companion) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in (*_PLAIN, *_CLAIMS)}
    for name in _MOMENTS:
        at = getattr(one, f"{name}_at")
        values[f"{name}_us"] = None if at is None else to_us(at)
    return values | {"state": one.state.value}


def _of(row: Mapping[str, Any]) -> Companion:
    values: dict[str, Any] = {name: row[name] for name in (*_PLAIN, *_CLAIMS)}
    for name in _MOMENTS:
        us = row[f"{name}_us"]
        values[f"{name}_at"] = None if us is None else from_us(us)
    return Companion(**values, state=CallState(row["state"]))
