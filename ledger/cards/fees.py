"""What the acquirer keeps of a payment: taken from its balance line, never computed by us.

The line may come later than the payment. A row says that it is wanted; the worker asks for it
until it is there, and books it once, under the line's own id: Dr FEES / Cr CASH.
"""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AccountKind
from ledger.acquirer import CardGateway, PaymentFact
from ledger.cards import store
from ledger.cards.doing import Clock, Transactions
from ledger.cards.states import LEASE, back_off
from ledger.errors import GatewayError
from ledger.journals import Draft, Leg
from ledger.money import Money
from ledger.store import us_of
from ledger.verbs import post_many

LOOKED_MAX = 20

log = structlog.get_logger("cards")


def fee_draft(gateway: str, line: str, fee: Money, ref: str) -> Draft:
    """`line` is the acquirer's id, `fee` in the currency of its balance, `ref` what it is for."""
    cash = Account(AccountKind.CASH, gateway, fee.currency)
    legs = (Leg(cash, fee.minor), Leg(Account(AccountKind.FEES, "", fee.currency), -fee.minor))
    return Draft("txn", line, "processor_fee", legs, ref=ref)


async def want_fee(db: AsyncConnection, gateway: str, fact: PaymentFact, at: datetime) -> None:
    """Remember that a payment has a fee; book it when its line is there."""
    row = {
        "gateway": gateway,
        "payment": fact.ref,
        "line": "",
        "amount": 0,
        "currency": fact.amount.currency,
        "tries": 0,
        "due_us": us_of(at),
        "created_us": us_of(at),
    }
    await store.add(db, "fee", row)
    await _book(db, gateway, fact, at)


async def _book(db: AsyncConnection, gateway: str, fact: PaymentFact, at: datetime) -> bool:
    """Whether the line was there."""
    if fact.line is None:
        return False
    where = {"gateway": gateway, "payment": fact.ref, "line": ""}
    known = {"line": fact.line.id, "amount": fact.line.fee.minor}
    known |= {"currency": fact.line.fee.currency}
    if await store.change(db, "fee", where, known) and fact.line.fee.minor:
        draft = fee_draft(gateway, fact.line.id, fact.line.fee, fact.top_up)
        for result in await post_many(db, [draft], at):
            result.raise_for_status()
    return True


async def work_fees(transaction: Transactions, gateway: CardGateway, clock: Clock) -> int:
    """One round: ask for the lines that are wanted; how many were booked."""
    at, booked = clock(), 0
    async with transaction() as db:
        where = {"gateway": gateway.name, "line": ""}
        wanted = await store.claim(db, "fee", where, ("due_us",), at, LOOKED_MAX)
        for row in wanted:
            taken = {"tries": row.tries + 1, "due_us": us_of(at + LEASE)}
            key = {"gateway": row.gateway, "payment": row.payment}
            await store.change(db, "fee", key, taken)
    for row in wanted:
        try:
            fact: PaymentFact | None = await gateway.payment(row.payment)
        except GatewayError as error:
            log.warning("fee is not known yet", payment=row.payment, why=str(error))
            fact = None
        async with transaction() as db:
            if fact is not None and await _book(db, gateway.name, fact, clock()):
                booked += 1
                continue
            key = {"gateway": row.gateway, "payment": row.payment, "line": ""}
            due_at = clock() + back_off(row.payment, row.tries + 1)
            await store.change(db, "fee", key, {"due_us": us_of(due_at)})
    return booked
