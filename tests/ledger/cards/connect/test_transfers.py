"""Payouts by transfer: sent once, whatever is lost on the way. Sums in kopecks."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import AccountKind, Money, check
from ledger.cards import connect
from ledger.cards.connect import NotByHand, NothingToReverse
from ledger.cards.connect.transfers import FUNDS_WAIT, LOOK_AFTER
from ledger.cards.states import KEY_LIFE
from ledger.control import SYSTEM, Switch, audit_trail, turn
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.payouts import PayOut, PayOutState, block, pay_out, untold
from tests.ledger.cards.auto_top_up.people import Clock, transactions
from tests.ledger.cards.connect.people import OPEN, FakePayees, asked_for, connected
from tests.ledger.payouts.people import OLGA, books, day, posted

S = PayOutState
CASH = AccountKind.CASH


async def work(db: AsyncConnection, keeper: FakePayees, clock: Clock) -> list[tuple[str, S]]:
    done = await connect.work_pay_outs(transactions(db), keeper, clock)
    return [(one.id, one.state) for one in done]


async def scene(db: AsyncConnection, *sums: int) -> tuple[FakePayees, Clock]:
    keeper, clock = FakePayees(), Clock(day(16))
    await connected(db, keeper)
    await asked_for(db, *sums)
    return keeper, clock


async def one(db: AsyncConnection, id: str = "p1") -> PayOut:
    return await pay_out(db, id)


async def test_a_payout_is_sent_and_is_there(db: AsyncConnection) -> None:
    """6 000,00 с заработка на счёт получателя у эквайера: заработок, удержание, касса сходятся."""
    keeper, clock = await scene(db, 600_000)
    assert await work(db, keeper, clock) == [("p1", S.ARRIVED)]
    assert await books(db, await one(db)) == {"earned": 350_000, "reserve": 50_000}
    assert await posted(db, CASH, "stripe") == -400_000
    assert (await one(db)).ref == "tr_1"
    assert await work(db, keeper, clock) == []
    assert [row.action for row in await audit_trail(db, subject="payout:p1")][:2] == [
        "payout.arrived",
        "payout.sent",
    ]
    assert await check(db) == []


async def test_our_balance_there_does_not_cover_all(db: AsyncConnection) -> None:
    """У эквайера 500,00: уходит та выплата, что помещается; другая ждёт, ничего не спрошено."""
    keeper, clock = await scene(db, 60_000, 40_000)
    keeper.funds = 50_000
    assert await work(db, keeper, clock) == [("p2", S.ARRIVED)]
    assert (await one(db)).state is S.READY
    keeper.funds = 60_000
    assert await work(db, keeper, clock) == [("p1", S.ARRIVED)]


async def test_a_balance_that_is_insufficient_after_all(db: AsyncConnection) -> None:
    """Отказ «нет денег» расходует ключ: через час тот же перевод под новым."""
    keeper, clock = await scene(db, 60_000)
    keeper.trouble = [GatewayRefused("balance_insufficient")]
    assert await work(db, keeper, clock) == [("p1", S.READY)]
    assert await work(db, keeper, clock) == []
    clock.at += FUNDS_WAIT
    assert await work(db, keeper, clock) == [("p1", S.ARRIVED)]
    keys = [request.idempotency_key for request in keeper.asked[1:]]
    assert keys == ["payout:p1:1", "payout:p1:2"]


async def test_a_no_gives_the_money_back(db: AsyncConnection) -> None:
    keeper, clock = await scene(db, 60_000)
    keeper.trouble = [GatewayRefused("account_closed")]
    assert await work(db, keeper, clock) == [("p1", S.REFUSED)]
    assert await books(db) == {"earned": 950_000, "reserve": 50_000}
    assert [told.kind for told in await untold(db)][-1] == "payout_refused"


@pytest.mark.parametrize("trouble", [GatewayUnreachable("silent"), "lost"])
async def test_silence_is_in_doubt_until_it_is_found(
    db: AsyncConnection, trouble: GatewayUnreachable | str
) -> None:
    keeper, clock = await scene(db, 60_000)
    keeper.trouble = [trouble]
    await work(db, keeper, clock)
    assert (await one(db)).state is S.IN_DOUBT
    assert (await books(db))["held"] == 60_000
    assert await work(db, keeper, clock) == [], "another worker may still be asking"
    clock.at += LOOK_AFTER
    assert await work(db, keeper, clock) == [("p1", S.ARRIVED)]
    assert len(keeper.made) == 1
    assert await posted(db, CASH, "stripe") == -940_000


async def test_a_conflict_of_keys_is_no_answer(db: AsyncConnection) -> None:
    keeper, clock = await scene(db, 60_000)
    keeper.trouble = [GatewayRefused("IdempotencyError")]
    assert await work(db, keeper, clock) == [("p1", S.IN_DOUBT)]


@pytest.mark.parametrize("was_made", [True, False])
async def test_after_a_day_a_person_decides(db: AsyncConnection, was_made: bool) -> None:
    keeper, clock = await scene(db, 60_000)
    keeper.trouble = [GatewayUnreachable("silent")]
    await work(db, keeper, clock)
    with pytest.raises(NotByHand):
        await connect.decide(db, "p1", OLGA, "посмотрела", clock.at)
    clock.at += KEY_LIFE
    keeper.forgets = True
    assert await work(db, keeper, clock) == [("p1", S.IN_DOUBT)]
    assert len(keeper.asked) == 2, "the account and one transfer: never posted again"
    with pytest.raises(ValueError, match="reason"):
        await connect.decide(db, "p1", OLGA, " ", clock.at)
    ref = "tr_9" if was_made else ""
    decided = await connect.decide(db, "p1", OLGA, "в кабинете эквайера", clock.at, ref)
    assert decided.state is (S.ARRIVED if was_made else S.REFUSED)
    [row] = await audit_trail(db, action="payout.decided")
    assert (row.actor, row.why) == (OLGA, "в кабинете эквайера")
    assert await check(db) == []


async def test_not_while_the_account_is_restricted(db: AsyncConnection) -> None:
    keeper, clock = await scene(db, 60_000)
    await connect.note_account(db, "ann", "stripe", OPEN, clock.at)
    assert await work(db, keeper, clock) == []
    assert (await one(db)).state is S.READY
    await connect.note_account(db, "ann", "stripe", keeper.fact, clock.at)
    assert await work(db, keeper, clock) == [("p1", S.ARRIVED)]


async def test_not_while_switched_off_but_doubts_are_followed(db: AsyncConnection) -> None:
    keeper, clock = await scene(db, 60_000, 40_000)
    keeper.trouble = ["lost"]
    keeper.funds = 60_000
    await work(db, keeper, clock)
    await turn(db, Switch.PAYOUTS, False, SYSTEM, "проверка", clock.at)
    clock.at += LOOK_AFTER
    assert await work(db, keeper, clock) == [("p1", S.ARRIVED)]
    assert (await one(db, "p2")).state is S.READY


async def test_a_dispute_between_request_and_transfer(db: AsyncConnection) -> None:
    keeper, clock = await scene(db, 950_000)
    await block(db, "ann", "dispute:d1", Money(1), "спор", clock.at)
    assert await work(db, keeper, clock) == []
    assert len(keeper.asked) == 1


async def test_workers_at_once_make_one_transfer(fresh_engine: AsyncEngine) -> None:
    keeper, clock = FakePayees(), Clock(day(16))
    async with fresh_engine.begin() as db:
        await connected(db, keeper)
        await asked_for(db, 60_000)
    work = (connect.work_pay_outs(fresh_engine.begin, keeper, clock) for _ in range(4))
    await asyncio.gather(*work)
    async with fresh_engine.connect() as db:
        assert len(keeper.made) == 1
        assert await posted(db, CASH, "stripe") == -940_000
        assert await check(db) == []


# --- and back


async def recover(db: AsyncConnection, minor: int, clock: Clock) -> list[connect.Reversal]:
    given = ("dispute:d1", "ann", "stripe", Money(minor), SYSTEM, "спор проигран", clock.at)
    return await connect.plan_recovery(db, *given)


async def test_a_lost_dispute_takes_back_what_was_paid(db: AsyncConnection) -> None:
    """Выплачено 600,00 и 400,00, вернуть 700,00: сначала с последней, остаток с прежней."""
    keeper, clock = await scene(db, 60_000, 40_000)
    await work(db, keeper, clock)
    planned = await recover(db, 70_000, clock)
    assert [(one.pay_out, one.amount.minor) for one in planned] == [("p2", 40_000), ("p1", 30_000)]
    assert await recover(db, 70_000, clock) == sorted(planned, key=lambda one: one.id)
    assert await connect.work_reversals(transactions(db), keeper, clock) == 2
    assert await connect.work_reversals(transactions(db), keeper, clock) == 0
    assert await posted(db, CASH, "stripe") == -970_000
    assert (await books(db))["earned"] == 920_000
    with pytest.raises(NothingToReverse):
        await connect.plan_recovery(db, "d2", "eve", "stripe", Money(1), SYSTEM, "спор", clock.at)
    assert await check(db) == []


async def test_a_payee_who_has_spent_it(db: AsyncConnection) -> None:
    keeper, clock = await scene(db, 60_000)
    await work(db, keeper, clock)
    await recover(db, 60_000, clock)
    keeper.trouble = [GatewayRefused("balance_insufficient")]
    await connect.work_reversals(transactions(db), keeper, clock)
    assert await posted(db, CASH, "stripe") == -940_000
    [row] = await audit_trail(db, action="transfer.reversal_refused")
    assert row.why == "balance_insufficient"


@pytest.mark.parametrize("trouble", [GatewayUnreachable("silent"), "lost"])
async def test_a_reversal_is_made_once(
    db: AsyncConnection, trouble: GatewayUnreachable | str
) -> None:
    keeper, clock = await scene(db, 60_000)
    await work(db, keeper, clock)
    await recover(db, 60_000, clock)
    keeper.trouble = [trouble]
    for _ in range(3):
        await connect.work_reversals(transactions(db), keeper, clock)
        clock.wait(minutes=5)
    assert len(keeper.made) == 2
    assert await posted(db, CASH, "stripe") == -1_000_000
