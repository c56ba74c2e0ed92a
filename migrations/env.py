"""Alembic's environment: the tables of every room, on the connection that `minuta migrate` gives.

Run by hand (`alembic -c setup.cfg …`) it opens the database that MINUTA_DATABASE_URL names.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, MetaData, text

import broker.notices.schema
import broker.parties.schema
import broker.sessions.schema
import ledger.bank.schema
import ledger.books.schema
import ledger.cards.auto_top_up.schema
import ledger.cards.connect.schema
import ledger.cards.schema
import ledger.control.schema
import ledger.payouts.schema
import ledger.promo.schema
import ledger.schema
import ledger.tax.schema
import metering.schema
import reports.schema
import web.schema
from web.db import Database
from web.settings import read_settings

LOCK = 0x6D696E757461  # one migration at a time, whoever starts it

METADATA: list[MetaData] = [
    ledger.schema.metadata,
    ledger.control.schema.metadata,
    ledger.bank.schema.metadata,
    ledger.promo.schema.metadata,
    ledger.tax.schema.metadata,
    ledger.payouts.schema.metadata,
    ledger.cards.auto_top_up.schema.metadata,
    ledger.cards.connect.schema.metadata,
    ledger.cards.schema.metadata,
    ledger.books.schema.metadata,
    metering.schema.metadata,
    broker.parties.schema.metadata,
    broker.sessions.schema.metadata,
    broker.notices.schema.metadata,
    reports.schema.metadata,
    web.schema.metadata,
]


def migrate(connection: Connection) -> None:
    """Bring the schema behind the connection up to date, in its transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


async def by_hand() -> None:
    database = Database(read_settings().database_url)
    try:
        async with database.transaction() as db:
            await db.run_sync(migrate)
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(by_hand())
