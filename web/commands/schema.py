"""`minuta migrate`: bring the schema up to date; safe to run again and by several at once.

Where PostgreSQL has the application's role, that is granted what it needs of new tables, too.
"""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import migrations
from ledger import APPLICATION, RoleUnknown, grant
from web.db import Database
from web.settings import Settings


def run(_given: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(_migrate(settings))
    return 0


async def _migrate(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        await migrate(database)
        with suppress(RoleUnknown):
            async with database.transaction() as db:
                await grant(db, APPLICATION)
    finally:
        await database.close()


async def migrate(database: Database, target: str = "head") -> None:
    """Apply what is missing up to revision `target`, all of it or nothing."""
    async with database.transaction() as db:
        await db.run_sync(_upgrade, target)


def _upgrade(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
