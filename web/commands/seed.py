"""`minuta seed`: demo accounts with prepaid money; safe to run again. Not for production."""

import argparse
import asyncio
import sys
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import Account, AccountKind, Draft, Leg, post_many
from ledger.control import SYSTEM, declare_residence, record_once, residence
from metering import utc_now
from web.commands.schema import migrate
from web.db import Database
from web.demo_accounts import ACCOUNTS as ACCOUNTS
from web.settings import Settings

COUNTRY = "RU"  # where demo accounts with money live: they may try invoices of a bank as well


def run(_given: argparse.Namespace, settings: Settings) -> int:
    if settings.production:
        print("minuta seed: demo accounts are not for production", file=sys.stderr)
        return 2
    asyncio.run(_seed(settings))
    for account in ACCOUNTS:
        print(f"{account.role:<11} {account.name} <{account.email}>")
    return 0


async def _seed(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        await migrate(database)
        await seed(database)
    finally:
        await database.close()


async def seed(database: Database) -> None:
    """Make what is missing, in one transaction."""
    at = utc_now()
    async with database.transaction() as db:
        for account in ACCOUNTS:
            found = await parties.by_email(db, account.email)
            if found is None:
                found = await parties.register(
                    db, account.name, account.email, account.roles, "ru", at
                )
            if account.prepaid_minor and await residence(db, found.id) is None:
                await declare_residence(db, found.id, COUNTRY, SYSTEM, at)
            await _give(db, found.id, account.prepaid_minor, at)


async def _give(db: AsyncConnection, party: str, minor: int, at: datetime) -> None:
    """Money from the demo bank, once for each party: the key is the party."""
    if not minor:
        return
    legs = (
        Leg(Account(AccountKind.CASH, "demo"), -minor),
        Leg(Account(AccountKind.PREPAID, party), minor),
    )
    [result] = await post_many(db, [Draft("seed", party, "top_up", legs, ref=party)], at)
    result.raise_for_status()
    subject = f"party:{party}"
    await record_once(
        db, SYSTEM, "seed", subject, "demo account", at, amount_minor=minor, currency="RUB"
    )
