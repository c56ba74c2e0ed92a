"""Rows of what a person keeps in order: passkeys, own logins, choices; and the erasing of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties.logins import Login
from broker.parties.passkeys import NewKey, Passkey
from broker.parties.people import Choices
from broker.parties.schema import codes, logins, passkeys, people, used_challenges
from broker.parties.store import from_us, login_of, to_us


async def use_challenge(db: AsyncConnection, hash: str, expires_at: datetime, at: datetime) -> bool:
    """Remember that it was used; False when it was before. Those whose time is over are dropped:
    they are refused without being remembered."""
    await db.execute(delete(used_challenges).where(used_challenges.c.expires_us <= to_us(at)))
    insert_here = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    row = {"challenge_hash": hash, "expires_us": to_us(expires_at)}
    statement = insert_here(used_challenges).values(row)
    done = await db.execute(statement.on_conflict_do_nothing(index_elements=["challenge_hash"]))
    return bool(done.rowcount)


async def add_passkey(db: AsyncConnection, passkey: Passkey) -> bool:
    """Insert; False when the credential is registered already."""
    insert_here = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = insert_here(passkeys).values(
        id=passkey.id,
        party=passkey.party,
        credential=passkey.key.credential,
        public_key=passkey.key.public_key,
        counter=passkey.key.counter,
        transports=",".join(passkey.key.transports),
        synced=passkey.key.synced,
        name=passkey.name,
        created_us=to_us(passkey.created_at),
    )
    done = await db.execute(statement.on_conflict_do_nothing(index_elements=["credential"]))
    return bool(done.rowcount)


async def passkeys_of(db: AsyncConnection, party: str) -> list[Passkey]:
    """The oldest first."""
    query = select(passkeys).where(passkeys.c.party == party)
    rows = await db.execute(query.order_by(passkeys.c.created_us, passkeys.c.id))
    return [_passkey(row) for row in rows]


async def passkey_by_credential(db: AsyncConnection, credential: str) -> Passkey | None:
    """Locked until the transaction ends: of two uses at once one sees the other's counter."""
    query = select(passkeys).where(passkeys.c.credential == credential).with_for_update()
    row = (await db.execute(query)).one_or_none()
    return _passkey(row) if row else None


async def save_use(db: AsyncConnection, id: str, counter: int, synced: bool, at: datetime) -> None:
    values = {"counter": counter, "synced": synced, "used_us": to_us(at)}
    await db.execute(update(passkeys).where(passkeys.c.id == id).values(values))


async def mark_copied(db: AsyncConnection, id: str, at: datetime) -> None:
    await db.execute(update(passkeys).where(passkeys.c.id == id).values(copied_us=to_us(at)))


async def rename_passkey(db: AsyncConnection, party: str, id: str, name: str) -> bool:
    own = (passkeys.c.party == party, passkeys.c.id == id)
    return bool((await db.execute(update(passkeys).where(*own).values(name=name))).rowcount)


async def remove_passkey(db: AsyncConnection, party: str, id: str) -> bool:
    own = (passkeys.c.party == party, passkeys.c.id == id)
    return bool((await db.execute(delete(passkeys).where(*own))).rowcount)


async def logins_of(db: AsyncConnection, party: str, at: datetime) -> list[Login]:
    """Open ones, the last used first."""
    query = select(logins).where(
        logins.c.party == party, logins.c.closed_us.is_(None), logins.c.expires_us > to_us(at)
    )
    last = func.coalesce(logins.c.seen_us, logins.c.created_us).desc()
    return [login_of(row) for row in await db.execute(query.order_by(last, logins.c.token_hash))]


async def close_one(db: AsyncConnection, party: str, token_hash: str, at: datetime) -> int:
    """How many were closed: one, or none."""
    one = (logins.c.party == party, logins.c.token_hash == token_hash)
    return await _close(db, one, at)


async def close_all(db: AsyncConnection, party: str, but: str, at: datetime) -> int:
    """All of a party's but the one with the hash `but`; how many."""
    return await _close(db, (logins.c.party == party, logins.c.token_hash != but), at)


async def _close(db: AsyncConnection, which: tuple[Any, ...], at: datetime) -> int:
    open_ones = update(logins).where(*which, logins.c.closed_us.is_(None))
    return (await db.execute(open_ones.values(closed_us=to_us(at)))).rowcount


async def saw(db: AsyncConnection, token_hash: str, since: datetime, at: datetime) -> None:
    """A login was used; nothing when it is known to have been used after `since`."""
    stale = or_(logins.c.seen_us.is_(None), logins.c.seen_us < to_us(since))
    one = update(logins).where(logins.c.token_hash == token_hash, stale)
    await db.execute(one.values(seen_us=to_us(at)))


async def save_choices(db: AsyncConnection, party: str, choices: Choices) -> None:
    values: Mapping[str, Any] = {
        "theme": choices.theme,
        "shortcuts": choices.shortcuts,
        "muted": ",".join(sorted(choices.muted)),
    }
    await db.execute(update(people).where(people.c.id == party).values(values))


async def erase(db: AsyncConnection, party: str, email: str, name: str, at: datetime) -> None:
    """Nothing stays of the person but the row that journals and papers point at."""
    await db.execute(delete(passkeys).where(passkeys.c.party == party))
    await db.execute(delete(codes).where(codes.c.email == email))
    silent = {
        "closed_us": func.coalesce(logins.c.closed_us, to_us(at)),
        "device": "",
        "address": "",
    }
    await db.execute(update(logins).where(logins.c.party == party).values(silent))
    # An address has an "@": nobody can ask for a code to this one, and it is free to come again.
    blank = {"name": name, "email": f"erased:{party}", "erased_us": to_us(at)}
    defaults = {"theme": "system", "shortcuts": True, "muted": ""}
    await db.execute(update(people).where(people.c.id == party).values(blank | defaults))


def _passkey(row: Row[Any]) -> Passkey:
    key = NewKey(
        credential=row.credential,
        public_key=row.public_key,
        counter=row.counter,
        transports=tuple(filter(None, row.transports.split(","))),
        synced=row.synced,
    )
    return Passkey(
        id=row.id,
        party=row.party,
        key=key,
        name=row.name,
        created_at=from_us(row.created_us),
        used_at=from_us(row.used_us) if row.used_us is not None else None,
        copied_at=from_us(row.copied_us) if row.copied_us is not None else None,
    )
