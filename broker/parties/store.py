"""Rows to dataclasses and back; the only file of the room that knows SQL."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties.logins import Code, Knock, Login
from broker.parties.people import Choices, Party
from broker.parties.schema import codes, logins, people

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    return (at - _EPOCH) // _US


def from_us(us: int) -> datetime:
    return _EPOCH + us * _US


def _party(row: Row[Any]) -> Party:
    return Party(
        id=row.id,
        name=row.name,
        email=row.email if row.erased_us is None else None,
        roles=frozenset(row.roles.split(",")),
        locale=row.locale,
        created_at=from_us(row.created_us),
        guest=row.guest,
        session=row.session,
        choices=Choices(row.theme, row.shortcuts, frozenset(filter(None, row.muted.split(",")))),
        erased_at=from_us(row.erased_us) if row.erased_us is not None else None,
    )


async def add_party(db: AsyncConnection, party: Party) -> bool:
    """Insert; False when the address is taken."""
    insert_here = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert_here(people)
        .values(
            id=party.id,
            name=party.name,
            email=party.email,
            roles=",".join(sorted(party.roles)),
            locale=party.locale,
            guest=party.guest,
            session=party.session,
            created_us=to_us(party.created_at),
        )
        .on_conflict_do_nothing(index_elements=["email"])
    )
    return bool((await db.execute(statement)).rowcount)


async def party_by_id(db: AsyncConnection, id: str) -> Party | None:
    row = (await db.execute(select(people).where(people.c.id == id))).one_or_none()
    return _party(row) if row else None


async def known_ids(db: AsyncConnection, ids: Collection[str]) -> set[str]:
    return set((await db.execute(select(people.c.id).where(people.c.id.in_(ids)))).scalars())


async def party_by_email(db: AsyncConnection, email: str) -> Party | None:
    row = (await db.execute(select(people).where(people.c.email == email))).one_or_none()
    return _party(row) if row else None


async def set_locale(db: AsyncConnection, id: str, locale: str) -> None:
    await db.execute(update(people).where(people.c.id == id).values(locale=locale))


async def code_of(db: AsyncConnection, email: str) -> Code | None:
    """The code of an address, locked until the transaction ends."""
    query = select(codes).where(codes.c.email == email).with_for_update()
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return None
    return Code(
        email=row.email,
        code_hash=row.code_hash,
        expires_at=from_us(row.expires_us),
        tries_left=row.tries_left,
        window_at=from_us(row.window_us),
        sent=row.sent,
    )


async def save_code(db: AsyncConnection, code: Code) -> None:
    values = {
        "code_hash": code.code_hash,
        "expires_us": to_us(code.expires_at),
        "tries_left": code.tries_left,
        "window_us": to_us(code.window_at),
        "sent": code.sent,
    }
    insert_here = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = insert_here(codes).values(email=code.email, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["email"], set_=values))


async def add_login(db: AsyncConnection, login: Login, at: datetime) -> None:
    await db.execute(
        insert(logins).values(
            token_hash=login.token_hash,
            party=login.party,
            session=login.session,
            created_us=to_us(at),
            expires_us=to_us(login.expires_at),
            way=login.knock.way,
            device=login.knock.device,
            address=login.knock.address,
            seen_us=to_us(at),
        )
    )


async def login_by_hash(
    db: AsyncConnection, token_hash: str, csrf: str, at: datetime
) -> Login | None:
    query = select(logins).where(
        logins.c.token_hash == token_hash,
        logins.c.closed_us.is_(None),
        logins.c.expires_us > to_us(at),
    )
    row = (await db.execute(query)).one_or_none()
    return login_of(row, csrf) if row else None


def login_of(row: Row[Any], csrf: str = "") -> Login:
    """`csrf` is known to who brought the token only."""
    return Login(
        token_hash=row.token_hash,
        party=row.party,
        csrf=csrf,
        expires_at=from_us(row.expires_us),
        session=row.session,
        opened_at=from_us(row.created_us),
        knock=Knock(row.way, row.device, row.address),
        seen_at=from_us(row.seen_us) if row.seen_us is not None else None,
    )


async def close_login(db: AsyncConnection, token_hash: str, at: datetime) -> None:
    await db.execute(
        update(logins)
        .where(logins.c.token_hash == token_hash, logins.c.closed_us.is_(None))
        .values(closed_us=to_us(at))
    )
