"""The inbox: news is stored once, applied once, waits when it must, and never gets lost."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import balance, begin_top_up, check, top_up
from ledger.acquirer import CheckoutFact, CheckoutStatus, Notice
from ledger.cards import (
    NewsNotDead,
    NewsState,
    NewsUnknown,
    apply_fact,
    backlog,
    credited,
    listed,
    receive,
    replay,
    skip,
    work_inbox,
)
from ledger.cards.errors import NotYet
from ledger.cards.states import LEASE, TRIES_MAX
from ledger.cards.store import claim_news, known_news, settle_news
from ledger.control import Actor, audit_trail
from ledger.errors import GatewayUnreachable, UnknownAnswer
from ledger.money import Money
from tests.ledger.books import AT, available
from tests.ledger.cards.people import BOB, URL, Bank, Clock, nested, news, paid, told

CURATOR = Actor("ivan", "curator", "10.0.0.1")


async def begun(db: AsyncConnection, bank: Bank) -> None:
    await begin_top_up(db, bank, "bob", Money(100000), URL, AT, "t1")


async def states(db: AsyncConnection) -> dict[str, str]:
    return {one.notice.id: one.state.value for one in await listed(db)}


async def test_a_payment_told_ten_times_is_credited_once(db: AsyncConnection) -> None:
    bank, clock = Bank(), Clock()
    await begun(db, bank)
    bank.facts["p1"] = paid()
    assert await told(db, *[news("e1")] * 5, news("e2")) == [True, *[False] * 4, True]
    worked = await work_inbox(nested(db), bank, clock)
    assert [one.state for one in worked] == [NewsState.APPLIED] * 2
    assert [one.id for one in await credited(db, worked[:1])] == ["t1"]
    assert await available(db, BOB) == 100000
    assert await work_inbox(nested(db), bank, clock) == []
    assert await check(db) == []


async def test_kinds_that_say_nothing_are_laid_aside(db: AsyncConnection) -> None:
    await told(db, news("e1", "cus_1", "customer.created"))
    await work_inbox(nested(db), Bank(), Clock())
    assert await states(db) == {"e1": "ignored"}


async def test_news_of_what_we_do_not_know_yet_waits_longer_each_time(db: AsyncConnection) -> None:
    """Told before its top-up was written: credited when that is there."""
    bank, clock = Bank(), Clock()
    bank.facts["p1"] = paid()
    await told(db, news("e1"))
    waits = []
    for _ in range(4):
        (one,) = await work_inbox(nested(db), bank, clock)
        assert (one.state, one.verdict) == (NewsState.DEFERRED, "top_up_unknown: t1")
        assert await work_inbox(nested(db), bank, clock) == []
        waits.append((one.due_at - clock.at).total_seconds())
        clock.at = one.due_at
    assert [int(wait) for wait in waits] == sorted(int(wait) for wait in waits)
    assert 1 <= waits[0] < 1.25
    assert 8 <= waits[3] < 10
    await begun(db, bank)
    (one,) = await work_inbox(nested(db), bank, clock)
    assert one.state is NewsState.APPLIED
    assert await available(db, BOB) == 100000


@pytest.mark.parametrize(
    "trouble", [GatewayUnreachable("silent"), UnknownAnswer("status", "astonished")]
)
async def test_after_twenty_tries_a_person_decides(db: AsyncConnection, trouble: Any) -> None:
    bank, clock = Bank(), Clock()
    await begun(db, bank)
    bank.facts["p1"] = trouble
    await told(db, news("e1"))
    for n in range(1, TRIES_MAX + 1):
        (one,) = await work_inbox(nested(db), bank, clock)
        assert one.state is (NewsState.DEAD if n == TRIES_MAX else NewsState.DEFERRED)
        clock.at = one.due_at
    assert await work_inbox(nested(db), bank, clock) == []
    assert (await backlog(db)).counts == {NewsState.DEAD: 1}
    bank.facts["p1"] = paid()
    await replay(db, "demo", "e1", CURATOR, "the acquirer is well again", clock.at)
    (one,) = await work_inbox(nested(db), bank, clock)
    assert one.state is NewsState.APPLIED
    assert await available(db, BOB) == 100000
    (row,) = await audit_trail(db, action="news.replayed")
    assert (row.actor.party, row.why) == ("ivan", "the acquirer is well again")


async def test_a_day_is_long_enough(db: AsyncConnection) -> None:
    bank, clock = Bank(), Clock()
    bank.facts["p1"] = GatewayUnreachable("silent")
    await told(db, news("e1"))
    clock.go(hours=24)
    (one,) = await work_inbox(nested(db), bank, clock)
    assert one.state is NewsState.DEAD


async def test_dead_news_is_skipped_with_a_reason_and_nothing_else_is(db: AsyncConnection) -> None:
    bank, clock = Bank(), Clock()
    bank.facts["p1"] = paid()
    await told(db, news("e1"))
    with pytest.raises(NewsUnknown):
        await skip(db, "demo", "e9", CURATOR, "why not", clock.at)
    with pytest.raises(NewsNotDead):
        await skip(db, "demo", "e1", CURATOR, "why not", clock.at)
    clock.go(hours=24)
    await work_inbox(nested(db), bank, clock)
    with pytest.raises(ValueError, match="reason"):
        await skip(db, "demo", "e1", CURATOR, "  ", clock.at)
    await skip(db, "demo", "e1", CURATOR, "a payment of the old shop", clock.at)
    assert await states(db) == {"e1": "skipped"}
    with pytest.raises(NewsNotDead):
        await replay(db, "demo", "e1", CURATOR, "again", clock.at)


async def test_a_poisonous_piece_does_not_hold_up_the_others(db: AsyncConnection) -> None:
    class Poisoned(Bank):
        async def look(self, notice: Notice) -> Any:
            if notice.id == "e1":
                raise RuntimeError("a bug of ours")
            return await super().look(notice)

    bank = Poisoned()
    await begun(db, bank)
    bank.facts["p1"] = paid()
    await told(db, news("e1"), news("e2"))
    await work_inbox(nested(db), bank, Clock())
    assert await states(db) == {"e1": "deferred", "e2": "applied"}
    assert await available(db, BOB) == 100000


async def test_a_worker_that_died_leaves_its_news_to_another(db: AsyncConnection) -> None:
    bank, clock = Bank(), Clock()
    await begun(db, bank)
    bank.facts["p1"] = paid()
    await told(db, news("e1"))
    (lost,) = await claim_news(db, "demo", clock.at, 10)
    assert await work_inbox(nested(db), bank, clock) == []
    clock.at += LEASE
    (one,) = await work_inbox(nested(db), bank, clock)
    assert (one.state, one.tries) == (NewsState.APPLIED, 2)
    # The dead one comes back from a long sleep: what it holds is not its own any more.
    assert not await settle_news(db, lost, NewsState.DEFERRED, "too late", clock.at)
    assert await states(db) == {"e1": "applied"}


async def test_what_was_not_applied_left_nothing(db: AsyncConnection) -> None:
    """The row and the money commit together: an error after the money takes the money back."""
    bank, clock = Bank(), Clock()
    await begun(db, bank)

    async def apply(db: AsyncConnection, notice: Notice, fact: Any, at: Any) -> str:
        from ledger.cards import apply_fact

        await apply_fact(db, "demo", notice.id, fact, at)
        raise RuntimeError("killed")

    async def look(notice: Notice) -> Any:
        return paid()

    await told(db, news("e1"))
    (one,) = await work_inbox(nested(db), bank, clock, {"payment_intent.": (look, apply)})
    assert one.state is NewsState.DEFERRED
    assert await available(db, BOB) == 0
    bank.facts["p1"] = paid()
    clock.at = one.due_at
    await work_inbox(nested(db), bank, clock)
    assert await available(db, BOB) == 100000


async def test_how_long_the_oldest_waits(db: AsyncConnection) -> None:
    assert (await backlog(db)).oldest is None
    await told(db, news("e1"))
    await receive(db, news("e2"), AT + timedelta(seconds=5))
    now = await backlog(db)
    assert (now.open, now.oldest) == (2, AT)


async def test_many_workers_share_the_work(fresh_engine: AsyncEngine) -> None:
    """Five workers, forty deliveries of twenty events about one payment: one credit."""
    bank, clock = Bank(), Clock()
    bank.facts["p1"] = paid()
    one_writer = asyncio.Lock() if fresh_engine.dialect.name == "sqlite" else None

    @asynccontextmanager
    async def transaction() -> Any:
        async with one_writer or asyncio.Lock(), fresh_engine.begin() as db:
            yield db

    async def deliver(n: int) -> bool:
        async with transaction() as db:
            return await receive(db, news(f"e{n % 20}"), AT)

    async with transaction() as db:
        await begun(db, bank)
    assert sum(await asyncio.gather(*(deliver(n) for n in range(40)))) == 20
    work = partial(work_inbox, transaction, bank, clock, at_once=3, most=4)
    for _ in range(12):
        worked = await asyncio.gather(*(work() for _ in range(5)))
        if not any(worked):
            clock.go(minutes=2)
            if not any(await asyncio.gather(*(work() for _ in range(5)))):
                break
    async with transaction() as db:
        assert (await balance(db, BOB)).available == Money(100000)
        assert (await backlog(db)).counts == {NewsState.APPLIED: 20}
        assert await check(db) == []


@pytest.mark.parametrize(
    ("status", "state"), [(CheckoutStatus.EXPIRED, "expired"), (CheckoutStatus.COMPLETE, "pending")]
)
async def test_the_payers_page_is_a_state_and_never_money(
    db: AsyncConnection, status: CheckoutStatus, state: str
) -> None:
    await begun(db, Bank())
    page = CheckoutFact((await top_up(db, "t1")).ref, status, "t1")
    assert await apply_fact(db, "demo", "e1", page, AT) == status.value
    assert (await top_up(db, "t1")).state.value == state
    assert await available(db, BOB) == 0
    assert await apply_fact(db, "demo", "e2", CheckoutFact("cs_2", status), AT) == "not_ours"
    with pytest.raises(NotYet) as early:
        await apply_fact(db, "demo", "e3", CheckoutFact("cs_3", status, "t9"), AT)
    assert (early.value.what, early.value.ref) == ("top_up_unknown", "t9")


async def test_news_is_listed_by_state_and_by_subject(db: AsyncConnection) -> None:
    """The newest first, no more than asked for."""
    bank = Bank()
    await begun(db, bank)
    bank.facts["p1"] = paid()
    await told(db, news("e1"), news("e2", "cus_1", "customer.created"), news("e3", "p2"))
    await work_inbox(nested(db), bank, Clock())
    assert {one.notice.id for one in await listed(db)} == {"e1", "e2", "e3"}
    assert [one.notice.id for one in await listed(db, NewsState.APPLIED)] == ["e1"]
    assert [one.notice.id for one in await listed(db, subject="cus_1")] == ["e2"]
    assert [one.notice.id for one in await listed(db, NewsState.APPLIED, "cus_1")] == []
    assert len(await listed(db, limit=2)) == 2


async def test_what_is_in_the_inbox_is_found_among_a_thousand(db: AsyncConnection) -> None:
    """Reconciliation asks for all events of a month: in parts, and none falls between two."""
    ids = [f"e{n}" for n in range(1001)]
    there = {"e0", "e499", "e500", "e999", "e1000"}
    await told(db, *(news(id) for id in sorted(there)))
    assert await known_news(db, Bank().name, ids) == there
    assert await known_news(db, "another", ids) == set()
