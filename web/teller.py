"""The teller: money that moves without its owner at the desk. Automatic top-ups when a wallet is
low, payouts that are due, the reserve, the week's run, and the letters about all that.

One loop a process; several may run it, for each piece of work is claimed or unique in the database.
It wakes when a session runs low on funds and every few seconds; whatever fails is logged and left.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

import ledger
from ledger import payouts
from ledger.cards import auto_top_up, connect
from ledger.control import SwitchedOff
from web import wiring
from web.db import repeated
from web.keys import CARDS, CLOCK, DB, MONEY_DUE, MONEY_ROUND, PAYEES, SETTINGS
from web.telling import tell_owners
from web.unbroken import safely, unbroken

ROUND_S = 5
SLOW_EVERY = 6  # rounds between two looks at payouts, reserves and left card pages

LOOP = "teller"
log = structlog.get_logger(LOOP)


async def work(app: web.Application) -> None:
    """Never ends."""
    turn = 0
    while True:
        await unbroken(one_round(app, slow=turn % SLOW_EVERY == 0))
        turn += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app[MONEY_DUE].wait(), ROUND_S)


async def one_round(app: web.Application, slow: bool = True) -> None:
    """Do what is due now, and what a round under way has taken; each kind stands for itself."""
    async with app[MONEY_ROUND]:
        woken = app[MONEY_DUE].is_set()
        app[MONEY_DUE].clear()
        await safely(LOOP, "top_ups", lambda: top_up(app))
        if slow or woken:
            await safely(LOOP, "pay_outs", lambda: pay(app))
        if slow:
            await safely(LOOP, "week", lambda: pay_the_week(app))
            await safely(LOOP, "card_pages", lambda: look_at_card_pages(app))
        await safely(LOOP, "letters", lambda: tell_owners(app))


async def top_up(app: web.Application) -> None:
    """Plan for whoever is low, charge what is due; sessions that waited for the money go on."""
    home, after = f"{app[SETTINGS].origin}/wallet/auto-top-up", ""
    while True:

        async def plan(after: str = after) -> str:
            async with app[DB].transaction() as db:
                return (await auto_top_up.consider_all(db, home, app[CLOCK](), after))[1]

        after = await repeated(plan)
        if not after:
            break
    runs = await auto_top_up.work_auto_top_ups(app[DB].transaction, app[CARDS], app[CLOCK])
    for run in runs:
        if run.state is auto_top_up.RunState.PAID:
            await wiring.paid_by_itself(app, run.id)


async def pay(app: web.Application) -> None:
    """What is owed to us goes first; then the reserve of fresh earnings, accounts that were to be
    made, payouts and what comes back."""
    transaction, clock = app[DB].transaction, app[CLOCK]
    for verb in (ledger.collect_claims, payouts.keep_reserves, payouts.release_reserves):
        more = True
        while more:

            async def part(verb: Callable[..., Awaitable[int]] = verb) -> int:
                async with transaction() as db:
                    return await verb(db, clock())

            more = bool(await repeated(part))
    await connect.work_accounts(transaction, app[PAYEES], clock)
    await connect.work_pay_outs(transaction, app[PAYEES], clock)
    await connect.work_reversals(transaction, app[PAYEES], clock)


async def pay_the_week(app: web.Application) -> None:
    """What has cleared is asked for once a week, part by part."""

    async def part() -> bool:
        async with app[DB].transaction() as db:
            return await payouts.go_on(db, app[CLOCK]()) is not None

    try:
        while await repeated(part):
            pass
    except SwitchedOff:
        log.info("the week's payouts wait: they are switched off")


async def look_at_card_pages(app: web.Application) -> None:
    """Pages for giving a card that nobody came back from."""
    await auto_top_up.work_setups(app[DB].transaction, app[CARDS], app[CLOCK])
