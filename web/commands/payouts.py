"""`minuta payouts`: what payouts leave to a person.

Every deed names who does it (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in
the audit journal (web/commands/deeds.py).
"""

import argparse
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Money, payouts
from ledger.cards import connect
from ledger.payouts import Standing
from web.adapters import payees_of
from web.commands.deeds import Deed, officer, party_of, run_deed, table
from web.settings import Settings
from web.words import money_text


def run(given: argparse.Namespace, settings: Settings) -> int:
    return run_deed(DEEDS[given.verb], given, settings, payees_of(settings).name)


async def _list(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    """Those that have not left, oldest first; in doubt since when, and why they wait."""
    for one in await payouts.open_pay_outs(db):
        since = (one.asked_at or one.requested_at).isoformat(timespec="seconds")
        facts = (one.id, one.state.value, one.rail.value, since, money_text(one.amount, "en"))
        table([(*facts, one.why)])


async def _decide(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    actor = await officer(db, given.by)
    found = await connect.decide(db, given.pay_out, actor, given.why, at, given.ref or "")
    print(f"{found.id}\t{found.state.value}\t{found.ref}")


async def _trust(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Earnings of a trusted payee ripen sooner."""
    actor, party = await officer(db, given.by), await party_of(db, given.email)
    standing = Standing.NEW if given.no_more else Standing.TRUSTED
    await payouts.set_standing(db, party, standing, actor, given.why, at)
    print(f"{given.email}\t{standing.value}")


async def _recover(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Plan to take back what was transferred; the running server asks for it."""
    actor, party = await officer(db, given.by), await party_of(db, given.email)
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
