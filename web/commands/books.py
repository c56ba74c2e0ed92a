"""`minuta books`: the journal as a file (`export`), and the closing of months (`close`)."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import BinaryIO

from broker import parties
from ledger import books, control
from ledger.books import BadPeriod, ClosingRefused, Format, Period
from metering import utc_now
from web.db import Database
from web.settings import Settings

BAD_INPUT = 2
PAGE_JOURNALS = 5_000
FORMATS = tuple(form.value for form in Format)


def run(given: argparse.Namespace, settings: Settings) -> int:
    """0 done, 1 refused, 2 a period that is none."""
    try:
        period = Period(given.first, given.last)
    except BadPeriod as error:
        print(f"minuta books: {error}", file=sys.stderr)
        return BAD_INPUT
    if given.verb == "export":
        return _export(given, settings, period)
    return asyncio.run(_close(given, settings, period))


def _export(given: argparse.Namespace, settings: Settings, period: Period) -> int:
    """Write the file, or to the standard output for `-`; what is half written goes away."""
    form = books.format_of(given.format)
    name = given.out or books.file_name(form, period)
    if name == "-":
        asyncio.run(_write(settings, form, period, sys.stdout.buffer))
        return 0
    part = Path(f"{name}.part")
    try:
        with part.open("wb") as file:
            asyncio.run(_write(settings, form, period, file))
        part.replace(name)
    finally:
        part.unlink(missing_ok=True)
    print(name)
    return 0


async def _write(settings: Settings, form: Format, period: Period, file: BinaryIO) -> None:
    database = Database(settings.database_url, patient=True)
    try:
        async with database.reading() as db:
            async for piece in books.export_journal(db, form, period, PAGE_JOURNALS):
                file.write(piece)
    finally:
        await database.close()


async def _close(given: argparse.Namespace, settings: Settings, period: Period) -> int:
    """Close whole months; whoever has the database has the right."""
    database, at = Database(settings.database_url, patient=True), utc_now()
    try:
        async with database.transaction() as db:
            person = await parties.by_email(db, given.by)
            by = person.id if person else given.by
            done = await books.close_period(db, period.first, period.last, by, at)
            why = f"by {given.by} at the command line"
            facts = {"last": str(period.last), "manifest": done.manifest}
            subject = f"period:{period.first}"
            await control.record(db, control.SYSTEM, "period.closed", subject, why, at, **facts)
    except ClosingRefused as error:
        hint = f"; the next is from {error.expected}" if error.expected else ""
        print(f"minuta books: {error}{hint}", file=sys.stderr)
        return 1
    finally:
        await database.close()
    print(f"{period} closed, {done.manifest}")
    return 0
