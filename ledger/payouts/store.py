"""Rows ↔ values of payouts, payees, blocks and of what is to be told."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import Rail
from ledger.money import Money
from ledger.payouts.clearing import Ripening, Standing
from ledger.payouts.pay_outs import UNDER_WAY, PayOut, PayOutState
from ledger.payouts.payees import PayeeDetails, destination_of
from ledger.payouts.schema import block, details, pay_out, payee, run, terms, told
from ledger.payouts.telling import Told
from ledger.store import at_of, insert_new, is_postgresql, us_of

# --- terms and payees


async def terms_of(db: AsyncConnection, party: str) -> Ripening:
    """Of the party's standing now."""
    standing = (await payee_of(db, party))[0]
    found = (await db.execute(select(terms).where(terms.c.standing == standing.value))).one()
    return Ripening(
        timedelta(days=found.clearing_days), found.reserve_bp, timedelta(days=found.reserve_days)
    )


async def save_terms(db: AsyncConnection, standing: Standing, facts: Ripening) -> None:
    await db.execute(
        update(terms)
        .where(terms.c.standing == standing.value)
        .values(
            clearing_days=facts.clearing.days,
            reserve_bp=facts.reserve_bp,
            reserve_days=facts.reserve.days,
        )
    )


async def payee_of(db: AsyncConnection, party: str) -> tuple[Standing, bool]:
    """Standing, and whether the weekly run pays this party."""
    row = (await db.execute(select(payee).where(payee.c.party == party))).one_or_none()
    return (Standing(row.standing), bool(row.weekly)) if row else (Standing.NEW, True)


async def save_payee(
    db: AsyncConnection, party: str, standing: Standing, weekly: bool, at: datetime
) -> None:
    dialect = postgresql if is_postgresql(db) else sqlite
    facts = {"standing": standing.value, "weekly": weekly, "changed_us": us_of(at)}
    statement = dialect.insert(payee).values(party=party, **facts)
    await db.execute(statement.on_conflict_do_update(index_elements=["party"], set_=facts))


async def add_details(db: AsyncConnection, made: PayeeDetails) -> bool:
    """False when another transaction has just made this version."""
    row = {
        "party": made.party,
        "version": made.version,
        "rail": made.rail.value,
        "destination": str(made.destination),
        "made_us": us_of(made.made_at),
        "effective_us": us_of(made.effective_from),
        "made_by": made.made_by,
    }
    return bool((await db.execute(insert_new(db, details).values(row))).rowcount == 1)


async def details_of(
    db: AsyncConnection, party: str, version: int | None = None
) -> PayeeDetails | None:
    """One version, by default the newest, whether it counts already or not."""
    query = select(details).where(details.c.party == party)
    if version is not None:
        query = query.where(details.c.version == version)
    row = (await db.execute(query.order_by(details.c.version.desc()).limit(1))).one_or_none()
    return _details(row) if row else None


def _details(row: Row[Any]) -> PayeeDetails:
    rail = Rail(row.rail)
    return PayeeDetails(
        party=row.party,
        version=row.version,
        rail=rail,
        destination=destination_of(rail, row.destination),
        made_at=at_of(row.made_us),
        effective_from=at_of(row.effective_us),
        made_by=row.made_by,
    )


# --- payouts


async def add_pay_out(db: AsyncConnection, made: PayOut) -> bool:
    """False when the id, or the party's period, is taken."""
    written = await db.execute(insert_new(db, pay_out).values(_pay_out_row(made)))
    return bool(written.rowcount == 1)


async def save_pay_out(db: AsyncConnection, changed: PayOut) -> None:
    row = _pay_out_row(changed)
    await db.execute(update(pay_out).where(pay_out.c.id == row.pop("id")).values(row))


