"""`minuta promo`: give promo credit to a party, and see what is left of it.

`grant` names who gives (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in the
audit journal; a campaign grants to a party once. Exit 0: done, or the list; 1: refused, with the
reason; 2: nobody of that name.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import LedgerError, Money, balance, promo
from ledger.control import Actor, record_once
from metering import utc_now
from web.db import Database
from web.settings import Settings
from web.words import money_text

Deed = Callable[[AsyncConnection, argparse.Namespace, datetime], Awaitable[None]]


class Nobody(Exception):
    """No officer, or no party, has that address."""


def run(given: argparse.Namespace, settings: Settings) -> int:
    try:
        asyncio.run(_run(given, settings))
    except Nobody as error:
        print(f"minuta: nobody here is {error}", file=sys.stderr)
        return 2
    except (LedgerError, ValueError) as error:
        print(f"minuta: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(given: argparse.Namespace, settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        async with database.transaction() as db:
            await DEEDS[given.verb](db, given, utc_now())
    finally:
        await database.close()


async def _grant(db: AsyncConnection, given: argparse.Namespace, at: datetime) -> None:
    """Until the end of the last day. Given before: the grant that there is."""
    officer = await parties.by_email(db, given.by)
    roles = [role for role in ("curator", "accountant") if officer and role in officer.roles]
    if officer is None or not roles:
        raise Nobody(f"{given.by}, curator or accountant")
    party = await _party(db, given.email)
    until = datetime.combine(given.until + timedelta(days=1), time(), UTC)
    amount = Money(given.minor, given.currency)
    found = await promo.grant(db, promo.Grant(given.campaign, party, amount, at, until), at)
    facts = {"amount_minor": amount.minor}
    who, what = Actor(officer.id, roles[0]), f"promo:{found.id}"
    await record_once(
        db, who, "promo.granted", what, given.why, at, currency=amount.currency, **facts
    )
    print(f"{found.id}\t{money_text(found.amount, 'en')}\tuntil {given.until}")


async def _list(db: AsyncConnection, given: argparse.Namespace, at: datetime) -> None:
    """The first to expire first: granted, left, until when."""
    for one in await promo.granted_to(db, await _party(db, given.email)):
        left = (await balance(db, one.purse)).posted
        until = one.expires_at.isoformat(timespec="minutes")
        sums = (money_text(one.amount, "en"), money_text(left, "en"))
        print("\t".join((one.campaign, *sums, until)))


async def _party(db: AsyncConnection, email: str) -> str:
    """The id of a party. Raises: Nobody."""
    found = await parties.by_email(db, email)
    if found is None:
        raise Nobody(email)
    return found.id


DEEDS: dict[str, Deed] = {"grant": _grant, "list": _list}
