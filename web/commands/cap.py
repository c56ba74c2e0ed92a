"""`minuta cap`: what a member may spend of a payer's money in a day, a week or a month.

`set` and `drop` name who does it (`--by EMAIL`, a curator or an accountant) and why, and leave a
row in the audit journal. Exit 0: done, or the list; 1: refused, with the reason; 2: nobody of
that name.
"""

import argparse
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money
from ledger.control import record
from metering import cap_member, member_caps
from web.commands.deeds import Deed, officer, party_of, run_deed, table
from web.settings import Settings
from web.words import money_text


def run(given: argparse.Namespace, settings: Settings) -> int:
    return run_deed(DEEDS[given.verb], given, settings)


async def _set(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    await _put(db, given, at, given.minor, given.zone)


async def _drop(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    await _put(db, given, at, None, "UTC")


async def _put(
    db: AsyncConnection, given: argparse.Namespace, at: datetime, minor: int | None, zone: str
) -> None:
    who, member = await officer(db, given.by), await party_of(db, given.member)
    payer = Account(AccountKind.PREPAID, await party_of(db, given.payer), given.currency)
    await cap_member(db, payer, member, given.period, minor, zone, at)
    about, what = f"party:{payer.owner}", f"cap.{given.verb}"
    sums = {} if minor is None else {"amount_minor": minor}
    await record(db, who, what, about, given.why, at, member=member, period=given.period, **sums)


async def _list(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    """Member, period, cap, spent in this period, whose calendar."""
    payer = Account(AccountKind.PREPAID, await party_of(db, given.payer), given.currency)
    for cap, spent in await member_caps(db, payer, at):
        sums = [money_text(Money(n, given.currency), "en") for n in (cap.amount_minor, spent)]
        table([(cap.member, cap.period, *sums, cap.zone)])


DEEDS: dict[str, Deed] = {"set": _set, "drop": _drop, "list": _list}
