"""`minuta payouts`: what payouts leave to a person.

Every deed names who does it (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in
the audit journal. Exit 0: done, or the list; 1: refused, with the reason; 2: nobody of that name.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import LedgerError, Money, payouts
from ledger.cards import connect
from ledger.control import Actor
from ledger.payouts import Standing
from metering import utc_now
from web.adapters import payees_of
from web.db import Database
from web.settings import Settings
from web.words import money_text

Deed = Callable[[AsyncConnection, argparse.Namespace, str, datetime], Awaitable[None]]


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
    database, gateway = Database(settings.database_url), payees_of(settings).name
    try:
        async with database.transaction() as db:
            await DEEDS[given.verb](db, given, gateway, utc_now())
    finally:
        await database.close()


async def _officer(db: AsyncConnection, given: argparse.Namespace) -> Actor:
    """Raises: Nobody."""
    found = await parties.by_email(db, given.by)
    roles = [role for role in ("curator", "accountant") if found and role in found.roles]
    if found is None or not roles:
        raise Nobody(f"{given.by}, curator or accountant")
    return Actor(found.id, roles[0])


async def _payee(db: AsyncConnection, email: str) -> str:
    """The id of a party. Raises: Nobody."""
    found = await parties.by_email(db, email)
    if found is None:
        raise Nobody(email)
    return found.id


async def _list(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    """Those that have not left, oldest first; in doubt since when, and why they wait."""
    for one in await payouts.open_pay_outs(db):
        since = (one.asked_at or one.requested_at).isoformat(timespec="seconds")
        facts = (one.id, one.state.value, one.rail.value, since, money_text(one.amount, "en"))
        print("\t".join((*facts, one.why)))


async def _decide(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    actor = await _officer(db, given)
    found = await connect.decide(db, given.pay_out, actor, given.why, at, given.ref or "")
    print(f"{found.id}\t{found.state.value}\t{found.ref}")


async def _trust(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Earnings of a trusted payee ripen sooner."""
    actor, party = await _officer(db, given), await _payee(db, given.email)
    standing = Standing.NEW if given.no_more else Standing.TRUSTED
    await payouts.set_standing(db, party, standing, actor, given.why, at)
    print(f"{given.email}\t{standing.value}")


async def _recover(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Plan to take back what was transferred; the running server asks for it."""
    actor, party = await _officer(db, given), await _payee(db, given.email)
    amount = Money(given.minor, given.currency)
    planned = await connect.plan_recovery(
        db, given.key, party, gateway, amount, actor, given.why, at
    )
    for one in planned:
        print(f"{one.id}\t{one.state.value}\t{money_text(one.amount, 'en')}")


DEEDS: dict[str, Deed] = {
    "list": _list,
    "decide": _decide,
    "trust": _trust,
    "recover": _recover,
}
