"""`minuta bank import FILE…`: statements into the books from a terminal.

Exit 0: booked, or in the books already; 1: refused, with the reason; 2: the file cannot be read.
Several files are taken by their days, and again while any of them brings something, so their
order does not matter.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from ledger.bank import (
    Outlook,
    Statement,
    StatementRefused,
    book_statement,
    keep_account,
    outlook,
    read_statement,
)
from ledger.control import SYSTEM
from metering import utc_now
from web.db import Database
from web.payee import payee_of
from web.settings import Settings


def run(given: argparse.Namespace, settings: Settings) -> int:
    try:
        files = {name: Path(name).read_bytes() for name in given.files}
    except OSError as error:
        print(f"minuta bank: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    refused = asyncio.run(_import(settings, files, given.dry_run))
    for name, why in refused.items():
        print(f"{name}: refused, {why}", file=sys.stderr)
    return 1 if refused else 0


async def _import(
    settings: Settings, files: dict[str, bytes], dry_run: bool
) -> dict[str, StatementRefused]:
    """Import what can be imported, older days first; what is left, with the reasons."""
    read, refused = await _read(files)
    database = Database(settings.database_url)
    try:
        while read:
            late: dict[str, StatementRefused] = {}
            for name, statement in read.items():
                try:
                    seen = await _one(database, settings, name, files[name], statement, dry_run)
                    print(f"{name}: {_told(seen)}")
                except StatementRefused as why:
                    late[name] = why
            if len(late) in (0, len(read)) or dry_run:
                return refused | late
            read = {name: read[name] for name in late}
        return refused
    finally:
        await database.close()


async def _read(
    files: dict[str, bytes],
) -> tuple[dict[str, Statement], dict[str, StatementRefused]]:
    """What the files say, by their first days, and those that say nothing."""
    read: dict[str, Statement] = {}
    refused: dict[str, StatementRefused] = {}
    for name, data in files.items():
        try:
            read[name] = await read_statement(data)
        except StatementRefused as why:
            refused[name] = why
    older = sorted(read, key=lambda name: min(one.first_day for one in read[name].sections))
    return {name: read[name] for name in older}, refused


async def _one(
    database: Database,
    settings: Settings,
    name: str,
    data: bytes,
    statement: Statement,
    dry_run: bool,
) -> Outlook:
    at, payee = utc_now(), payee_of(settings)
    async with database.transaction() as db:
        if payee is not None:
            await keep_account(db, payee.requisites, at)
        if dry_run:
            return await outlook(db, data, statement)
        return await book_statement(db, Path(name).name, data, statement, SYSTEM, at)


def _told(seen: Outlook) -> str:
    if seen.again:
        return "in the books already"
    known = sum(section.plan.seen for section in seen.sections)
    return f"{seen.fresh} new, {seen.questions} of them questions, {known} known"
