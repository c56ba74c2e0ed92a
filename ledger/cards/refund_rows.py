"""Rows ↔ values of refunds and the calls that make them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store
from ledger.cards import store
from ledger.cards.refund_plan import Part, Refund
from ledger.cards.states import LEASE, CallState, RequestState
from ledger.money import Money
from ledger.payments import MovementState, Outgoing
from ledger.store import at_of, us_of

OPEN_MAX = 200
ASKABLE = (CallState.PLANNED.value, CallState.IN_DOUBT.value)


async def add_refund(db: AsyncConnection, asked: Refund, at: datetime) -> bool:
    row = {
        "id": asked.id,
        "party": asked.party,
        "amount": asked.amount.minor,
        "currency": asked.amount.currency,
        "state": asked.state.value,
        "asked_by": asked.asked_by,
        "why": asked.why,
        "note": asked.note,
        "created_us": us_of(asked.created_at),
        "changed_us": us_of(at),
    }
    return await store.add(db, "refund", row)


async def put_state(
    db: AsyncConnection, id: str, state: RequestState, note: str, at: datetime
) -> None:
    row = {"state": state.value, "note": note[:500], "changed_us": us_of(at)}
    await store.change(db, "refund", {"id": id}, row)


async def refund_by_id(db: AsyncConnection, id: str, lock: bool = False) -> Refund | None:
    row = await store.first(db, "refund", {"id": id}, lock)
    return await _refund(db, row) if row else None


async def refunds_of_party(db: AsyncConnection, party: str, limit: int) -> list[Refund]:
    found = await store.rows(db, "refund", {"party": party}, ("-created_us", "id"), limit)
    return [await _refund(db, row) for row in found]


async def refunds_in_state(db: AsyncConnection, state: RequestState) -> list[Refund]:
    order = ("created_us", "id")
    found = await store.rows(db, "refund", {"state": state.value}, order, OPEN_MAX)
    return [await _refund(db, row) for row in found]


async def add_call(db: AsyncConnection, refund: str, outgoing: Outgoing, at: datetime) -> bool:
    row = {
        "id": outgoing.id,
        "refund": refund,
        "gateway": outgoing.gateway,
        "payment": outgoing.payment,
        "amount": outgoing.amount.minor,
        "currency": outgoing.amount.currency,
        "state": CallState.PLANNED.value,
        "tries": 0,
        "asked_us": 0,
        "due_us": us_of(at),
    }
    return await store.add(db, "refund_call", row)


async def claim_calls(
    db: AsyncConnection, gateway: str, states: tuple[str, ...], at: datetime, most: int
) -> list[Part]:
    """Calls that are due become IN_DOUBT for a lease: from now on one may have been made."""
    where = {"gateway": gateway, "state": states}
    claimed = []
    for row in await store.claim(db, "refund_call", where, ("due_us", "id"), at, most):
        taken = {
            "state": CallState.IN_DOUBT.value,
            "tries": row.tries + 1,
            "asked_us": row.asked_us or us_of(at),
            "due_us": us_of(at + LEASE),
        }
        await store.change(db, "refund_call", {"id": row.id}, taken)
        claimed.append(await _part(db, row, **taken))
    return claimed


async def put_off(db: AsyncConnection, part: Part, due_at: datetime) -> None:
    where = {"id": part.id, "state": CallState.IN_DOUBT.value, "tries": part.tries}
    await store.change(db, "refund_call", where, {"due_us": us_of(due_at)})


async def put_call(db: AsyncConnection, id: str, state: CallState) -> None:
    await store.change(db, "refund_call", {"id": id}, {"state": state.value})


async def part_by_id(db: AsyncConnection, id: str, lock: bool = False) -> tuple[Part, str] | None:
    """A part and the id of its refund."""
    row = await store.first(db, "refund_call", {"id": id}, lock)
    return (await _part(db, row), row.refund) if row else None


async def parts_in_state(db: AsyncConnection, state: CallState) -> list[Part]:
    """Oldest first."""
    order = ("asked_us", "id")
    found = await store.rows(db, "refund_call", {"state": state.value}, order, OPEN_MAX)
    return [await _part(db, row) for row in found]


async def _refund(db: AsyncConnection, row: Row[Any]) -> Refund:
    calls = await store.rows(db, "refund_call", {"refund": row.id}, ("id",))
    return Refund(
        id=row.id,
        party=row.party,
        amount=Money(row.amount, row.currency),
        state=RequestState(row.state),
        asked_by=row.asked_by,
        why=row.why,
        created_at=at_of(row.created_us),
        note=row.note,
        parts=tuple([await _part(db, call) for call in calls]),
    )


async def _part(db: AsyncConnection, row: Row[Any], **changed: Any) -> Part:
    facts = {**row._mapping, **changed}
    outgoing = await payments_store.outgoing_by_id(db, facts["id"], lock=False)
    return Part(
        id=facts["id"],
        gateway=facts["gateway"],
        payment=facts["payment"],
        amount=Money(facts["amount"], facts["currency"]),
        call=CallState(facts["state"]),
        money=outgoing.state if outgoing else MovementState.PENDING,
        tries=facts["tries"],
        asked_at=at_of(facts["asked_us"]) if facts["asked_us"] else None,
        ref=outgoing.ref if outgoing else "",
        refusal=outgoing.refusal if outgoing else "",
    )
