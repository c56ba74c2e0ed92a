"""The frame of commands by which a person does what is left to persons.

A deed names who does it (`--by EMAIL`, a curator or an accountant), runs in one transaction, and
prints its own answer. Exit 0: done; 1: refused, with the reason; 2: nobody of that name.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import LedgerError
from ledger.control import Actor
from metering import MeteringError, utc_now
from web.db import Database
from web.settings import Settings

#: The last text is the acquirer's name, "" where none is asked.
Deed = Callable[[AsyncConnection, argparse.Namespace, str, datetime], Awaitable[None]]

OFFICERS = ("curator", "accountant")


class Nobody(Exception):
    """No officer, or no party, has that address."""


def run_deed(deed: Deed, given: argparse.Namespace, settings: Settings, gateway: str = "") -> int:
    try:
        asyncio.run(_run(deed, given, settings, gateway))
    except Nobody as error:
        print(f"minuta: nobody here is {error}", file=sys.stderr)
        return 2
    except (LedgerError, MeteringError, ValueError) as error:
        print(f"minuta: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(deed: Deed, given: argparse.Namespace, settings: Settings, gateway: str) -> None:
    database = Database(settings.database_url)
    try:
        async with database.transaction() as db:
            await deed(db, given, gateway, utc_now())
    finally:
        await database.close()


async def officer(db: AsyncConnection, email: str) -> Actor:
    """Raises: Nobody."""
    found = await parties.by_email(db, email)
    roles = [role for role in OFFICERS if found and role in found.roles]
    if found is None or not roles:
        raise Nobody(f"{email}, {' or '.join(OFFICERS)}")
    return Actor(found.id, roles[0])


async def party_of(db: AsyncConnection, email: str) -> str:
    """The id of a party. Raises: Nobody."""
    found = await parties.by_email(db, email)
    if found is None:
        raise Nobody(email)
    return found.id


def table(rows: Iterable[Iterable[object]]) -> None:
    for row in rows:
        print("\t".join(str(cell) for cell in row))
