"""Files from one side of a session to the other: their record, their bytes and who is told.

The record is broker.sessions', the bytes are web/vault.py's. A part that comes is appended; with
the last one the whole is looked through, and only then it counts as arrived. Both rooms are told of
every step, and every welcome brings all files, so a lost line costs nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import PRINCIPALS, File
from broker.signalling import giving as wire
from web.db import repeated
from web.errors import WrongHash
from web.keys import CLOCK, DB, HUB, SETTINGS, VAULT

log = structlog.get_logger("giving")


async def now(app: web.Application, file: File) -> wire.FileNow:
    """The file as the room is told of it."""
    have = file.size if file.state == "whole" else 0
    if file.state == "offered":
        have = await asyncio.to_thread(app[VAULT].have, file.session, file.id)
    who: Any = file.by
    told = (file.id, file.name, file.size, file.sha256, have, file.state, file.accepted)
    return wire.FileNow(who, *told)


async def all_of(
    app: web.Application, db: AsyncConnection, number: str
) -> tuple[wire.FileNow, ...]:
    """Every file of the session, the first offered first."""
    return tuple([await now(app, file) for file in await sessions.files_of(db, number)])


async def tell(app: web.Application, file: File) -> wire.FileNow:
    """Tell both sides how the file stands; to others it was not given."""
    told = await now(app, file)
    app[HUB].say(file.session, told, to=PRINCIPALS)
    return told


async def take_part(
    app: web.Application, file: File, offset: int, size: int, parts: AsyncIterator[bytes]
) -> File:
    """Append what comes; the file as it is then.

    Raises: WrongOffset, WrongHash, FileRefused, WrongFileState.
    """
    vault, session, id = app[VAULT], file.session, file.id
    async with vault.lock(session, id):
        have = await vault.add(session, id, offset, size, parts)
        if offset < sessions.HEAD_BYTES <= have or have == file.size:
            await _look_at_head(app, file)
        if have < file.size:
            return file
        if await vault.sha256(session, id) != file.sha256:
            await vault.erase(session, id)
            await tell(app, file)
            raise WrongHash
        return await _arrived(app, file)


async def let_go(app: web.Application, file: File) -> None:
    """Its bytes are not wanted any more."""
    async with app[VAULT].lock(file.session, file.id):
        await app[VAULT].erase(file.session, file.id)
    await tell(app, file)


async def erase_due(app: web.Application) -> int:
    """Erase what was kept long enough, bytes first, and write into the records that it is gone."""
    at = app[CLOCK]()
    before = at - timedelta(days=app[SETTINGS].files.keep_days)
    async with app[DB].reading() as db:
        due = await sessions.files_due(db, before)
    for file in due:
        async with app[VAULT].lock(file.session, file.id):
            await app[VAULT].erase(file.session, file.id)
        async with app[DB].transaction() as db:
            gone = await sessions.file_erased(db, file.session, file.id, at)
        await tell(app, gone)
    if due:
        log.info("files were erased", count=len(due))
    return len(due)


async def _look_at_head(app: web.Application, file: File) -> None:
    """A program is thrown out with its first bytes, whatever its name says."""
    vault, at = app[VAULT], app[CLOCK]()
    head = await vault.head(file.session, file.id, sessions.HEAD_BYTES)
    try:
        sessions.check_head(file, head)
    except sessions.errors.FileRefused:
        await vault.erase(file.session, file.id)
        async with app[DB].transaction() as db:
            gone = await sessions.withdraw_file(db, file.session, file.by, file.id, at)
        await tell(app, gone)
        raise


async def _arrived(app: web.Application, file: File) -> File:
    at = app[CLOCK]()

    async def keep() -> File:
        async with app[DB].transaction() as db:
            return await sessions.file_arrived(db, file.session, file.id, at)

    return await repeated(keep)
