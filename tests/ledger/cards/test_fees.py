"""What the acquirer keeps: told with the payment or later, booked once, never computed."""

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, balance, begin_top_up, journals_of
from ledger.cards import apply_fact, work_fees
from tests.ledger.books import AT, available
from tests.ledger.cards.people import BOB, CASH, URL, Bank, Clock, nested, paid

FEES = Account(AccountKind.FEES)


async def begun(db: AsyncConnection, bank: Bank) -> None:
    await begin_top_up(db, bank, "bob", Money(100000), URL, AT, "t1")


async def posted(db: AsyncConnection, account: Account) -> int:
    return (await balance(db, account)).posted.minor


async def test_a_fee_that_comes_with_the_payment(db: AsyncConnection) -> None:
    """1000,00 пришло, 30,00 удержано: на счёте в банке 970,00, кошелёк полон."""
    await begun(db, Bank())
    for n in range(2):
        await apply_fact(db, "demo", f"e{n}", paid(fee=3000), AT)
    assert await posted(db, CASH) == -97000
    assert await posted(db, FEES) == -3000
    assert await available(db, BOB) == 100000
    assert [journal.id for journal in await journals_of(db, "t1")] == ["psp:demo:p1", "txn:txn_p1"]


async def test_a_fee_that_comes_later_is_fetched(db: AsyncConnection) -> None:
    bank, clock = Bank(), Clock()
    await begun(db, bank)
    await apply_fact(db, "demo", "e1", paid(fee=None), AT)
    assert await work_fees(nested(db), bank, clock) == 0
    bank.facts["p1"] = paid(fee=None)
    clock.go(hours=1)
    assert await work_fees(nested(db), bank, clock) == 0
    bank.facts["p1"] = paid(fee=3000)
    assert await work_fees(nested(db), bank, clock) == 0, "it is asked less and less often"
    clock.go(hours=1)
    assert await work_fees(nested(db), bank, clock) == 1
    assert await posted(db, FEES) == -3000
    clock.go(days=1)
    assert await work_fees(nested(db), bank, clock) == 0


async def test_news_of_the_fee_is_as_good_as_asking(db: AsyncConnection) -> None:
    bank, clock = Bank(), Clock()
    await begun(db, bank)
    await apply_fact(db, "demo", "e1", paid(fee=None), AT)
    await apply_fact(db, "demo", "e2", paid(fee=3000), AT)
    assert await posted(db, FEES) == -3000
    clock.go(hours=1)
    assert await work_fees(nested(db), bank, clock) == 0


async def test_nothing_kept_leaves_no_journal(db: AsyncConnection) -> None:
    await begun(db, Bank())
    await apply_fact(db, "demo", "e1", paid(fee=0), AT)
    assert [journal.id for journal in await journals_of(db, "t1")] == ["psp:demo:p1"]


async def test_another_sum_than_agreed_is_nobodys_yet(db: AsyncConnection) -> None:
    """Ждали 1000,00, пришло 900,00: на счёт невыясненных сумм; комиссия всё равно удержана."""
    await begun(db, Bank())
    await apply_fact(db, "demo", "e1", paid(minor=90000), AT)
    assert await available(db, BOB) == 0
    assert await posted(db, Account(AccountKind.SUSPENSE, "bob")) == 90000
    assert await posted(db, CASH) == -87000
