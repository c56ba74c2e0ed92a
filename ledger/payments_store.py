"""Rows ↔ values of top-ups, money going out, and the inbox of payment events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.gateway import PaymentEvent
from ledger.money import Money
from ledger.payments import MovementState, Outgoing, TopUp, TopUpState
from ledger.store import at_of, is_postgresql, us_of


async def add_top_up(db: AsyncConnection, top_up: TopUp) -> bool:
    """False when the id is taken."""
    begun = us_of(top_up.created_at)
    row = {**_top_up_row(top_up), "created_us": begun, "changed_us": begun}
    return await _add(db, "ledger_top_up", row)


async def save_top_up(db: AsyncConnection, top_up: TopUp, at: datetime) -> None:
    await _save(db, "ledger_top_up", {**_top_up_row(top_up), "changed_us": us_of(at)})


async def top_up_by_id(db: AsyncConnection, id: str, lock: bool = False) -> TopUp | None:
    row = await _first(db, "ledger_top_up", {"id": id}, lock)
    return _top_up(row) if row else None


async def top_up_of_event(db: AsyncConnection, event: PaymentEvent) -> TopUp | None:
    """By our id, the checkout or the payment; locked. None for an event that is not ours."""
    names = {"id": event.top_up, "ref": event.ref, "payment": event.payment}
    for column, value in names.items():
        if value:
            facts = {column: value, "gateway": event.gateway}
            row = await _first(db, "ledger_top_up", facts, lock=True)
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
    return await _add(db, "ledger_payment_event", row)


_VERDICT = text(
    "UPDATE ledger_payment_event SET verdict = :verdict"
    " WHERE gateway = :gateway AND event_id = :event_id"
)


async def save_verdict(db: AsyncConnection, event: PaymentEvent, verdict: str) -> None:
    facts = {"verdict": verdict, "gateway": event.gateway, "event_id": event.id}
    await db.execute(_VERDICT, facts)


async def add_outgoing(db: AsyncConnection, outgoing: Outgoing, at: datetime) -> bool:
    """False when the id is taken."""
    row = {**_outgoing_row(outgoing), "created_us": us_of(at), "changed_us": us_of(at)}
    return await _add(db, "ledger_outgoing", row)


async def save_outgoing(db: AsyncConnection, outgoing: Outgoing, at: datetime) -> None:
    await _save(db, "ledger_outgoing", {**_outgoing_row(outgoing), "changed_us": us_of(at)})


async def outgoing_by_id(db: AsyncConnection, id: str, lock: bool = True) -> Outgoing | None:
    """Locked, unless it is only told."""
    row = await _first(db, "ledger_outgoing", {"id": id}, lock)
    return _outgoing(row) if row else None


_REFUNDED = text(
    "SELECT coalesce(sum(amount), 0) FROM ledger_outgoing"
    " WHERE kind = 'refund' AND target = :target AND state <> 'refused'"
)


async def refunded_minor(db: AsyncConnection, top_up_id: str) -> int:
    """What was given back of a top-up or is on its way."""
    return int((await db.execute(_REFUNDED, {"target": top_up_id})).scalar_one())


_PAID_FIRST = text(
    "SELECT t.*, coalesce((SELECT sum(o.amount) FROM ledger_outgoing o"
    "  WHERE o.kind = 'refund' AND o.target = t.id AND o.state <> 'refused'), 0) AS given"
    " FROM ledger_top_up t WHERE t.party = :party AND t.currency = :currency"
    " AND t.state = 'paid' ORDER BY t.created_us, t.id"
)


async def paid_top_ups(db: AsyncConnection, party: str, currency: str) -> list[tuple[TopUp, Money]]:
    """What a party has paid in, oldest first, each with what was given back of it already."""
    rows = await db.execute(_PAID_FIRST, {"party": party, "currency": currency})
    return [(_top_up(row), Money(int(row.given), currency)) for row in rows]


async def top_up_of_payment(db: AsyncConnection, gateway: str, payment: str) -> TopUp | None:
    """Locked."""
    row = await _first(db, "ledger_top_up", {"gateway": gateway, "payment": payment}, lock=True)
    return _top_up(row) if row else None


async def paid_by(db: AsyncConnection, gateway: str, payment: str) -> TopUp | None:
    """Without a lock, for those who only tell."""
    row = await _first(db, "ledger_top_up", {"gateway": gateway, "payment": payment}, lock=False)
    return _top_up(row) if row else None


async def outgoing_by_ref(db: AsyncConnection, gateway: str, ref: str) -> Outgoing | None:
    """By the acquirer's name of it; locked."""
    row = await _first(db, "ledger_outgoing", {"gateway": gateway, "ref": ref}, lock=True)
    return _outgoing(row) if row else None


async def _add(db: AsyncConnection, table: str, row: Mapping[str, Any]) -> bool:
    values = ", ".join(f":{name}" for name in row)
    insert = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values}) ON CONFLICT DO NOTHING"
    written = await db.execute(text(insert), row)
    return bool(written.rowcount == 1)


async def _save(db: AsyncConnection, table: str, row: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in row if name != "id")
    await db.execute(text(f"UPDATE {table} SET {changes} WHERE id = :id"), row)


async def _first(
    db: AsyncConnection, table: str, facts: Mapping[str, Any], lock: bool
) -> Row[Any] | None:
    where = " AND ".join(f"{name} = :{name}" for name in facts)
    tail = " FOR UPDATE" if lock and is_postgresql(db) else ""
    return (await db.execute(text(f"SELECT * FROM {table} WHERE {where}{tail}"), facts)).first()


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
        "customer": top_up.customer,
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
        customer=row.customer,
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
