"""`minuta inbox`, `minuta refunds`, `minuta disputes`: what the card rail leaves to a person.

Every deed names who does it (`--by EMAIL`, a curator or an accountant) and why, and leaves a row in
the audit journal (web/commands/deeds.py).
"""

import argparse
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import cards
from ledger.cards import CallState, NewsState
from web.adapters import gateway_of
from web.commands.deeds import Deed, officer, run_deed, table
from web.settings import Settings
from web.words import money_text

LISTED_MAX = 200


def run(given: argparse.Namespace, settings: Settings) -> int:
    return run_deed(DEEDS[given.command, given.verb], given, settings, gateway_of(settings).name)


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


async def _list_news(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    state = NewsState(given.state) if given.state else None
    found = await cards.listed(db, state, given.about or "", LISTED_MAX)
    table(
        (n.notice.id, n.state, n.notice.kind, n.notice.subject, _at(n.received_at), n.verdict)
        for n in found
    )


async def _replay(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    actor = await officer(db, given.by)
    ids = given.events
    if given.all_dead:
        ids = [one.notice.id for one in await cards.listed(db, NewsState.DEAD, "", LISTED_MAX)]
    for id in ids:
        await cards.replay(db, gateway, id, actor, given.why, at)
    print(f"{len(ids)} to be tried anew")


async def _skip(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    actor = await officer(db, given.by)
    for id in given.events:
        await cards.skip(db, gateway, id, actor, given.why, at)
    print(f"{len(given.events)} laid aside")


async def _list_refunds(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    """Calls without an answer: those that a person must decide, then those that still go on."""
    for state in (CallState.BY_HAND, CallState.IN_DOUBT):
        table(
            (p.id, p.call, p.payment, money_text(p.amount, "en"), _at(p.asked_at), p.tries)
            for p in await cards.calls(db, state)
        )


async def _decide(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    actor = await officer(db, given.by)
    part = await cards.decide_call(db, given.refund, actor, given.why, at, given.ref or "")
    print(f"{part.id}\t{part.money.value}")


async def _list_disputes(
    db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime
) -> None:
    table(
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
    actor = await officer(db, given.by)
    await cards.send_evidence(db, gateway, given.dispute, actor, given.why, at)
    print("the evidence goes to the bank within seconds")


async def _show(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    print((await cards.dispute(db, gateway, given.dispute)).evidence or "nothing gathered yet")


async def _thaw(db: AsyncConnection, given: argparse.Namespace, gateway: str, at: datetime) -> None:
    actor = await officer(db, given.by)
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