async def pay_out_by_id(db: AsyncConnection, id: str, lock: bool = False) -> PayOut | None:
    query = select(pay_out).where(pay_out.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _pay_out(row) if row else None


async def pay_out_by_ref(db: AsyncConnection, ref: str) -> PayOut | None:
    query = select(pay_out).where(pay_out.c.ref == ref).limit(1)
    row = (await db.execute(query)).one_or_none()
    return _pay_out(row) if row else None


async def pay_outs_of(db: AsyncConnection, party: str, limit: int) -> list[PayOut]:
    """Newest first."""
    query = select(pay_out).where(pay_out.c.party == party)
    query = query.order_by(pay_out.c.requested_us.desc(), pay_out.c.id).limit(limit)
    return [_pay_out(row) for row in await db.execute(query)]


async def pay_outs_in(
    db: AsyncConnection, states: Collection[PayOutState], limit: int, rail: Rail | None = None
) -> list[PayOut]:
    """Oldest first."""
    query = select(pay_out).where(pay_out.c.state.in_([state.value for state in states]))
    if rail is not None:
        query = query.where(pay_out.c.rail == rail.value)
    query = query.order_by(pay_out.c.requested_us, pay_out.c.id).limit(limit)
    return [_pay_out(row) for row in await db.execute(query)]


async def ready_pay_outs(db: AsyncConnection, rail: Rail, at: datetime, limit: int) -> list[PayOut]:
    """Ready ones that need not wait and whose details count already, oldest first."""
    now = us_of(at)
    query = (
        select(pay_out)
        .join(
            details,
            (details.c.party == pay_out.c.party) & (details.c.version == pay_out.c.details),
        )
        .where(pay_out.c.state == PayOutState.READY.value, pay_out.c.rail == rail.value)
        .where(details.c.effective_us <= now, func.coalesce(pay_out.c.wait_until_us, 0) <= now)
        .order_by(pay_out.c.requested_us, pay_out.c.id)
        .limit(limit)
    )
    return [_pay_out(row) for row in await db.execute(query)]


async def redirect(db: AsyncConnection, made: PayeeDetails, states: Collection[PayOutState]) -> int:
    """Payouts that have not left yet follow their payee to the new details."""
    moved = await db.execute(
        update(pay_out)
        .where(pay_out.c.party == made.party)
        .where(pay_out.c.state.in_([state.value for state in states]))
        .values(rail=made.rail.value, details=made.version)
    )
    return int(moved.rowcount)


async def under_way(db: AsyncConnection, party: str, currency: str) -> Money:
    """Asked for and not arrived yet."""
    query = select(func.coalesce(func.sum(pay_out.c.amount), 0))
    query = query.where(pay_out.c.party == party, pay_out.c.currency == currency)
    query = query.where(pay_out.c.state.in_([state.value for state in UNDER_WAY]))
    return Money(int((await db.execute(query)).scalar_one()), currency)


async def in_doubt(db: AsyncConnection, party: str, currency: str) -> Money:
    """Asked of the acquirer, without an answer yet."""
    query = select(func.coalesce(func.sum(pay_out.c.amount), 0))
    query = query.where(pay_out.c.party == party, pay_out.c.currency == currency)
    query = query.where(pay_out.c.state == PayOutState.IN_DOUBT.value)
    return Money(int((await db.execute(query)).scalar_one()), currency)


def _pay_out_row(one: PayOut) -> dict[str, Any]:
    return {
        "id": one.id,
        "party": one.party,
        "amount": one.amount.minor,
        "currency": one.amount.currency,
        "rail": one.rail.value,
        "details": one.details,
        "state": one.state.value,
        "period": one.period or None,
        "approval": one.approval,
        "try_no": one.try_no,
        "idempotency_key": one.idempotency_key,
        "ref": one.ref,
        "why": one.why,
        "requested_us": us_of(one.requested_at),
        "wait_until_us": _us(one.wait_until),
        "asked_us": _us(one.asked_at),
        "sent_us": _us(one.sent_at),
        "ended_us": _us(one.ended_at),
    }


def _pay_out(row: Row[Any]) -> PayOut:
    return PayOut(
        id=row.id,
        party=row.party,
        amount=Money(row.amount, row.currency),
        rail=Rail(row.rail),
        details=row.details,
        state=PayOutState(row.state),
        requested_at=at_of(row.requested_us),
        period=row.period or "",
        approval=row.approval,
        try_no=row.try_no,
        ref=row.ref,
        why=row.why,
        wait_until=_at(row.wait_until_us),
        asked_at=_at(row.asked_us),
        sent_at=_at(row.sent_us),
        ended_at=_at(row.ended_us),
    )


def _us(at: datetime | None) -> int | None:
    return None if at is None else us_of(at)


def _at(us: int | None) -> datetime | None:
    return None if us is None else at_of(us)


# --- the periodic run


async def run_of(db: AsyncConnection, period: str) -> tuple[tuple[str, str], bool]:
    """The last payee of a run so far, locked, and whether the run is over."""
    await db.execute(insert_new(db, run).values(period=period, last_party="", last_currency=""))
    row = (await db.execute(select(run).where(run.c.period == period).with_for_update())).one()
    return (row.last_party, row.last_currency), row.done_us is not None


async def save_run(
    db: AsyncConnection, period: str, last: tuple[str, str] | None, at: datetime
) -> None:
    """How far it has come; None when it is over."""
    facts: dict[str, Any] = {"done_us": us_of(at)}
    if last is not None:
        facts = {"last_party": last[0], "last_currency": last[1]}
    await db.execute(update(run).where(run.c.period == period).values(facts))


# --- blocks


async def add_block(
    db: AsyncConnection, party: str, key: str, amount: Money, why: str, at: datetime
) -> bool:
    """False when the key is there already, ended or not."""
    row = {
        "party": party,
        "key": key,
        "amount": amount.minor,
        "currency": amount.currency,
        "why": why,
        "made_us": us_of(at),
    }
    return bool((await db.execute(insert_new(db, block).values(row))).rowcount == 1)


async def end_block(db: AsyncConnection, party: str, key: str, at: datetime) -> bool:
    """False when there is none that lasts."""
    ended = await db.execute(
        update(block)
        .where(block.c.party == party, block.c.key == key, block.c.ended_us.is_(None))
        .values(ended_us=us_of(at))
    )
    return bool(ended.rowcount == 1)


async def blocked(db: AsyncConnection, party: str, currency: str) -> Money:
    query = select(func.coalesce(func.sum(block.c.amount), 0))
    query = query.where(block.c.party == party, block.c.currency == currency)
    query = query.where(block.c.ended_us.is_(None))
    return Money(int((await db.execute(query)).scalar_one()), currency)


async def blocks_by(db: AsyncConnection, prefix: str) -> list[tuple[str, Money]]:
    """Whose earnings are kept from leaving under keys that begin so, and how much."""
    query = select(block.c.party, block.c.currency, func.sum(block.c.amount).label("minor"))
    query = query.where(block.c.key.startswith(prefix, autoescape=True), block.c.ended_us.is_(None))
    query = query.group_by(block.c.party, block.c.currency).order_by(block.c.party)
    return [(row.party, Money(int(row.minor), row.currency)) for row in await db.execute(query)]


# --- what is to be told


async def add_told(
    db: AsyncConnection, key: str, party: str, kind: str, facts: Mapping[str, str], at: datetime
) -> None:
    row = {
        "key": key,
        "party": party,
        "kind": kind,
        "facts": json.dumps(dict(facts), ensure_ascii=False, sort_keys=True),
        "at_us": us_of(at),
    }
    await db.execute(insert_new(db, told).values(row))


async def untold(db: AsyncConnection, limit: int) -> list[Told]:
    query = select(told).where(told.c.told_us.is_(None)).order_by(told.c.id).limit(limit)
    return [
        Told(row.id, row.key, row.party, row.kind, json.loads(row.facts), at_of(row.at_us))
        for row in await db.execute(query)
    ]


async def mark_told(db: AsyncConnection, id: int, at: datetime) -> None:
    await db.execute(update(told).where(told.c.id == id).values(told_us=us_of(at)))
