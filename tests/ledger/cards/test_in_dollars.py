"""The card rail in another currency: nothing of it may touch a ruble. Sums in cents."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, balance, begin_top_up, check
from ledger.acquirer import (
    BalanceLine,
    Category,
    DisputeFact,
    DisputeStatus,
    PaymentFact,
    PaymentStatus,
)
from ledger.cards import (
    apply_fact,
    ask_refund,
    dispute,
    disputes,
    is_frozen,
    refund_of,
    refundable,
    work_refunds,
)
from ledger.control import Actor
from ledger.gateway import RefundRequest
from tests.ledger.books import AT
from tests.ledger.cards.people import URL, Bank, Clock, nested

BOB = Account(AccountKind.PREPAID, "bob", "USD")
CASH = Account(AccountKind.CASH, "demo", "USD")
DISPUTED = Account(AccountKind.DISPUTED, "demo:dp1", "USD")
COST = Account(AccountKind.DISPUTE_COST, "", "USD")
FEES = Account(AccountKind.FEES, "", "USD")
SELF = Actor("bob", "self")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


async def posted(db: AsyncConnection, account: Account) -> Money:
    return (await balance(db, account)).posted


async def topped_up(db: AsyncConnection) -> Bank:
    """Боб пополнил кошелёк на $500.00, эквайер удержал $15.00."""
    bank = Bank()
    await begin_top_up(db, bank, "bob", usd(50_000), URL, AT, "t1")
    line = BalanceLine("txn_1", Category.CHARGE, usd(50_000), usd(1_500), "ch_p1", AT)
    fact = PaymentFact("p1", PaymentStatus.SUCCEEDED, usd(50_000), "t1", line=line)
    assert await apply_fact(db, "demo", "paid", fact, AT) == "succeeded"
    assert (await posted(db, BOB), await posted(db, FEES)) == (usd(50_000), usd(-1_500))
    return bank


async def test_a_refund(db: AsyncConnection) -> None:
    """Вернуть $120.00 из $500.00: в том же платеже, в той же валюте."""
    bank = await topped_up(db)
    assert (await refundable(db, "bob", "USD")).most == usd(50_000)
    assert (await refundable(db, "bob", "RUB")).most == Money(0)
    await ask_refund(db, "r1", "bob", usd(12_000), SELF, "I stop", AT)
    await work_refunds(nested(db), bank, Clock())
    [request] = [one for one in bank.asked if isinstance(one, RefundRequest)]
    assert (request.payment, request.amount) == ("p1", usd(12_000))
    done = await refund_of(db, "r1")
    assert (done.state.value, done.amount, done.parts[0].amount) == (
        "done", usd(12_000), usd(12_000),
    )  # fmt: skip
    assert (await posted(db, BOB), await posted(db, CASH)) == (usd(38_000), usd(-36_500))
    assert await check(db) == []


async def test_a_dispute_is_lost(db: AsyncConnection) -> None:
    """Банк отозвал $500.00 и взял $20.00: кошелёк пуст, наш расход — только $20.00."""
    await topped_up(db)
    taken = BalanceLine("txn_2", Category.DISPUTE, usd(-50_000), usd(2_000), "dp1", AT)
    due = AT + timedelta(days=7)
    told = ("dp1", DisputeStatus.OPEN, usd(50_000), "p1", "ch_p1", "fraudulent", due, (taken,))
    assert await apply_fact(db, "demo", "e1", DisputeFact(*told), AT) == "open"
    assert await is_frozen(db, "bob", "USD")
    assert not await is_frozen(db, "bob", "RUB")
    assert (await posted(db, DISPUTED), await posted(db, COST)) == (usd(-50_000), usd(-2_000))
    found = await dispute(db, "demo", "dp1")
    assert (found.amount, found.held) == (usd(50_000), usd(50_000))
    assert (found.party, found.payment, found.reason) == ("bob", "p1", "fraudulent")
    assert await disputes(db) == [found]
    lost = (told[0], DisputeStatus.LOST, *told[2:])
    assert await apply_fact(db, "demo", "e2", DisputeFact(*lost), AT) == "lost"
    assert (await posted(db, BOB), await posted(db, DISPUTED)) == (usd(0), usd(0))
    assert await posted(db, COST) == usd(-2_000)
    assert not await is_frozen(db, "bob", "USD")
    assert await check(db) == []
