"""The first deeds of docs/ledger.md: money in and out, minutes, settling.

Each takes the words of its row and moves money by real verbs.

Accounts are written `KIND owner` or `KIND owner USD`, money as `1000.00` (whole yen without the
point). What is done twice here must move money once.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from ledger import (
    Account,
    AccountKind,
    Cost,
    Draft,
    Leg,
    Money,
    Outcome,
    Portion,
    Share,
    Subscription,
    Terms,
    balance,
    post_many,
    promo,
)
from ledger.demo_gateway import DemoGateway
from ledger.firms import member_paid
from ledger.gateway import PaymentEvent, PaymentState
from ledger.money import CURRENCIES
from tests.ledger.books import AT

GATEWAY = DemoGateway("secret", "http://127.0.0.1")
COMMISSION = Account(AccountKind.COMMISSION)


@dataclass
class Stage:
    """A connection, the moment at which the next deed happens, and what was agreed before."""

    db: AsyncConnection
    at: datetime = AT
    terms: dict[str, Terms] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)


def money(words: str, currency: str = "RUB") -> Money:
    found = re.fullmatch(r"(-?)(\d+)(?:\.(\d+))?", words)
    assert found is not None, words
    sign, whole, part = found.groups()
    assert len(part or "") == CURRENCIES[currency], words
    return Money(int(f"{sign}{whole}{part or ''}"), currency)


def named(words: str) -> Account:
    kind, _, rest = words.partition(" ")
    owner, _, currency = rest.partition(" ")
    if owner in CURRENCIES:
        owner, currency = "", owner
    return Account(AccountKind[kind], owner, currency or "RUB")


def wallet(party: str) -> Account:
    return Account(AccountKind.PREPAID, party)


def earnings(party: str) -> Account:
    return Account(AccountKind.EARNINGS, party)


def pairs(words: list[str]) -> list[tuple[str, int]]:
    """`ann=600 ben=1800` as names and whole numbers."""
    return [(name, int(number)) for name, number in (word.split("=") for word in words)]


async def post(stage: Stage, *drafts: Draft | None) -> None:
    """Twice: a repetition must change nothing."""
    wanted = [draft for draft in drafts if draft is not None]
    for _ in range(2):
        for result in await post_many(stage.db, wanted, stage.at):
            result.raise_for_status()


async def moved(stage: Stage, words: str) -> tuple[str, tuple[Leg, Leg], Money]:
    """`key KIND owner → KIND owner 20.00`: the key, the two legs, the sum."""
    key, rest = words.split(maxsplit=1)
    ways, price = rest.rsplit(maxsplit=1)
    source, target = (named(part.strip()) for part in ways.split("→"))
    sum_ = money(price, source.currency)
    return key, (Leg(source, -sum_.minor), Leg(target, sum_.minor)), sum_


# --- in and out


async def on(stage: Stage, words: str) -> None:
    """The day on which what follows happens."""
    stage.at = datetime.combine(date.fromisoformat(words), AT.timetz()).astimezone(UTC)


async def top_up(stage: Stage, words: str) -> None:
    party, amount, id = words.split()
    begun = await ledger.begin_top_up(stage.db, GATEWAY, party, money(amount), "/", stage.at, id)
    event = PaymentEvent(
        gateway=GATEWAY.name,
        id=f"demo_event_{id}",
        state=PaymentState.PAID,
        payment=f"demo_payment_{id}",
        ref=begun.ref,
        top_up=id,
        amount=begun.amount,
    )
    for _ in range(2):
        await ledger.accept_payment(stage.db, event, stage.at)


async def booked(stage: Stage, words: str) -> None:
    """A line of somebody's report: `scope:key KIND owner → KIND owner 20.00`."""
    id, legs, _ = await moved(stage, words)
    scope, _, key = id.partition(":")
    await post(stage, Draft(scope, key, "line", legs))


async def refund(stage: Stage, words: str) -> None:
    id, _, top_up_id, amount = words.split()
    await ledger.refund(stage.db, GATEWAY, top_up_id, money(amount), stage.at, id)


async def pay_out(stage: Stage, words: str) -> None:
    id, party, destination, amount = words.split()
    await ledger.pay_out(stage.db, GATEWAY, party, destination, money(amount), stage.at, id)


