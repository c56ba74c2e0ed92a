"""The card rail's worker: news, fees, refunds, evidence, and once a day the reconciliation.

One loop a process; several processes may run it, as each piece of work is claimed. It wakes when
news was stored and every few seconds; whatever fails is logged and left for the next round.
"""

import asyncio
import contextlib

from aiohttp import web

from ledger import cards
from ledger.cards import connect
from web import evidence, metrics, wiring
from web.keys import CARD_NEWS, CARD_ROUND, CLOCK, DB, GATEWAY, PAYEES
from web.unbroken import safely, unbroken

ROUND_S = 2
AT_ONCE = 4  # look-ups at the acquirer
DAILY_EVERY = 300  # rounds between two looks at whether the daily work is due

LOOP = "cards"


async def work(app: web.Application) -> None:
    """Never ends."""
    turn = 0
    while True:
        await unbroken(one_round(app))
        if turn % DAILY_EVERY == 0:
            await unbroken(safely(LOOP, "reconciliation", lambda: daily(app)))
        turn += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app[CARD_NEWS].wait(), ROUND_S)


async def one_round(app: web.Application) -> None:
    """Do what is due now, and what a round under way has taken; each kind stands for itself."""
    async with app[CARD_ROUND]:
        app[CARD_NEWS].clear()
        transaction, gateway, clock = app[DB].transaction, app[GATEWAY], app[CLOCK]
        await safely(LOOP, "inbox", lambda: take_news(app))
        await safely(LOOP, "fees", lambda: cards.work_fees(transaction, gateway, clock))
        await safely(LOOP, "refunds", lambda: cards.work_refunds(transaction, gateway, clock))
        await safely(
            LOOP,
            "evidence",
            lambda: cards.work_evidence(transaction, gateway, clock, evidence.gather),
        )


async def take_news(app: web.Application) -> None:
    """Work through the inbox until nothing is due; whoever waits for money sees it at once."""
    connected = connect.ways(app[PAYEES], app[GATEWAY].look, cards.apply_fact)
    while True:
        worked = await cards.work_inbox(
            app[DB].transaction, app[GATEWAY], app[CLOCK], connected, at_once=AT_ONCE
        )
        async with app[DB].reading() as db:
            paid = await cards.credited(db, worked)
            waiting = await cards.backlog(db)
        for top_up in paid:
            wiring.topped_up(app, top_up)
        oldest = (app[CLOCK]() - waiting.oldest).total_seconds() if waiting.oldest else 0
        metrics.NEWS_OPEN.set(waiting.open)
        metrics.NEWS_DEAD.set(waiting.counts.get(cards.NewsState.DEAD, 0))
        metrics.NEWS_LAG.set(max(0, oldest))
        if not worked:
            return


async def daily(app: web.Application) -> None:
    """The reconciliation, and what disputes block, once a day for all processes together."""
    at = app[CLOCK]()
    async with app[DB].reading() as db:
        due = await cards.is_due(db, app[GATEWAY].name, at)
    if not due:
        return
    async with app[DB].transaction() as db:
        await cards.refresh_blocks(db, at)
    run = await cards.reconcile(app[DB].transaction, app[GATEWAY], app[CLOCK])
    metrics.DIFFERENCES.set(len(run.differences))
