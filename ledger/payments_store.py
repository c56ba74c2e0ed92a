"""Rows ↔ values of top-ups, money going out, and the inbox of payment events."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import schema
from ledger.gateway import PaymentEvent
from ledger.money import Money
from ledger.payments import MovementState, Outgoing, TopUp, TopUpState
from ledger.store import at_of, insert_new, us_of


async def add_top_up(db: AsyncConnection, top_up: TopUp) -> bool:
    """False when the id is taken."""
    row = {**_top_up_row(top_up), "created_us": us_of(top_up.created_at)}
    row["changed_us"] = row["created_us"]
    written = await db.execute(insert_new(db, schema.top_up).values(row))
    return bool(written.rowcount == 1)


async def save_top_up(db: AsyncConnection, top_up: TopUp, at: datetime) -> None:
    table = schema.top_up
    row = {**_top_up_row(top_up), "changed_us": us_of(at)}
    await db.execute(update(table).where(table.c.id == top_up.id).values(row))


async def top_up_by_id(db: AsyncConnection, id: str, lock: bool = False) -> TopUp | None:
    query = select(schema.top_up).where(schema.top_up.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).first()
    return _top_up(row) if row else None


async def top_up_of_event(db: AsyncConnection, event: PaymentEvent) -> TopUp | None:
    """By our id, the checkout or the payment; locked. None for an event that is not ours."""
    table = schema.top_up.c
    for column, value in (
        (table.id, event.top_up),
        (table.ref, event.ref),
        (table.payment, event.payment),
    ):
        if value:
            query = select(schema.top_up).where(column == value, table.gateway == event.gateway)
            row = (await db.execute(query.with_for_update())).first()
            if row:
                return _top_up(row)
    return None


async def add_event(db: AsyncConnection, event: PaymentEvent, at: datetime) -> bool:
    """False when this event was received before."""
    row = {
        "gateway": event.gateway,
        "event_id": event.id,
        "state": event.state.value,
        "payment": event.payment,
        "top_up": event.top_up,
        "amount": event.amount.minor if event.amount else None,
        "currency": event.amount.currency if event.amount else "",
        "verdict": "received",
        "received_us": us_of(at),
    }
    written = await db.execute(insert_new(db, schema.payment_event).values(row))
    return bool(written.rowcount == 1)


async def save_verdict(db: AsyncConnection, event: PaymentEvent, verdict: str) -> None:
    table = schema.payment_event
    where = (table.c.gateway == event.gateway, table.c.event_id == event.id)
    await db.execute(update(table).where(*where).values(verdict=verdict))


async def add_outgoing(db: AsyncConnection, outgoing: Outgoing, at: datetime) -> bool:
    """False when the id is taken."""
    row = {**_outgoing_row(outgoing), "created_us": us_of(at), "changed_us": us_of(at)}
    written = await db.execute(insert_new(db, schema.outgoing).values(row))
    return bool(written.rowcount == 1)


async def save_outgoing(db: AsyncConnection, outgoing: Outgoing, at: datetime) -> None:
    table = schema.outgoing
    row = {**_outgoing_row(outgoing), "changed_us": us_of(at)}
    await db.execute(update(table).where(table.c.id == outgoing.id).values(row))


async def outgoing_by_id(db: AsyncConnection, id: str) -> Outgoing | None:
    """Locked."""
    query = select(schema.outgoing).where(schema.outgoing.c.id == id).with_for_update()
    row = (await db.execute(query)).first()
    return _outgoing(row) if row else None


async def refunded_minor(db: AsyncConnection, top_up_id: str) -> int:
    """What was given back of a top-up or is on its way."""
    table = schema.outgoing.c
    query = select(func.coalesce(func.sum(table.amount), 0)).where(
        table.kind == "refund", table.target == top_up_id, table.state != "refused"
    )
    return int((await db.execute(query)).scalar_one())


def _top_up_row(top_up: TopUp) -> dict[str, Any]:
    return {
        "id": top_up.id,
        "gateway": top_up.gateway,
        "party": top_up.party,
        "amount": top_up.amount.minor,
        "currency": top_up.amount.currency,
        "return_url": top_up.return_url,
        "idempotency_key": top_up.idempotency_key,
        "state": top_up.state.value,
        "ref": top_up.ref or None,
        "url": top_up.url,
        "payment": top_up.payment or None,
        "refusal": top_up.refusal,
    }


def _top_up(row: Row[Any]) -> TopUp:
    return TopUp(
        id=row.id,
        party=row.party,
        amount=Money(row.amount, row.currency),
        state=TopUpState(row.state),
        gateway=row.gateway,
        return_url=row.return_url,
        idempotency_key=row.idempotency_key,
        created_at=at_of(row.created_us),
        url=row.url,
        ref=row.ref or "",
        payment=row.payment or "",
        refusal=row.refusal,
    )


def _outgoing_row(outgoing: Outgoing) -> dict[str, Any]:
    return {
        "id": outgoing.id,
        "kind": outgoing.kind,
        "gateway": outgoing.gateway,
        "party": outgoing.party,
        "target": outgoing.target,
        "amount": outgoing.amount.minor,
        "currency": outgoing.amount.currency,
        "idempotency_key": outgoing.idempotency_key,
        "state": outgoing.state.value,
        "ref": outgoing.ref,
        "refusal": outgoing.refusal,
    }


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        kind=row.kind,
        party=row.party,
        target=row.target,
        amount=Money(row.amount, row.currency),
        state=MovementState(row.state),
        gateway=row.gateway,
        idempotency_key=row.idempotency_key,
        ref=row.ref,
        refusal=row.refusal,
    )
