"""`minuta promo`: give promo credit to a party, and see what is left of it.

`grant` names who gives (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in the
audit journal; a campaign grants to a party once. Exit 0: done, or the list; 1: refused, with the
reason; 2: nobody of that name.
"""

import argparse
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Money, balance, promo
from ledger.control import record_once
from web.commands.deeds import Deed, officer, party_of, run_deed, table
from web.settings import Settings
from web.words import money_text


def run(given: argparse.Namespace, settings: Settings) -> int:
    return run_deed(DEEDS[given.verb], given, settings)


async def _grant(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Until the end of the last day. Given before: the grant that there is."""
    who, party = await officer(db, given.by), await party_of(db, given.email)
    until = datetime.combine(given.until + timedelta(days=1), time(), UTC)
    amount = Money(given.minor, given.currency)
    found = await promo.grant(db, promo.Grant(given.campaign, party, amount, at, until), at)
    what, facts = f"promo:{found.id}", {"amount_minor": amount.minor}
    await record_once(
        db, who, "promo.granted", what, given.why, at, currency=amount.currency, **facts
    )
    print(f"{found.id}\t{money_text(found.amount, 'en')}\tuntil {given.until}")


async def _list(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    """The first to expire first: granted, left, until when."""
    for one in await promo.granted_to(db, await party_of(db, given.email)):
        left = (await balance(db, one.purse)).posted
        until = one.expires_at.isoformat(timespec="minutes")
        sums = (money_text(one.amount, "en"), money_text(left, "en"))
        table([(one.campaign, *sums, until)])


DEEDS: dict[str, Deed] = {"grant": _grant, "list": _list}
