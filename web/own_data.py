"""Everything that is kept about a person, for that person: JSON files beside the own papers.

Money is minor units with a currency, moments are ISO 8601 in UTC, as the pages answer scripts.
"""

import asyncio
import hashlib
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker import parties, sessions
from broker.parties import Party
from broker.sessions import Session
from ledger import Account, AccountKind, StatementLine, control
from reports import RegisterFile
from web.control_page import currencies_of
from web.faces import dumps
from web.farewell import every_session

FILE_NAME = "minuta-my-data.zip"
LINES = 500
OWN = (AccountKind.PREPAID, AccountKind.EARNINGS, AccountKind.RESERVE)
_CHUNK = 1024 * 1024


async def add(
    db: AsyncConnection, id: str, path: Path, made: RegisterFile, at: datetime
) -> RegisterFile:
    """Put the JSON files into the ZIP with the party's papers; its new size and digest.

    Wants the transaction in which the papers were read, so that all files tell of one moment.
    """
    party = await parties.party(db, id)
    files = {
        "account.json": await _account(db, party, at),
        "sessions.json": [
            await _session(db, party, one, at) async for one in every_session(db, party)
        ],
        "money.json": await _money(db, party),
    }
    return await asyncio.to_thread(_append, path, files, made.rows)


async def _account(db: AsyncConnection, party: Party, at: datetime) -> Mapping[str, object]:
    lives = await control.residence(db, party.id)
    return {
        "id": party.id,
        "name": party.name,
        "email": party.email,
        "roles": party.roles,
        "language": party.locale,
        "registered_at": party.created_at,
        "residence": lives.country if lives else None,
        "choices": party.choices,
        "passkeys": [
            {"name": one.name, "created_at": one.created_at, "used_at": one.used_at}
            for one in await parties.passkeys_of(db, party.id)
        ],
        "logins": [
            {"opened_at": one.opened_at, "seen_at": one.seen_at, "how": one.knock}
            for one in await parties.logins_of(db, party.id, at)
        ],
    }


async def _session(
    db: AsyncConnection, party: Party, one: Session, at: datetime
) -> Mapping[str, object]:
    """What the party could read of a session: the other side's scores only once they are open."""
    role = one.role_of(party.id)
    given = await sessions.reviews(db, one.number, role, at)
    return {
        "number": one.number,
        "role": role,
        "topic": one.topic,
        "plan": one.plan,
        "state": one.state,
        "created_at": one.created_at,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "counted_seconds": one.clock_s,
        "result": one.result,
        "outcome": one.outcome,
        "messages": await sessions.messages(db, one.number),
        "reviews": {"given": given.mine, "received": given.theirs},
    }


async def _money(db: AsyncConnection, party: Party) -> list[Mapping[str, object]]:
    return [
        {"account": kind, "currency": currency, "movements": lines}
        for currency in await currencies_of(db, party.id)
        for kind in OWN
        if (lines := await _movements(db, Account(kind, party.id, currency)))
    ]


async def _movements(db: AsyncConnection, account: Account) -> list[StatementLine]:
    found: list[StatementLine] = []
    before = None
    while page := await ledger.statement(db, account, LINES, before):
        found += page
        before = page[-1].version
    return found


def _append(path: Path, files: Mapping[str, object], rows: int) -> RegisterFile:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, value in files.items():
            archive.writestr(name, dumps(value))
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
            size += len(part)
    return RegisterFile(rows, size, digest.hexdigest())