async def returned(stage: Stage, words: str) -> None:
    """The bank sends a payout back after all."""
    event = PaymentEvent(GATEWAY.name, f"back_{words}", PaymentState.RETURNED, ref=words)
    for _ in range(2):
        await ledger.accept_payment(stage.db, event, stage.at)


# --- minutes and holds


async def minute(stage: Stage, words: str, posts_hold: bool = False) -> None:
    key, legs, _ = await moved(stage, words)
    hold = key if posts_hold else None
    await post(stage, Draft("tick", key, "minute", legs, key.partition(":")[0], posts_hold=hold))


async def held_minute(stage: Stage, words: str) -> None:
    await minute(stage, words, posts_hold=True)


async def credit_minute(stage: Stage, words: str) -> None:
    """A minute whose payer may have promo credit."""
    key, (debit, credit), price = await moved(stage, words)
    purses = await promo.purses(stage.db, debit.account.owner, price.currency, stage.at)
    legs = promo.charge_legs(price, debit.account, credit.account, purses)
    await post(stage, Draft("tick", key, "minute", legs, key.partition(":")[0]))


async def hold(stage: Stage, words: str) -> None:
    key, rest = words.split(maxsplit=1)
    account, price = rest.rsplit(maxsplit=1)
    await ledger.hold(stage.db, key, named(account), money(price), stage.at)


async def void(stage: Stage, words: str) -> None:
    await ledger.void_hold(stage.db, words, stage.at)


# --- settling and ruling


async def agree(stage: Stage, words: str) -> None:
    """Terms beyond 10/90: `S-1 ann cap=80.00`, `fixed=250.00`, `cost:rail=30.00`, `team:ann=60`."""
    session, provider, *clauses = words.split()
    facts: dict[str, int] = {}
    costs, team = [], []
    for clause in clauses:
        name, _, value = clause.partition("=")
        if name.startswith("cost:"):
            supplier = Account(AccountKind.SUPPLIER, name.removeprefix("cost:"))
            costs.append(Cost(supplier, money(value).minor))
        elif name.startswith("team:"):
            team.append(Portion(earnings(name.removeprefix("team:")), int(value)))
        else:
            facts[f"{name}_minor"] = money(value).minor
    stage.terms[session] = Terms(earnings(provider), costs=tuple(costs), team=tuple(team), **facts)


def finding(words: list[str], provider: Account) -> tuple[Outcome, list[Share]]:
    """`ruled COMMISSION=1000 EARNINGS=4000`: an outcome and the shares of a ruling."""
    payees = {"COMMISSION": COMMISSION, "EARNINGS": provider}
    return Outcome(words[0]), [Share(payees[name], bp) for name, bp in pairs(words[1:])]


async def settle(stage: Stage, words: str) -> None:
    session, payer, provider, *found = words.split()
    terms = stage.terms.get(session, Terms(earnings(provider)))
    outcome, shares = finding(found, terms.provider)
    for _ in range(2):
        await ledger.settle(stage.db, session, wallet(payer), terms, outcome, stage.at, shares)


async def rule(stage: Stage, words: str) -> None:
    """`S-1 A-1 bob ann unresolved short 20.00`: an arbiter's finding, after settlement too."""
    words, _, short = words.partition(" short ")
    session, id, payer, provider, *found = words.split()
    terms = stage.terms.get(session, Terms(earnings(provider)))
    outcome, shares = finding(found, terms.provider)
    for _ in range(2):
        ruling = await ledger.rule(
            stage.db, session, id, wallet(payer), terms, outcome, stage.at, shares
        )
        assert ruling.short == money(short or "0.00")


async def collect(stage: Stage, words: str) -> None:
    key, party = words.split()
    for _ in range(2):
        await ledger.collect_claim(stage.db, earnings(party), key, stage.at)


async def divide(stage: Stage, words: str) -> None:
    """`acme S-1 ann=600 ben=1800`: inside a firm."""
    firm, session, *weights = words.split()
    for _ in range(2):
        await ledger.divide_in_firm(stage.db, earnings(firm), session, pairs(weights), stage.at)


async def paid_by_firm(stage: Stage, words: str) -> None:
    firm, member, amount, key = words.split()
    await post(stage, member_paid(firm, member, money(amount), key))


async def stands(stage: Stage, account: str) -> tuple[Money, Money]:
    found = await balance(stage.db, named(account))
    return found.posted, found.available
