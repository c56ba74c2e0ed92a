"""`minuta grant [ROLE]`: give PostgreSQL's role for the application what it needs, not more.

Create the role first (`CREATE ROLE minuta_app LOGIN …`) and run this as the owner of the tables;
then let `minuta serve` connect as that role. `minuta migrate` does the same for `minuta_app`.
"""

import argparse
import asyncio
import sys

from ledger import LedgerError, grant
from web.db import Database
from web.settings import Settings


def run(given: argparse.Namespace, settings: Settings) -> int:
    try:
        granted = asyncio.run(_grant(settings, given.role))
    except LedgerError as error:
        print(f"minuta grant: {error}", file=sys.stderr)
        return 1
    for table, rights in granted.items():
        print(f"{table:<32} {rights}")
    return 0


async def _grant(settings: Settings, role: str) -> dict[str, str]:
    database = Database(settings.database_url)
    try:
        async with database.transaction() as db:
            return await grant(db, role)
    finally:
        await database.close()
