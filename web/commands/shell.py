"""`minuta shell`: a Python prompt with the rooms imported and a database at hand."""

import argparse
import asyncio
import code
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import parties, sessions
from web.db import Database
from web.settings import Settings

BANNER = """Minuta. `read(lambda db: sessions.session(db, "S-2026-000001"))` looks;
`write(lambda db: …)` changes, in one transaction. Rooms: ledger, metering, parties, sessions."""


def run(_given: argparse.Namespace, settings: Settings) -> int:
    def ask(kind: str, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        async def once() -> Any:
            database = Database(settings.database_url)
            try:
                async with getattr(database, kind)() as db:
                    return await verb(db)
            finally:
                await database.close()

        return asyncio.run(once())

    names = {
        "ledger": ledger,
        "metering": metering,
        "parties": parties,
        "sessions": sessions,
        "now": metering.utc_now,
        "read": lambda verb: ask("reading", verb),
        "write": lambda verb: ask("transaction", verb),
    }
    code.interact(banner=BANNER, local=names, exitmsg="")
    return 0
