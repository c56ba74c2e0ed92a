"""Random days of business over all flows: after every deed the books must make sense.

One seed is one story; most deeds are asked twice, some at bad moments, and whatever the ledger
refuses it must refuse without a trace.
"""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from ledger import (
    Account,
    AccountKind,
    Appraisal,
    Cost,
    Draft,
    LedgerError,
    Leg,
    Money,
    Outcome,
    Pause,
    Portion,
    Share,
    Subscription,
    Terms,
    check,
    promo,
    tax,
)
from ledger.rulings import divided_by, total_of
from tests.ledger.books import AT, CASH, COMMISSION, available, fund

CLIENTS, HOSTS = ("bob", "eve"), ("ann", "ben", "acme")
KINDS = AccountKind
_SUMS = text("SELECT currency, sum(balance) FROM ledger_account GROUP BY currency")
_BY_KIND = text("SELECT kind, sum(balance), min(balance - held) FROM ledger_account GROUP BY kind")


def wallet(party: str) -> Account:
    return Account(KINDS.PREPAID, party)


def earnings(party: str) -> Account:
    return Account(KINDS.EARNINGS, party)


class Business:
    """What a story has agreed; `draws` decides everything."""

    def __init__(self, db: AsyncConnection, seed: int) -> None:
        self.db, self.draws, self.at, self.step = db, random.Random(seed), AT, 0
        self.clients: dict[str, str] = {}
        self.terms: dict[str, Terms] = {}
        self.settled: list[str] = []
        self.drawn: dict[str, int] = {}
        self.subscription = Subscription(
            "A-1", Money(9_999), AT.date(), 7, (Pause(AT.date() + timedelta(2)),)
        )

    def sum(self, most: int = 5_000) -> Money:
        return Money(self.draws.randint(1, self.draws.choice((3, 200, most))))

    def session(self) -> str:
        """One of the last few; its terms are agreed when it is first named."""
        number = f"S-{self.step // 10 + self.draws.randint(1, 3)}"
        if number not in self.terms:
            host = earnings(self.draws.choice(HOSTS))
            team = (Portion(host, 3), Portion(earnings("ben"), 2), Portion(earnings("dan"), 2))
            self.clients[number] = self.draws.choice(CLIENTS)
            self.terms[number] = Terms(
                host,
                self.draws.choice((0, 5_001, 9_000, 10_000)),
                self.draws.choice((2_000, 3_333)),
                cap_minor=self.draws.choice((None, None, 1_000)),
                costs=self.draws.choice(((), (Cost(Account(KINDS.SUPPLIER, "rail"), 7),))),
                team=self.draws.choice(((), team)),
            )
        return number

    def finding(self, host: Account) -> tuple[Outcome, list[Share]]:
        low, high = sorted(self.draws.randint(0, 10_000) for _ in range(2))
        ruled = Outcome.RULED, [Share(COMMISSION, low), Share(host, high - low)]
        return self.draws.choice(((Outcome.RESOLVED, []), (Outcome.UNRESOLVED, []), ruled))

    async def post(self, *drafts: Draft | None) -> bool:
        wanted = [draft for draft in drafts if draft is not None]
        first = await ledger.post_many(self.db, wanted, self.at)
        again = await ledger.post_many(self.db, wanted, self.at)
        assert [r.moved for r in first] == [r.moved for r in again]
        return all(result.moved for result in first)

    # --- deeds

    async def earn_money(self) -> None:
        await fund(self.db, wallet(self.draws.choice(CLIENTS)), self.sum().minor, f"f{self.step}")

    async def grant(self) -> None:
        until = self.at + timedelta(self.draws.randint(1, 9))
        name, party = f"c{self.draws.randint(1, 5)}", self.draws.choice(CLIENTS)
        await promo.grant(self.db, promo.Grant(name, party, self.sum(), self.at, until), self.at)

    async def charge(self) -> None:
        number = self.session()
        payer, escrow = wallet(self.clients[number]), Account(KINDS.ESCROW, number)
        if number in self.settled:
            return
        purses = await promo.purses(self.db, payer.owner, "RUB", self.at)
        legs = promo.charge_legs(self.sum(2_000), payer, escrow, purses)
        if await self.post(Draft("tick", f"{number}:{self.step}", "minute", legs, number)):
            credit = -sum(leg.minor for leg in legs if leg.account.kind is KINDS.PROMO)
            self.drawn[number] = self.drawn.get(number, 0) + credit

    async def settle(self) -> None:
        number = self.session()
        terms = self.terms[number]
        outcome, shares = self.finding(terms.provider)
        for _ in range(2):
            await ledger.settle(
                self.db, number, wallet(self.clients[number]), terms, outcome, self.at, shares
            )
        self.note(number)

    def note(self, number: str) -> None:
        """From now on the session's escrow is empty, and what it drew is used or back."""
        self.settled.append(number)
        self.drawn.pop(number, None)

    async def rule(self) -> None:
        number = self.session()
        terms, payer = self.terms[number], wallet(self.clients[number])
        outcome, shares = self.finding(terms.provider)
        facts = (number, f"A-{self.step}", payer, terms, outcome, self.at, shares)
        first = await ledger.rule(self.db, *facts)
        assert (await ledger.rule(self.db, *facts)).settlement == first.settlement
        self.note(number)

    async def appraise(self) -> None:
        number = self.session()
        change = self.sum(500) * self.draws.choice((1, -1))
        paid = await available(self.db, wallet(self.clients[number]))
        for _ in range(2):
            appraisal = Appraisal(number, self.terms[number].provider, change)
            await ledger.appraise(self.db, appraisal, self.at)
        assert await available(self.db, wallet(self.clients[number])) == paid

    async def set_budget(self) -> None:
        await self.post(ledger.budget_draft(f"{self.step}", self.sum(600)))

    async def pay_out(self) -> None:
        host, amount = earnings(self.draws.choice(HOSTS)), self.sum().minor
        to = self.draws.choice((CASH, Account(KINDS.RESERVE, host.owner)))
        await self.post(Draft("test", f"{self.step}", "out", (Leg(host, -amount), Leg(to, amount))))

    async def collect(self) -> None:
        host = earnings(self.draws.choice(HOSTS))
        await ledger.collect_claim(self.db, host, f"{self.step}", self.at)

    async def divide(self) -> None:
        weights = [("x", self.draws.randint(0, 2)), ("y", 1)]
        for _ in range(2):
            await ledger.divide_in_firm(self.db, earnings("acme"), self.session(), weights, self.at)

    async def exchange(self) -> None:
        give, rate = self.sum() + Money(100), Fraction(self.draws.randint(1, 300), 100)
        await self.post(ledger.exchange_draft(f"{self.step}", "bob", give, "EUR", rate, Money(1)))

    async def serve(self) -> None:
        paid = ledger.taken_in(self.subscription, CASH, "psp", "A-1")
        await self.post(paid)
        await ledger.earn_days(self.db, self.subscription, self.at.date(), self.at)

    async def tax(self) -> None:
        key, party, gross = f"{self.step}", self.draws.choice(CLIENTS), self.sum()
        for _ in range(2):
            await tax.receive(self.db, party, key, gross, self.at)
        for _ in range(2):
            await tax.deliver(self.db, party, key, self.sum(), COMMISSION, self.at)

    async def sleep(self) -> None:
        self.at += timedelta(days=self.draws.randint(0, 2))
        await promo.expire(self.db, self.at)

    # --- what must be true

    async def look(self) -> None:
        assert {row[1] for row in await self.db.execute(_SUMS)} <= {0}
        sums, least = {}, {}
        for code, minor, low in await self.db.execute(_BY_KIND):
            sums[code], least[code] = int(minor), int(low)
        for kind in KINDS:
            assert kind.floor_minor is None or least.get(kind.code, 0) >= 0, kind
        credit = sum(sums.get(kind.code, 0) for kind in (KINDS.PROMO, KINDS.PROMO_ISSUED))
        assert credit == -sum(self.drawn.values())
        assert sums.get(KINDS.MEMBER.code, 0) == -sums.get(KINDS.FIRM_DIVIDED.code, 0)
        for number in set(self.settled[-3:]):
            journals = await ledger.journals_of(self.db, number)
            divided = divided_by(journals)
            assert all(minor >= 0 for minor in divided.values())
            assert sum(divided.values()) == total_of(number, "RUB", journals).minor
            assert await available(self.db, Account(KINDS.ESCROW, number)) == 0


DEEDS: list[tuple[int, Callable[[Business], Awaitable[None]]]] = [
    (6, Business.earn_money),
    (3, Business.grant),
    (12, Business.charge),
    (4, Business.settle),
    (5, Business.rule),
    (3, Business.appraise),
    (1, Business.set_budget),
    (4, Business.pay_out),
    (2, Business.collect),
    (2, Business.divide),
    (1, Business.exchange),
    (1, Business.serve),
    (1, Business.tax),
    (2, Business.sleep),
]


async def live(db: AsyncConnection, seed: int, steps: int) -> None:
    business = Business(db, seed)
    shares, deeds = zip(*DEEDS, strict=True)
    for business.step in range(steps):
        deed = business.draws.choices(deeds, shares)[0]
        savepoint = await db.begin_nested()
        try:
            await deed(business)
        except LedgerError:
            await savepoint.rollback()
        else:
            await savepoint.commit()
        await business.look()
    assert await check(db) == []


@pytest.mark.parametrize("seed", range(2))
async def test_random_days(db: AsyncConnection, seed: int) -> None:
    await live(db, seed, 60)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 160))
async def test_many_random_days(db: AsyncConnection, seed: int) -> None:
    await live(db, seed, 400)
