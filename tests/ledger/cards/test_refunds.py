"""Unspent money back: oldest payment first, never more than came, by one person or two."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import balance, check, top_up
from ledger.acquirer import RefundFact, RefundStatus
from ledger.cards import (
    NothingToRefund,
    RefundConflict,
    RequestState,
    ask_refund,
    calls,
    decide_call,
    freeze_wallet,
    lift_freeze,
    refund_of,
    refundable,
    refunds_of,
    work_refunds,
)
from ledger.cards.errors import CallNotByHand, NothingFrozen, RefundUnknown
from ledger.cards.states import KEY_LIFE, LEASE, CallState
from ledger.control import (
    SYSTEM,
    Actor,
    Switch,
    SwitchedOff,
    approve,
    audit_trail,
    decline,
    set_limit,
    turn,
    waiting_approvals,
)
from ledger.errors import DraftRefused, GatewayRefused, GatewayUnreachable
from ledger.gateway import Movement, RefundRequest
from ledger.payments import MovementState
from tests.ledger.books import AT, ESCROW, available, move, post, rub
from tests.ledger.cards.people import BOB, CASH, Bank, Clock, nested, topped_up

SELF, CURATOR = Actor("bob", "self", "10.0.0.7"), Actor("ivan", "curator", "10.0.0.1")
OTHER = Actor("olga", "accountant", "10.0.0.2")


async def ask(db: AsyncConnection, minor: int, id: str = "r1") -> str:
    asked = await ask_refund(db, id, "bob", rub(minor), SELF, "I stop", AT)
    return asked.state.value


async def asked_of(bank: Bank) -> list[tuple[str, str, int]]:
    requests = [one for one in bank.asked if isinstance(one, RefundRequest)]
    return [(one.refund, one.payment, one.amount.minor) for one in requests]


@pytest.fixture
async def bank(db: AsyncConnection) -> Bank:
    """Трижды по 100,00; 50,00 потрачено."""
    one = Bank()
    for n in (1, 2, 3):
        await topped_up(db, one, minor=10000, n=n)
    assert await post(db, move("m1", BOB, ESCROW, 5000)) == ["posted"]
    return one


async def test_one_wish_several_refunds_oldest_first(db: AsyncConnection, bank: Bank) -> None:
    """Осталось 250,00; вернуть 220,00: 100,00 + 100,00 + 20,00."""
    can = await refundable(db, "bob", "RUB")
    assert (can.unspent, can.most) == (rub(25000), rub(25000))
    assert await ask(db, 22000) == "going"
    assert await available(db, BOB) == 3000
    assert await work_refunds(nested(db), bank, Clock()) == 3
    assert await asked_of(bank) == [
        ("r1:1", "p1", 10000),
        ("r1:2", "p2", 10000),
        ("r1:3", "p3", 2000),
    ]
    done = await refund_of(db, "r1")
    assert done.state is RequestState.DONE
    assert [part.money for part in done.parts] == [MovementState.DONE] * 3
    assert (await balance(db, BOB)).posted == rub(3000)
    assert (await balance(db, CASH)).posted == rub(-8000)
    assert await check(db) == []


async def test_never_more_than_is_there_or_came(db: AsyncConnection, bank: Bank) -> None:
    with pytest.raises(NothingToRefund) as caught:
        await ask(db, 25001)
    assert (caught.value.asked, caught.value.available) == (rub(25001), rub(25000))
    assert await ask(db, 20000) == "going"
    with pytest.raises(NothingToRefund):
        await ask(db, 5001, "r2")
    await post(db, move("back", ESCROW, BOB, 5000))  # what was spent comes back
    assert (await refundable(db, "bob", "RUB")).most == rub(10000)
    with pytest.raises(NothingToRefund):
        await ask_refund(db, "r3", "nobody", rub(1), SELF, "", AT)
    with pytest.raises(ValueError, match="refund of 0"):
        await ask(db, 0, "r4")


async def test_asked_twice_is_asked_once(db: AsyncConnection, bank: Bank) -> None:
    assert [await ask(db, 10000) for _ in range(2)] == ["going"] * 2
    with pytest.raises(RefundConflict):
        await ask(db, 9999)
    for _ in range(3):
        await work_refunds(nested(db), bank, Clock())
    assert len(bank.asked) == 3 + 1  # three checkouts, one refund
    assert [one.id for one in await refunds_of(db, "bob")] == ["r1"]
    assert await refunds_of(db, "ann") == []
    with pytest.raises(RefundUnknown):
        await refund_of(db, "r9")


async def test_above_the_limit_a_second_person_decides(db: AsyncConnection, bank: Bank) -> None:
    await set_limit(db, "refund.two_persons", rub(5000), SYSTEM, "a test", AT)
    assert await ask(db, 10000) == "waiting"
    assert await available(db, BOB) == 15000, "held meanwhile"
    clock = Clock()
    assert await work_refunds(nested(db), bank, clock) == 0
    (waiting,) = await waiting_approvals(db)
    await approve(db, waiting.id, OTHER, AT)
    assert await work_refunds(nested(db), bank, clock) == 1
    assert (await refund_of(db, "r1")).state is RequestState.DONE
    assert await available(db, BOB) == 15000
    actions = [row.action for row in await audit_trail(db, subject="refund:r1")]
    assert actions == ["approval.granted", "approval.proposed", "refund.asked"]


async def test_declined_money_is_the_clients_again(db: AsyncConnection, bank: Bank) -> None:
    await set_limit(db, "refund.two_persons", rub(5000), SYSTEM, "a test", AT)
    await ask(db, 10000)
    (waiting,) = await waiting_approvals(db)
    await decline(db, waiting.id, CURATOR, "ask the client first", AT)
    await work_refunds(nested(db), bank, Clock())
    declined = await refund_of(db, "r1")
    assert (declined.state, declined.note) == (RequestState.DECLINED, "ask the client first")
    assert await available(db, BOB) == 25000


async def test_nobody_decides_for_days(db: AsyncConnection, bank: Bank) -> None:
    await set_limit(db, "refund.two_persons", rub(5000), SYSTEM, "a test", AT)
    await ask(db, 10000)
    clock = Clock()
    clock.go(days=4)
    await work_refunds(nested(db), bank, clock)
    assert (await refund_of(db, "r1")).state is RequestState.DECLINED
    assert await available(db, BOB) == 25000


async def test_a_closed_switch_stops_wishes_and_calls(db: AsyncConnection, bank: Bank) -> None:
    await ask(db, 10000)
    await turn(db, Switch.REFUNDS, False, CURATOR, "a leak at the bank", AT)
    with pytest.raises(SwitchedOff):
        await ask(db, 10000, "r2")
    assert await work_refunds(nested(db), bank, Clock()) == 0
    await turn(db, Switch.REFUNDS, True, CURATOR, "mended", AT)
    assert await work_refunds(nested(db), bank, Clock()) == 1


async def test_a_no_gives_the_money_back_to_the_wallet(db: AsyncConnection, bank: Bank) -> None:
    await ask(db, 15000)
    bank.trouble = GatewayRefused("charge_disputed")
    await work_refunds(nested(db), bank, Clock())
    partly = await refund_of(db, "r1")
    assert partly.state is RequestState.PARTLY
    assert [part.refusal for part in partly.parts] == ["charge_disputed", ""]
    assert await available(db, BOB) == 20000


async def test_a_lost_answer_is_asked_again_under_the_same_key(
    db: AsyncConnection, bank: Bank
) -> None:
    clock = Clock()
    await ask(db, 10000)
    bank.trouble = GatewayUnreachable("silent")
    await work_refunds(nested(db), bank, clock)
    (part,) = await calls(db, CallState.IN_DOUBT)
    assert (part.tries, part.asked_at) == (1, clock.at)
    assert await available(db, BOB) == 15000, "held while nobody knows"
    clock.go(minutes=1)
    await work_refunds(nested(db), bank, clock)
    keys = {one.idempotency_key for one in bank.asked if isinstance(one, RefundRequest)}
    assert keys == {"refund:r1:1:1"}
    assert (await refund_of(db, "r1")).state is RequestState.DONE


async def test_who_asks_again_looks_first(db: AsyncConnection, bank: Bank) -> None:
    """The refund was made, the answer was lost: it is found by our id, and not asked for twice."""
    clock = Clock()
    await ask(db, 10000)
    bank.trouble = GatewayUnreachable("silent")
    await work_refunds(nested(db), bank, clock)
    made = RefundFact("re_1", RefundStatus.SUCCEEDED, rub(10000), "p1", "r1:1")
    bank.known_refunds = (made,)
    clock.go(minutes=1)
    await work_refunds(nested(db), bank, clock)
    assert len(await asked_of(bank)) == 1
    done = await refund_of(db, "r1")
    assert (done.state, done.parts[0].ref) == (RequestState.DONE, "re_1")


async def silent_for_a_day(db: AsyncConnection, bank: Bank) -> Clock:
    clock = Clock()
    await ask(db, 10000)
    bank.trouble = GatewayUnreachable("silent")
    await work_refunds(nested(db), bank, clock)
    clock.at += KEY_LIFE
    await work_refunds(nested(db), bank, clock)
    assert len(await asked_of(bank)) == 1, "the key may be forgotten: no call any more"
    return clock


@pytest.mark.parametrize(("ref", "state", "left"), [("", "failed", 25000), ("re_7", "done", 15000)])
async def test_after_a_day_a_person_decides(
    db: AsyncConnection, bank: Bank, ref: str, state: str, left: int
) -> None:
    clock = await silent_for_a_day(db, bank)
    (part,) = await calls(db, CallState.BY_HAND)
    clock.go(days=2)
    assert await work_refunds(nested(db), bank, clock) == 0
    with pytest.raises(ValueError, match="reason"):
        await decide_call(db, part.id, CURATOR, " ", clock.at)
    await decide_call(db, part.id, CURATOR, "I have looked at the dashboard", clock.at, ref)
    assert (await refund_of(db, "r1")).state.value == state
    assert await available(db, BOB) == left
    with pytest.raises(CallNotByHand):
        await decide_call(db, part.id, CURATOR, "again", clock.at)
    with pytest.raises(RefundUnknown):
        await decide_call(db, "r9", CURATOR, "what", clock.at)
    (row,) = await audit_trail(db, action="refund.decided")
    assert row.actor.party == "ivan"


async def test_a_worker_that_died_in_the_call_is_followed_by_another(
    db: AsyncConnection, bank: Bank
) -> None:
    class Killed(Bank):
        async def refund(self, request: RefundRequest) -> Movement:
            self._hear(request)
            raise KeyboardInterrupt

    killed, clock = Killed(), Clock()
    await ask(db, 10000)
    with pytest.raises(KeyboardInterrupt):
        await work_refunds(nested(db), killed, clock)
    assert await work_refunds(nested(db), bank, clock) == 0, "the lease holds"
    clock.at += LEASE
    assert await work_refunds(nested(db), bank, clock) == 1
    assert (await refund_of(db, "r1")).state is RequestState.DONE


async def test_a_frozen_wallet_gives_nothing_back_but_what_was_promised(
    db: AsyncConnection, bank: Bank
) -> None:
    """Возврат начат до заморозки: он доходит; новый не начинается."""
    await ask(db, 10000)
    assert await freeze_wallet(db, "bob", "RUB", "k1", "suspicion", SYSTEM, AT)
    assert not await freeze_wallet(db, "bob", "RUB", "k1", "suspicion", SYSTEM, AT)
    with pytest.raises(DraftRefused, match="frozen"):
        await ask(db, 5000, "r2")
    await work_refunds(nested(db), bank, Clock())
    assert (await refund_of(db, "r1")).state is RequestState.DONE
    assert await post(db, move("m2", BOB, ESCROW, 1)) == ["frozen"]
    await freeze_wallet(db, "bob", "RUB", "k2", "another", SYSTEM, AT)
    assert not await lift_freeze(db, "bob", "k1", CURATOR, "explained", AT)
    assert await lift_freeze(db, "bob", "k2", CURATOR, "explained", AT)
    with pytest.raises(NothingFrozen):
        await lift_freeze(db, "bob", "k2", CURATOR, "explained", AT)
    assert await post(db, move("m3", BOB, ESCROW, 1)) == ["posted"]
    assert (await top_up(db, "t1")).state.value == "paid"
