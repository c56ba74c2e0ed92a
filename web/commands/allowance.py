"""`minuta allowance`: give seconds in advance to a party, and see what is left of them.

`grant` names who gives (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in the
audit journal; a key grants to a party once. Exit 0: done, or the list; 1: refused, with the
reason; 2: nobody of that name.
"""

import argparse
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import record_once
from metering import allowances_of, grant_allowance
from web.commands.deeds import Deed, officer, party_of, run_deed, table
from web.settings import Settings


def run(given: argparse.Namespace, settings: Settings) -> int:
    return run_deed(DEEDS[given.verb], given, settings)


async def _grant(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Until the end of the last day, or for ever. Given before: the grant that there is."""
    who, party = await officer(db, given.by), await party_of(db, given.email)
    until = None
    if given.until is not None:
        until = datetime.combine(given.until + timedelta(days=1), time(), UTC)
    terms = (given.seconds, at, given.key, given.kind, given.step)
    found = await grant_allowance(db, party, *terms, expires_at=until)
    await record_once(
        db, who, "allowance.granted", f"allowance:{found.id}", given.why, at, seconds=found.seconds
    )
    print(f"{found.id}\t{found.seconds} s of {found.kind}\tuntil {given.until or 'used up'}")


async def _list(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    """In the order of use: key, kind, granted, left, step, until when."""
    for one in await allowances_of(db, await party_of(db, given.email)):
        until = one.expires_at.isoformat(timespec="minutes") if one.expires_at else "-"
        key = one.id.removesuffix(f":{one.payer}")
        table([(key, one.kind, one.seconds, one.left_s, one.step_s, until)])


DEEDS: dict[str, Deed] = {"grant": _grant, "list": _list}
