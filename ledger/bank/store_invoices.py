"""Rows ↔ values: series, invoices, proposals, payment orders and their files."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.bank import schema
from ledger.bank.invoices import Invoice, InvoiceState
from ledger.bank.scene import Order, Payment
from ledger.bank.store import chunks
from ledger.money import Money
from ledger.requisites import Payer, Requisites
from ledger.store import at_of, insert_new, is_postgresql, us_of

_I, _L, _P, _O = schema.invoice, schema.line, schema.proposal, schema.order
_FILE = schema.order_file


async def next_number(db: AsyncConnection, series: str, year: int) -> int:
    """The next of a series and year; whoever takes one at the same time waits for this end."""
    new = postgresql.insert if is_postgresql(db) else sqlite.insert
    statement = new(schema.series).values(series=series, year=year, last=1)
    moved = statement.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": schema.series.c.last + 1}
    ).returning(schema.series.c.last)
    return int((await db.execute(moved)).scalar_one())


# --- invoices


async def add_invoice(db: AsyncConnection, invoice: Invoice, key: str) -> None:
    row = {
        **_changing(invoice),
        "number": invoice.number,
        "key": key,
        "party": invoice.party,
        "amount": invoice.amount.minor,
        "currency": invoice.amount.currency,
        "payer_name": invoice.payer.name,
        "payer_inn": invoice.payer.inn,
        "payer_kpp": invoice.payer.kpp,
        "payee": json.dumps(asdict(invoice.payee), ensure_ascii=False),
        "vat_line": invoice.vat_line,
        "purpose": invoice.purpose,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "issued_us": us_of(invoice.issued_at),
    }
    await db.execute(insert(_I).values(row))


async def save_invoice(db: AsyncConnection, invoice: Invoice) -> None:
    await db.execute(update(_I).where(_I.c.number == invoice.number).values(_changing(invoice)))


def _changing(invoice: Invoice) -> dict[str, Any]:
    return {
        "paid": invoice.paid.minor,
        "state": invoice.state.value,
        "cancelled_on": invoice.cancelled_on,
    }


async def invoice_by_number(db: AsyncConnection, number: str, lock: bool = False) -> Invoice | None:
    query = select(_I).where(_I.c.number == number)
    row = (await db.execute(query.with_for_update() if lock else query)).first()
    return _invoice(row) if row else None


async def invoice_by_key(db: AsyncConnection, party: str, key: str) -> Invoice | None:
    query = select(_I).where(_I.c.party == party, _I.c.key == key)
    row = (await db.execute(query)).first()
    return _invoice(row) if row else None


async def invoices_of_party(db: AsyncConnection, party: str, limit: int) -> list[Invoice]:
    """Newest first."""
    query = select(_I).where(_I.c.party == party)
    ordered = query.order_by(_I.c.issued_us.desc(), _I.c.number.desc())
    return [_invoice(row) for row in await db.execute(ordered.limit(limit))]


async def invoices_for(
    db: AsyncConnection, numbers: Collection[str], inns: Collection[str], lock: bool
) -> dict[str, Invoice]:
    """Those with one of the numbers, or for a payer with one of the INNs."""
    found: dict[str, Invoice] = {}
    for column, values in ((_I.c.number, numbers), (_I.c.payer_inn, inns)):
        for part in chunks(values):
            query = select(_I).where(column.in_(part)).order_by(_I.c.number)
            for row in await db.execute(query.with_for_update() if lock else query):
                found[row.number] = _invoice(row)
    return found


async def payments_for(db: AsyncConnection, numbers: Collection[str]) -> tuple[Payment, ...]:
    found: list[Payment] = []
    for part in chunks(numbers):
        query = select(_L.c.invoice, _L.c.day, _L.c.amount).where(_L.c.invoice.in_(part))
        found += [Payment(row[0], row[1], row[2]) for row in await db.execute(query)]
    return tuple(found)


async def overdue_invoices(db: AsyncConnection, today: date, limit: int) -> list[Invoice]:
    query = (
        select(_I)
        .where(_I.c.state == InvoiceState.OPEN.value, _I.c.due_on < today)
        .order_by(_I.c.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_invoice(row) for row in await db.execute(query)]


def _invoice(row: Row[Any]) -> Invoice:
    return Invoice(
        number=row.number,
        party=row.party,
        payer=Payer(row.payer_name, row.payer_inn, row.payer_kpp),
        payee=Requisites(**json.loads(row.payee)),
        amount=Money(row.amount, row.currency),
        paid=Money(row.paid, row.currency),
        vat_line=row.vat_line,
        purpose=row.purpose,
        issued_on=row.issued_on,
        due_on=row.due_on,
        state=InvoiceState(row.state),
        issued_at=at_of(row.issued_us),
        cancelled_on=row.cancelled_on,
    )


# --- proposals


@dataclass(frozen=True, slots=True)
class Proposal:
    """`kind`: "wallet" (of `party`, for `invoice` or none), "fee", "own" (the platform's funds)."""

    line: str
    kind: str
    party: str
    invoice: str
    approval: str
    proposed_by: str
    why: str
    proposed_at: datetime


async def save_proposal(db: AsyncConnection, one: Proposal) -> None:
    """The newest proposal for a line takes the place of one that was declined."""
    row = {
        "line": one.line,
        "kind": one.kind,
        "party": one.party,
        "invoice": one.invoice,
        "approval": one.approval,
        "proposed_by": one.proposed_by,
        "why": one.why,
        "proposed_us": us_of(one.proposed_at),
    }
    await db.execute(insert_new(db, _P).values(row))
    await db.execute(update(_P).where(_P.c.line == one.line).values(row))


async def proposals_for(db: AsyncConnection, lines: Collection[str]) -> Mapping[str, Proposal]:
    found: dict[str, Proposal] = {}
    for part in chunks(lines):
        for row in await db.execute(select(_P).where(_P.c.line.in_(part))):
            found[row.line] = Proposal(
                row.line,
                row.kind,
                row.party,
                row.invoice,
                row.approval,
                row.proposed_by,
                row.why,
                at_of(row.proposed_us),
            )
    return found


# --- payment orders


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file for the bank as it was made; `number` is the one of its first order."""

    number: str
    account: str
    orders: int
    total: Money
    sha256: str
    made_by: str
    made_at: datetime


async def add_order_file(db: AsyncConnection, file: OrderFile, data: bytes) -> None:
    row = {
        "number": file.number,
        "account": file.account,
        "orders": file.orders,
        "total": file.total.minor,
        "currency": file.total.currency,
        "sha256": file.sha256,
        "data": data,
        "made_by": file.made_by,
        "made_us": us_of(file.made_at),
    }
    await db.execute(insert(_FILE).values(row))


async def order_files(db: AsyncConnection, limit: int) -> list[OrderFile]:
    """Newest first, without their bytes."""
    columns = [column for column in _FILE.c if column.name != "data"]
    query = select(*columns).order_by(_FILE.c.made_us.desc(), _FILE.c.number.desc())
    return [
        OrderFile(
            row.number,
            row.account,
            row.orders,
            Money(row.total, row.currency),
            row.sha256,
            row.made_by,
            at_of(row.made_us),
        )
        for row in await db.execute(query.limit(limit))
    ]


async def order_file_data(db: AsyncConnection, number: str) -> bytes | None:
    found = (await db.execute(select(_FILE.c.data).where(_FILE.c.number == number))).first()
    return bytes(found[0]) if found else None


async def add_order(
    db: AsyncConnection, order: Order, party: str, file: str, year: int, currency: str
) -> None:
    row = {
        "pay_out": order.pay_out,
        "party": party,
        "file": file,
        "year": year,
        "number": order.number,
        "account": order.account,
        "amount": order.minor,
        "currency": currency,
        "state": "sent",
    }
    await db.execute(insert(_O).values(row))


async def orders(db: AsyncConnection) -> tuple[Order, ...]:
    """Those that have not come back, in the order of their numbers."""
    query = select(_O).where(_O.c.state.in_(("sent", "arrived")))
    return tuple(
        Order(row.pay_out, row.number, row.amount, row.account, row.state == "arrived")
        for row in await db.execute(query.order_by(_O.c.year, _O.c.number))
    )


async def save_order(db: AsyncConnection, pay_out: str, state: str, at: datetime) -> None:
    values = {"state": state, "ended_us": us_of(at)}
    await db.execute(update(_O).where(_O.c.pay_out == pay_out).values(values))
