"""The daily reconciliation: what we missed is heard, what differs is written down."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, begin_top_up
from ledger.acquirer import (
    BalanceLine,
    Category,
    Notice,
    RefundFact,
    RefundStatus,
    SettlementFact,
    SettlementStatus,
)
from ledger.cards import (
    apply_fact,
    ask_refund,
    customer_of,
    is_due,
    last_reconciliation,
    note_customer,
    plan_customer,
    reconcile,
    work_refunds,
)
from ledger.cards.reconciling import OVERLAP, REMEMBERED
from ledger.control import Actor
from ledger.errors import GatewayUnreachable
from tests.ledger.books import AT, available, fund, rub
from tests.ledger.cards.people import BOB, URL, Bank, Clock, nested, news, paid, told, topped_up

SELF = Actor("bob", "self")


def line(id: str, category: Category, minor: int, source: str, fee: int = 0) -> BalanceLine:
    return BalanceLine(id, category, rub(minor), rub(fee), source, AT)


async def kinds(db: AsyncConnection, bank: Bank, clock: Clock) -> list[tuple[str, str]]:
    run = await reconcile(nested(db), bank, clock)
    assert await last_reconciliation(db, "demo") == run
    return [(one.kind, one.ref) for one in run.differences]


@pytest.fixture
async def bank(db: AsyncConnection) -> Bank:
    """1000,00 пришло, 30,00 удержано, и обе стороны знают это."""
    one = Bank()
    await begin_top_up(db, one, "bob", Money(100000), URL, AT, "t1")
    fact = paid(fee=3000)
    await apply_fact(db, "demo", "e1", fact, AT)
    assert fact.line is not None
    one.lines = (fact.line,)
    return one


async def test_both_sides_say_the_same(db: AsyncConnection, bank: Bank) -> None:
    assert await is_due(db, "demo", AT)
    clock = Clock()
    assert await kinds(db, bank, clock) == []
    assert not await is_due(db, "demo", AT + timedelta(hours=23))
    assert await is_due(db, "demo", AT + timedelta(hours=24))
    clock.go(days=1)
    assert await kinds(db, bank, clock) == []


async def test_each_run_asks_from_a_little_before_the_last(db: AsyncConnection) -> None:
    """The first asks for all lines and for as much news as the acquirer remembers."""

    class Asked(Bank):
        def __init__(self) -> None:
            super().__init__()
            self.since: list[datetime] = []

        async def notices_since(self, since: datetime) -> tuple[Notice, ...]:
            self.since.append(since)
            return ()

        async def lines_since(self, since: datetime) -> tuple[BalanceLine, ...]:
            self.since.append(since)
            return ()

    bank, clock = Asked(), Clock()
    first = await reconcile(nested(db), bank, clock)
    clock.go(days=1)
    second = await reconcile(nested(db), bank, clock)
    clock.go(days=400)
    late = await reconcile(nested(db), bank, clock)
    begun, next_day = AT - OVERLAP, AT + timedelta(days=1) - OVERLAP
    long_ago = AT + timedelta(days=401) - REMEMBERED
    assert bank.since[0] == AT - REMEMBERED
    assert bank.since[1].year == 2015
    assert bank.since[2:] == [begun, begun, long_ago, next_day]
    assert [run.since for run in (first, second, late)] == bank.since[::2]


async def test_missed_news_is_heard(db: AsyncConnection, bank: Bank) -> None:
    """Уведомление о втором пополнении не дошло: сверка находит его и зачисляет."""
    await begin_top_up(db, bank, "bob", Money(50000), URL, AT, "t2")
    second = paid("p2", "t2", 50000, fee=1500)
    assert second.line is not None
    bank.facts["p2"] = second
    bank.lines += (second.line,)
    bank.notices = (news("e1"), news("e2", "p2"))
    await told(db, news("e1"))
    run = await reconcile(nested(db), bank, Clock())
    assert (run.notices, run.missed, run.lines, run.differences) == (2, 1, 2, ())
    assert await available(db, BOB) == 150000


async def test_money_that_only_one_side_knows(db: AsyncConnection, bank: Bank) -> None:
    """Возврат, сделанный в кабинете банка, и проводка, которой у банка нет."""
    bank.lines += (line("txn_hand", Category.REFUND, -10000, "re_hand"),)
    await fund(db, Account(AccountKind.PREPAID, "ann"), 700)
    clock = Clock()
    clock.go(hours=3)
    run = await reconcile(nested(db), bank, clock)
    found = [(one.kind, one.ref, one.theirs.minor, one.ours.minor) for one in run.differences]
    assert found == [
        ("line_missing", "txn_hand", -10000, 0),
        ("ours_only", "test:fund:PREPAID(ann)", 0, 700),
        ("balance", "demo", 87000, 97700),
    ]


async def test_another_sum(db: AsyncConnection, bank: Bank) -> None:
    (charge,) = bank.lines
    bank.lines = (BalanceLine(charge.id, charge.category, rub(90000), rub(3000), "ch_p1", AT),)
    assert await kinds(db, bank, Clock()) == [("line_differs", "txn_p1"), ("balance", "demo")]


async def test_every_kind_of_line_finds_its_journal(db: AsyncConnection, bank: Bank) -> None:
    """Возврат туда и обратно, выплата на наш счёт и назад, плата банку за себя."""
    await ask_refund(db, "r1", "bob", rub(20000), SELF, "", AT)
    await work_refunds(nested(db), bank, Clock())  # answered as "m1"
    back = RefundFact("m1", RefundStatus.FAILED, rub(20000), "p1", "r1:1", "closed")
    await apply_fact(db, "demo", "e2", back, AT)
    for ref, status in (("po_1", SettlementStatus.ARRIVED), ("po_2", SettlementStatus.FAILED)):
        await apply_fact(db, "demo", f"e_{ref}", SettlementFact(ref, status, rub(5000)), AT)
    bank.lines += (
        line("txn_r", Category.REFUND, -20000, "m1"),
        line("txn_rf", Category.REFUND_FAILURE, 20000, "m1"),
        line("txn_po1", Category.PAYOUT, -5000, "po_1"),
        line("txn_po2", Category.PAYOUT, -5000, "po_2"),
        line("txn_po2b", Category.PAYOUT_REVERSAL, 5000, "po_2"),
        line("txn_own", Category.FEE, -250, ""),
    )
    assert await kinds(db, bank, Clock()) == []


async def test_what_waits_too_long_is_told(db: AsyncConnection, bank: Bank) -> None:
    clock = Clock()
    await topped_up(db, bank, n=2)  # its fee is not told
    await ask_refund(db, "r1", "bob", rub(20000), SELF, "", AT)
    bank.trouble = GatewayUnreachable("silent")
    await work_refunds(nested(db), bank, clock)
    bank.keeps_account = False
    assert await kinds(db, bank, clock) == []
    clock.go(hours=2)
    assert await kinds(db, bank, clock) == [("in_doubt", "refund r1:1")]
    clock.go(hours=23)
    await work_refunds(nested(db), bank, clock)
    await told(db, news("e9", "p9"))
    bank.facts["p9"] = GatewayUnreachable("silent")
    assert await kinds(db, bank, clock) == [
        ("by_hand", "refund r1:1"),
        ("fee_missing", "p2"),
        ("news_dead", "e9"),
    ]


async def test_a_silent_acquirer_leaves_no_run(db: AsyncConnection, bank: Bank) -> None:
    class Silent(Bank):
        async def lines_since(self, since: object) -> tuple[BalanceLine, ...]:
            raise GatewayUnreachable("silent")

    with pytest.raises(GatewayUnreachable):
        await reconcile(nested(db), Silent(), Clock())
    assert await last_reconciliation(db, "demo") is None


async def test_a_payer_has_one_name_at_the_acquirer(db: AsyncConnection, bank: Bank) -> None:
    keys = {await plan_customer(db, "demo", "bob", AT) for _ in range(2)}
    assert keys == {"customer:demo:bob:1"}
    assert await customer_of(db, "demo", "bob") == ""
    assert await note_customer(db, "demo", "bob", "cus_1") == "cus_1"
    assert await note_customer(db, "demo", "bob", "cus_2") == "cus_1"
    assert await customer_of(db, "demo", "bob") == "cus_1"
