"""Payouts by bank: a file of payment orders for the bank's program; its statement says the rest.

Made in one transaction: each payout that may leave gets an order, and is sent. The file is kept,
so it can be fetched again byte for byte. The statement's outgoing line says that a payout arrived,
an incoming one that it came back (see verbs_import.py).
"""

import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.bank import store, verbs_import
from ledger.bank import store_invoices as rows
from ledger.bank.errors import BankAccountUnknown, NothingDue, OrderFileUnknown
from ledger.bank.invoices import Payee, bank_day
from ledger.bank.orders import PaymentOrder, order_number, written
from ledger.bank.scene import Order
from ledger.bank.store_invoices import OrderFile
from ledger.bank.verbs import require_officer
from ledger.control import Actor, Rail, record
from ledger.money import Money
from ledger.payouts import BankPlace, MustWait, begin_sending, due_pay_outs, mark_sent

SERIES = "orders"
LISTED_MAX = 50


async def make_order_file(
    db: AsyncConnection, payee: Payee, actor: Actor, at: datetime
) -> OrderFile:
    """Orders for every payout that may leave by bank now; they are on their way afterwards.

    Raises: NothingDue, SwitchedOff, RoleRefused.
    """
    require_officer(actor, "payout.order_file")
    ours, day = payee.requisites, bank_day(at)
    await verbs_import.keep_account(db, ours, at)
    made: list[PaymentOrder] = []
    named: list[tuple[Order, str]] = []
    for due in await due_pay_outs(db, Rail.BANK, at):
        try:
            pay_out, details = await begin_sending(db, due.id, at)
        except MustWait:
            continue
        place = details.destination
        if not isinstance(place, BankPlace):
            continue
        number = order_number(await rows.next_number(db, SERIES, day.year))
        await mark_sent(db, pay_out.id, f"{day.year}-{number}", at)
        purpose = f"Вознаграждение консультанта, выплата {pay_out.id}. {payee.vat_line}"
        made.append(
            PaymentOrder(
                number,
                day,
                pay_out.amount,
                ours,
                place.name,
                place.inn,
                place.account,
                place.bik,
                purpose,
            )
        )
        order = Order(pay_out.id, number, pay_out.amount.minor, place.account)
        named.append((order, pay_out.party))
    if not made:
        raise NothingDue
    return await _keep(db, made, named, actor, at)


async def _keep(
    db: AsyncConnection,
    made: list[PaymentOrder],
    named: list[tuple[Order, str]],
    actor: Actor,
    at: datetime,
) -> OrderFile:
    first, data = made[0], written(made, at)
    file = OrderFile(
        number=f"{first.day.year}-{first.number:06d}",
        account=first.payer.account,
        orders=len(made),
        total=sum((one.amount for one in made), Money(0)),
        sha256=hashlib.sha256(data).hexdigest(),
        made_by=actor.party,
        made_at=at,
    )
    await rows.add_order_file(db, file, data)
    for order, party in named:
        await rows.add_order(db, order, party, file.number, first.day.year, "RUB")
    facts: dict[str, str | int] = {
        "orders": file.orders,
        "total_minor": file.total.minor,
        "sha256": file.sha256,
    }
    await record(db, actor, "payout.order_file", f"orders:{file.number}", "", at, **facts)
    return file


async def order_files(db: AsyncConnection) -> list[OrderFile]:
    """Newest first."""
    return await rows.order_files(db, LISTED_MAX)


async def order_file(db: AsyncConnection, number: str) -> bytes:
    """The file as it was made. Raises: OrderFileUnknown."""
    data = await rows.order_file_data(db, number)
    if data is None:
        raise OrderFileUnknown(number)
    return data


async def payer_account(db: AsyncConnection, number: str) -> store.BankAccount:
    """One of our accounts. Raises: BankAccountUnknown."""
    for one in await store.accounts(db):
        if one.number == number:
            return one
    raise BankAccountUnknown(number)
