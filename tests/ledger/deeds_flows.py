"""The other deeds of docs/ledger.md, and the table of all of them."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from fractions import Fraction

import ledger
from ledger import Appraisal, Pause, Subscription, promo, tax
from ledger.journals import reversal_of
from ledger.vat import vat_on_income
from ledger.views import journal_by_id
from tests.ledger import deeds, deeds_border
from tests.ledger.deeds import COMMISSION, Stage, earnings, money, named, post

# --- errands


async def budget(stage: Stage, words: str) -> None:
    key, amount = words.split()
    await post(stage, ledger.budget_draft(key, money(amount)))


async def bonus(stage: Stage, words: str, sign: int = 1) -> None:
    errand, performer, amount = words.split()
    appraisal = Appraisal(errand, earnings(performer), money(amount) * sign)
    for _ in range(2):
        await ledger.appraise(stage.db, appraisal, stage.at)


async def penalty(stage: Stage, words: str) -> None:
    await bonus(stage, words, sign=-1)


# --- subscriptions


async def subscribe(stage: Stage, words: str) -> None:
    """`A-1 3990.00 30 days from 2026-11-01, CASH demo, paused 2026-11-08 to 2026-11-11`."""
    period, source, *rest = (part.strip() for part in words.split(","))
    id, price, days, _, _, first = period.split()
    pauses = [re.findall(r"\d{4}-\d\d-\d\d", part) for part in rest]
    subscription = Subscription(
        id,
        money(price),
        date.fromisoformat(first),
        int(days),
        tuple(Pause(*(date.fromisoformat(day) for day in days)) for days in pauses),
    )
    stage.subscriptions[id] = subscription
    await post(stage, ledger.taken_in(subscription, named(source), "psp", f"demo:{id}"))


async def earn(stage: Stage, words: str) -> None:
    id, through = words.split(" through ")
    for _ in range(2):
        day = date.fromisoformat(through)
        await ledger.earn_days(stage.db, stage.subscriptions[id], day, stage.at)


async def cancel(stage: Stage, words: str) -> None:
    """`A-1 after 2026-11-10 to CASH demo`."""
    found = re.fullmatch(r"(\S+) after (\S+) to (.+)", words)
    assert found is not None, words
    id, through, to = found.groups()
    for _ in range(2):
        await ledger.end_subscription(
            stage.db, stage.subscriptions[id], date.fromisoformat(through), named(to), stage.at
        )


# --- tax, credit, exchange, corrections


async def vat(stage: Stage, words: str) -> None:
    """`S-1 COMMISSION 10.00`: an agent's tax on a commission, at the rate of the day."""
    key, account, gross = words.split()
    bp = tax.rate_on(stage.at.date()).bp
    await post(stage, vat_on_income(key, named(account), money(gross), bp))


async def advance(stage: Stage, words: str) -> None:
    key, party, gross = words.split()
    for _ in range(2):
        await tax.receive(stage.db, party, key, money(gross), stage.at)


async def deliver(stage: Stage, words: str) -> None:
    key, party, price = words.split()
    for _ in range(2):
        await tax.deliver(stage.db, party, key, money(price), COMMISSION, stage.at)


async def book_tax(stage: Stage, words: str) -> None:
    """`S-1 agent`: the tax of a settled session, as its papers book it."""
    session, mode = words.split()
    rate = tax.rate_on(stage.at.date())
    for _ in range(2):
        await tax.book_session(stage.db, session, tax.VatMode(mode), rate, stage.at)


async def pay_back(stage: Stage, words: str) -> None:
    key, party, amount = words.split()
    for _ in range(2):
        await tax.pay_back(stage.db, party, key, money(amount), stage.at)


async def grant(stage: Stage, words: str) -> None:
    """`welcome bob 500.00 for 30 days`."""
    campaign, party, amount, _, days, _ = words.split()
    until = stage.at + timedelta(int(days))
    given = promo.Grant(campaign, party, money(amount), stage.at, until)
    for _ in range(2):
        await promo.grant(stage.db, given, stage.at)


async def expire(stage: Stage, words: str) -> None:
    assert not words
    for _ in range(2):
        await promo.expire(stage.db, stage.at)


async def exchange(stage: Stage, words: str) -> None:
    """`X-1 bob 100.00 USD to EUR at 0.92 fee 1.00`."""
    key, party, give, currency, _, to, _, rate, *fee = words.split()
    charged = money(fee[1], currency) if fee else None
    given = money(give, currency)
    await post(stage, ledger.exchange_draft(key, party, given, to, Fraction(rate), charged))


async def correct(stage: Stage, words: str) -> None:
    """`C-1 of tick:S-1:2 because the clock was wrong`."""
    key, _, id, memo = words.split(maxsplit=3)
    journal = await journal_by_id(stage.db, id)
    assert journal is not None
    await post(stage, reversal_of(journal, key, memo))


Deed = Callable[[deeds.Stage, str], Awaitable[None]]
DEEDS: dict[str, Deed] = {
    "on": deeds.on,
    "top up": deeds.top_up,
    "book": deeds.booked,
    "refund": deeds.refund,
    "pay out": deeds.pay_out,
    "payout returned": deeds.returned,
    "minute": deeds.minute,
    "held minute": deeds.held_minute,
    "minute with credit": deeds.credit_minute,
    "hold": deeds.hold,
    "void": deeds.void,
    "agree": deeds.agree,
    "settle": deeds.settle,
    "rule": deeds.rule,
    "collect": deeds.collect,
    "divide": deeds.divide,
    "firm paid": deeds.paid_by_firm,
    "budget": budget,
    "bonus": bonus,
    "penalty": penalty,
    "subscribe": subscribe,
    "earn": earn,
    "cancel": cancel,
    "vat": vat,
    "tax of": book_tax,
    "advance": advance,
    "deliver": deliver,
    "pay back": pay_back,
    "grant": grant,
    "expire": expire,
    "exchange": exchange,
    "processor's fee": deeds_border.fee,
    "processor pays": deeds_border.processor_pays,
    "bank line": deeds_border.bank_line,
    "bank decided": deeds_border.bank_decided,
    "dispute": deeds_border.dispute,
    "hold back": deeds_border.hold_back,
    "give back": deeds_border.give_back,
    "correct": correct,
}
