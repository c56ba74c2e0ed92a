"""`minuta inbox`, `minuta refunds`, `minuta disputes`: what the card rail leaves to a person.

Every deed names who does it (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in
the audit journal. Exit 0: done, or the list; 1: refused, with the reason; 2: nobody of that name.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import LedgerError, cards
from ledger.cards import CallState, NewsState
from ledger.control import Actor
from metering import utc_now
from web.adapters import gateway_of
from web.db import Database
from web.settings import Settings
from web.words import money_text

LISTED_MAX = 200
Deed = Callable[[AsyncConnection, argparse.Namespace, str, datetime], Awaitable[None]]


class Nobody(Exception):
    """No officer has that address."""


def run(given: argparse.Namespace, settings: Settings) -> int:
    try:
        asyncio.run(_run(given, settings))
    except Nobody as error:
        print(f"minuta: {error} is no curator or accountant", file=sys.stderr)
        return 2
    except (LedgerError, ValueError) as error:
        print(f"minuta: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(given: argparse.Namespace, settings: Settings) -> None:
    database, gateway = Database(settings.database_url), gateway_of(settings).name
    try:
        async with database.transaction() as db:
            await DEEDS[given.command, given.verb](db, given, gateway, utc_now())
    finally:
        await database.close()


async def _officer(db: AsyncConnection, given: argparse.Namespace) -> Actor:
    """Raises: Nobody."""
    found = await parties.by_email(db, given.by)
    roles = [role for role in ("curator", "accountant") if found and role in found.roles]
    if found is None or not roles:
        raise Nobody(given.by)
    return Actor(found.id, roles[0])


def _table(rows: Iterable[Iterable[object]]) -> None:
    for row in rows:
        print("\t".join(str(cell) for cell in row))


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


async def _list_news(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    state = NewsState(given.state) if given.state else None
    found = await cards.listed(db, state, given.about or "", LISTED_MAX)
    _table(
        (n.notice.id, n.state, n.notice.kind, n.notice.subject, _at(n.received_at), n.verdict)
        for n in found
    )


async def _replay(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    actor = await _officer(db, given)
    ids = given.events
    if given.all_dead:
        ids = [one.notice.id for one in await cards.listed(db, NewsState.DEAD, "", LISTED_MAX)]
    for id in ids:
        await cards.replay(db, gateway, id, actor, given.why, at)
    print(f"{len(ids)} to be tried anew")


async def _skip(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    actor = await _officer(db, given)
    for id in given.events:
        await cards.skip(db, gateway, id, actor, given.why, at)
    print(f"{len(given.events)} laid aside")


async def _list_refunds(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Calls without an answer: those that a person must decide, then those that still go on."""
    for state in (CallState.BY_HAND, CallState.IN_DOUBT):
        _table(
            (p.id, p.call, p.payment, money_text(p.amount, "en"), _at(p.asked_at), p.tries)
            for p in await cards.calls(db, state)
        )


async def _decide(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    actor = await _officer(db, given)
    part = await cards.decide_call(db, given.refund, actor, given.why, at, given.ref or "")
    print(f"{part.id}\t{part.money.value}")


async def _list_disputes(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    _table(
        (
            d.id,
            d.status.value,
            d.party,
            money_text(d.amount, "en"),
            d.evidence_state,
            _at(d.answer_by),
        )
        for d in await cards.disputes(db)
    )


async def _send(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    actor = await _officer(db, given)
    await cards.send_evidence(db, gateway, given.dispute, actor, given.why, at)
    print("the evidence goes to the bank within seconds")


async def _show(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    print((await cards.dispute(db, gateway, given.dispute)).evidence or "nothing gathered yet")


async def _thaw(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    actor = await _officer(db, given)
    thawed = await cards.lift_freeze(db, given.party, given.key, actor, given.why, at)
    left = [one.key for one in await cards.freezes_of(db, given.party)]
    print("the wallet may be used" if thawed else f"still frozen: {', '.join(left)}")


DEEDS: dict[tuple[str, str], Deed] = {
    ("inbox", "list"): _list_news,
    ("inbox", "replay"): _replay,
    ("inbox", "skip"): _skip,
    ("refunds", "list"): _list_refunds,
    ("refunds", "decide"): _decide,
    ("disputes", "list"): _list_disputes,
    ("disputes", "show"): _show,
    ("disputes", "send"): _send,
    ("disputes", "thaw"): _thaw,
}
