"""Rows ↔ values of payees' accounts, arrivals and reversals."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards.connect.accounts import AccountState, Connected
from ledger.cards.connect.reversals import Reversal, ReversalState
from ledger.cards.connect.schema import arrival, connected, reversal
from ledger.connected import ArrivalFact, ArrivalStatus
from ledger.money import Money
from ledger.store import at_of, insert_new, us_of

_RANK = {status: rank for rank, status in enumerate(ArrivalStatus)}

# --- accounts


async def add_account(db: AsyncConnection, made: Connected) -> bool:
    """False when the party has one at this acquirer."""
    return bool((await db.execute(insert_new(db, connected).values(_row(made)))).rowcount == 1)


async def save_account(db: AsyncConnection, changed: Connected) -> None:
    row = _row(changed)
    where = (connected.c.party == changed.party) & (connected.c.gateway == changed.gateway)
    await db.execute(update(connected).where(where).values(row))


async def account_of(
    db: AsyncConnection, party: str, gateway: str, lock: bool = False
) -> Connected | None:
    query = select(connected).where(connected.c.party == party, connected.c.gateway == gateway)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _account(row) if row else None


async def account_by_ref(
    db: AsyncConnection, gateway: str, ref: str, lock: bool = False
) -> Connected | None:
    query = select(connected).where(connected.c.gateway == gateway, connected.c.ref == ref)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _account(row) if row else None


async def accounts_in(
    db: AsyncConnection, gateway: str, state: AccountState, limit: int
) -> list[Connected]:
    """Oldest first."""
    query = select(connected).where(connected.c.gateway == gateway)
    query = query.where(connected.c.state == state.value)
    query = query.order_by(connected.c.created_us).limit(limit)
    return [_account(row) for row in await db.execute(query)]


def _row(one: Connected) -> dict[str, Any]:
    return {
        "party": one.party,
        "gateway": one.gateway,
        "country": one.country,
        "email": one.email,
        "idempotency_key": one.idempotency_key,
        "state": one.state.value,
        "ref": one.ref,
        "due": " ".join(one.due),
        "disabled": one.disabled,
        "payouts_enabled": one.payouts_enabled,
        "created_us": us_of(one.created_at),
    }


def _account(row: Row[Any]) -> Connected:
    return Connected(
        party=row.party,
        gateway=row.gateway,
        country=row.country,
        email=row.email,
        state=AccountState(row.state),
        created_at=at_of(row.created_us),
        ref=row.ref,
        due=tuple(row.due.split()),
        disabled=row.disabled,
        payouts_enabled=bool(row.payouts_enabled),
    )


# --- arrivals


async def save_arrival(
    db: AsyncConnection, gateway: str, party: str, fact: ArrivalFact, at: datetime
) -> bool:
    """False when we know as much already, or more."""
    row = {
        "gateway": gateway,
        "ref": fact.ref,
        "party": party,
        "amount": fact.amount.minor,
        "currency": fact.amount.currency,
        "status": fact.status.value,
        "reason": fact.reason,
        "changed_us": us_of(at),
    }
    if (await db.execute(insert_new(db, arrival).values(row))).rowcount == 1:
        return True
    where = (arrival.c.gateway == gateway) & (arrival.c.ref == fact.ref)
    known = (await db.execute(select(arrival).where(where).with_for_update())).one()
    if _RANK[ArrivalStatus(known.status)] >= _RANK[fact.status]:
        return False
    await db.execute(update(arrival).where(where).values(row))
    return True


async def arrivals_of(
    db: AsyncConnection, party: str, limit: int
) -> list[tuple[ArrivalFact, datetime]]:
    """What went from a payee's account to the bank, newest first, and when we heard of it."""
    query = select(arrival).where(arrival.c.party == party)
    query = query.order_by(arrival.c.changed_us.desc(), arrival.c.ref).limit(limit)
    return [
        (
            ArrivalFact(
                row.ref, "", ArrivalStatus(row.status), Money(row.amount, row.currency), row.reason
            ),
            at_of(row.changed_us),
        )
        for row in await db.execute(query)
    ]


# --- reversals


async def add_reversal(db: AsyncConnection, made: Reversal) -> bool:
    """False when the id is taken."""
    written = await db.execute(insert_new(db, reversal).values(_reversal_row(made)))
    return bool(written.rowcount == 1)


async def save_reversal(db: AsyncConnection, changed: Reversal) -> None:
    row = _reversal_row(changed)
    await db.execute(update(reversal).where(reversal.c.id == row.pop("id")).values(row))


async def reversal_by_id(db: AsyncConnection, id: str, lock: bool = False) -> Reversal | None:
    query = select(reversal).where(reversal.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _reversal(row) if row else None


async def reversals_under(db: AsyncConnection, key: str) -> list[Reversal]:
    """Those that were planned together."""
    query = select(reversal).where(reversal.c.id.startswith(f"{key}:", autoescape=True))
    return [_reversal(row) for row in await db.execute(query.order_by(reversal.c.id))]


async def due_reversals(
    db: AsyncConnection, gateway: str, at: datetime, limit: int
) -> list[Reversal]:
    """Locked; those that another worker has locked are left to it."""
    states = [ReversalState.PLANNED.value, ReversalState.IN_DOUBT.value]
    query = select(reversal).where(reversal.c.state.in_(states), reversal.c.gateway == gateway)
    query = query.where(reversal.c.due_us <= us_of(at)).order_by(reversal.c.due_us).limit(limit)
    found = await db.execute(query.with_for_update(skip_locked=True))
    return [_reversal(row) for row in found]


async def taken_back(db: AsyncConnection, pay_out: str, currency: str) -> Money:
    """What came back of a payout, or may yet."""
    query = select(func.coalesce(func.sum(reversal.c.amount), 0))
    query = query.where(reversal.c.pay_out == pay_out)
    query = query.where(reversal.c.state != ReversalState.REFUSED.value)
    return Money(int((await db.execute(query)).scalar_one()), currency)


def _reversal_row(one: Reversal) -> dict[str, Any]:
    return {
        "id": one.id,
        "pay_out": one.pay_out,
        "transfer": one.transfer,
        "party": one.party,
        "gateway": one.gateway,
        "amount": one.amount.minor,
        "currency": one.amount.currency,
        "state": one.state.value,
        "why": one.why,
        "idempotency_key": one.idempotency_key,
        "ref": one.ref,
        "asks": one.asks,
        "created_us": us_of(one.created_at),
        "due_us": us_of(one.due_at),
        "asked_us": None if one.asked_at is None else us_of(one.asked_at),
    }


def _reversal(row: Row[Any]) -> Reversal:
    return Reversal(
        id=row.id,
        pay_out=row.pay_out,
        transfer=row.transfer,
        party=row.party,
        gateway=row.gateway,
        amount=Money(row.amount, row.currency),
        state=ReversalState(row.state),
        why=row.why,
        created_at=at_of(row.created_us),
        due_at=at_of(row.due_us),
        asks=row.asks,
        ref=row.ref,
        asked_at=None if row.asked_us is None else at_of(row.asked_us),
    )
