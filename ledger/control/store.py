"""Rows ↔ values of the control room; the only file of the room that knows SQL."""

import json
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control.actors import Actor
from ledger.control.approvals import Approval, ApprovalState
from ledger.control.limits import Limit
from ledger.control.rails import DEMO_RAIL, Residence
from ledger.control.schema import approval, audit, head, limit, residence, switch
from ledger.control.switches import Switch, SwitchState
from ledger.control.trail import AuditRow, TrailHead
from ledger.money import Money
from ledger.store import at_of, is_postgresql, us_of

PAGE_ROWS = 1_000  # of the audit journal in memory at once


def _upsert(db: AsyncConnection, table: Any, key: dict[str, Any], facts: dict[str, Any]) -> Any:
    dialect = postgresql if is_postgresql(db) else sqlite
    statement = dialect.insert(table).values(**key, **facts)
    return statement.on_conflict_do_update(index_elements=list(key), set_=facts)


# --- the audit journal


async def lock_head(db: AsyncConnection) -> TrailHead:
    """The head, locked until the transaction ends: rows get their numbers one by one."""
    row = (await db.execute(select(head.c.number, head.c.hash).with_for_update())).one()
    return TrailHead(row.number, row.hash)


async def read_head(db: AsyncConnection) -> TrailHead | None:
    row = (await db.execute(select(head.c.number, head.c.hash))).one_or_none()
    return TrailHead(row.number, row.hash) if row else None


_WITHOUT_ROW = text(
    "SELECT b.id, b.trail_rows FROM ledger_batch b LEFT JOIN ledger_control_audit a"
    " ON a.number = b.trail_rows AND a.hash = b.trail_hash"
    " WHERE b.trail_rows > 0 AND a.number IS NULL ORDER BY b.id LIMIT :most"
)


async def seals_without_row(db: AsyncConnection, most: int) -> list[tuple[int, int]]:
    """Batches of the ledger, with the number of the audit row that each covers and that is not
    there as it was."""
    return [(row.id, row.trail_rows) for row in await db.execute(_WITHOUT_ROW, {"most": most})]


async def add_row(db: AsyncConnection, row: AuditRow) -> None:
    """Append the row; a trigger moves the head."""
    await db.execute(
        insert(audit).values(
            number=row.number,
            at_us=us_of(row.at),
            party=row.actor.party,
            role=row.actor.role,
            address=row.actor.address,
            action=row.action,
            subject=row.subject,
            why=row.why,
            facts=json.dumps(dict(row.facts), ensure_ascii=False, sort_keys=True),
            prev_hash=row.prev_hash,
            hash=row.hash,
        )
    )


async def rows(
    db: AsyncConnection,
    subject: str | None,
    action: str | None,
    party: str | None,
    since_us: int | None,
    until_us: int | None,
    before: int | None,
    most: int,
) -> list[AuditRow]:
    """Newest first. `action` "refund" finds "refund" and "refund.…"."""
    query = select(audit).order_by(audit.c.number.desc()).limit(most)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if action is not None:
        deeper = and_(audit.c.action > f"{action}.", audit.c.action < f"{action}/")
        query = query.where(or_(audit.c.action == action, deeper))
    if party is not None:
        query = query.where(audit.c.party == party)
    if since_us is not None:
        query = query.where(audit.c.at_us >= since_us)
    if until_us is not None:
        query = query.where(audit.c.at_us < until_us)
    if before is not None:
        query = query.where(audit.c.number < before)
    return [_row(one) for one in await db.execute(query)]


async def all_rows(db: AsyncConnection) -> AsyncIterator[AuditRow]:
    """In the order of their numbers, a page at a time."""
    last = -(2**62)
    while True:
        query = select(audit).where(audit.c.number > last).order_by(audit.c.number)
        page = (await db.execute(query.limit(PAGE_ROWS))).all()
        for one in page:
            yield _row(one)
        if len(page) < PAGE_ROWS:
            return
        last = page[-1].number


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(
        number=row.number,
        at=at_of(row.at_us),
        actor=Actor(row.party, row.role, row.address),
        action=row.action,
        subject=row.subject,
        why=row.why,
        facts=json.loads(row.facts),
        prev_hash=row.prev_hash,
        hash=row.hash,
    )


# --- switches and limits


async def switch_states(db: AsyncConnection) -> dict[Switch, SwitchState]:
    """Those that were ever turned."""
    known = {one.value: one for one in Switch}
    found = await db.execute(select(switch).where(switch.c.name.in_(known)))
    return {
        known[row.name]: SwitchState(
            known[row.name], row.open, row.why, row.turned_by, at_of(row.turned_us)
        )
        for row in found
    }


async def closed_why(db: AsyncConnection, one: Switch) -> str | None:
    """Why the switch is off; None when it is open."""
    query = select(switch.c.why).where(switch.c.name == one.value, switch.c.open.is_(False))
    return (await db.execute(query)).scalar_one_or_none()


async def demo_is_open(db: AsyncConnection) -> bool:
    query = select(switch.c.name).where(switch.c.name == DEMO_RAIL, switch.c.open.is_(False))
    return (await db.execute(query)).first() is None


async def close_demo(db: AsyncConnection, at_us: int) -> None:
    facts = {"open": False, "why": "production", "turned_by": "", "turned_us": at_us}
    await db.execute(_upsert(db, switch, {"name": DEMO_RAIL}, facts))


async def save_switch(db: AsyncConnection, state: SwitchState) -> None:
    assert state.turned_at is not None
    facts = {
        "open": state.open,
        "why": state.why,
        "turned_by": state.turned_by,
        "turned_us": us_of(state.turned_at),
    }
    await db.execute(_upsert(db, switch, {"name": state.switch.value}, facts))


async def own_limits(db: AsyncConnection) -> list[Limit]:
    """Those that were set, not the defaults."""
    found = await db.execute(select(limit).order_by(limit.c.what, limit.c.currency))
    return [Limit(row.what, Money(row.amount, row.currency), own=True) for row in found]


async def own_limit(db: AsyncConnection, what: str, currency: str) -> Money | None:
    query = select(limit.c.amount).where(limit.c.what == what, limit.c.currency == currency)
    minor = (await db.execute(query)).scalar_one_or_none()
    return None if minor is None else Money(minor, currency)


async def save_limit(db: AsyncConnection, what: str, amount: Money) -> None:
    key = {"what": what, "currency": amount.currency}
    await db.execute(_upsert(db, limit, key, {"amount": amount.minor}))


_TOPPED_UP = text(
    "SELECT coalesce(sum(amount), 0) FROM ledger_top_up WHERE party = :party"
    " AND currency = :currency AND created_us >= :since AND id <> :id"
    " AND state IN ('created','pending','paid')"
)


async def topped_up_minor(
    db: AsyncConnection, party: str, currency: str, since_us: int, but: str
) -> int:
    """What the party's top-ups since then come to, apart from those that failed and from `but`."""
    facts = {"party": party, "currency": currency, "since": since_us, "id": but}
    return int((await db.execute(_TOPPED_UP, facts)).scalar_one())


# --- residence


async def residence_of(db: AsyncConnection, party: str, lock: bool = False) -> Residence | None:
    query = select(residence).where(residence.c.party == party)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        return None
    return Residence(row.party, row.country, row.declared_by, at_of(row.declared_us))


async def save_residence(db: AsyncConnection, one: Residence) -> None:
    facts = {
        "country": one.country,
        "declared_by": one.declared_by,
        "declared_us": us_of(one.declared_at),
    }
    await db.execute(_upsert(db, residence, {"party": one.party}, facts))


_AT_STAKE = text(
    "SELECT a.currency, sum(a.balance) AS minor FROM ledger_account a"
    " JOIN ledger_account_kind k ON k.code = a.kind"
    " WHERE a.owner = :party AND k.account_class = 'L' AND a.balance <> 0 GROUP BY a.currency"
)
_ON_THE_WAY = text(
    "SELECT currency, amount AS minor FROM ledger_top_up"
    " WHERE party = :party AND state IN ('created','pending')"
    " UNION ALL SELECT currency, amount FROM ledger_outgoing"
    " WHERE party = :party AND state = 'pending'"
)


async def at_stake(db: AsyncConnection, party: str) -> list[Money]:
    """What we owe the party and what is on its way, by currency; empty when there is no money."""
    found: dict[str, int] = {}
    for query in (_AT_STAKE, _ON_THE_WAY):
        for row in await db.execute(query, {"party": party}):
            found[row.currency] = found.get(row.currency, 0) + int(row.minor)
    return [Money(minor, currency) for currency, minor in sorted(found.items())]


# --- approvals


async def add_approval(db: AsyncConnection, one: Approval) -> bool:
    """False when another approval of the same action and subject is open."""
    dialect = postgresql if is_postgresql(db) else sqlite
    statement = dialect.insert(approval).values(**_approval_row(one)).on_conflict_do_nothing()
    return bool((await db.execute(statement)).rowcount == 1)


async def save_approval(db: AsyncConnection, one: Approval) -> None:
    row = _approval_row(one)
    await db.execute(update(approval).where(approval.c.id == row.pop("id")).values(**row))


async def approval_by_id(db: AsyncConnection, id: str, lock: bool = False) -> Approval | None:
    query = select(approval).where(approval.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _approval(row) if row else None


async def newest_approval(
    db: AsyncConnection, action: str, subject: str, lock: bool = False
) -> Approval | None:
    """The open one of an action and subject, else the last that ended."""
    query = (
        select(approval)
        .where(approval.c.action == action, approval.c.subject == subject)
        .order_by(
            approval.c.state.in_(("waiting", "granted")).desc(), approval.c.proposed_us.desc()
        )
        .limit(1)
    )
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _approval(row) if row else None


async def waiting_approvals(db: AsyncConnection, most: int) -> list[Approval]:
    """Oldest first, those among them whose time is over included."""
    query = select(approval).where(approval.c.state == "waiting").order_by(approval.c.proposed_us)
    return [_approval(row) for row in await db.execute(query.limit(most))]


async def ended_approvals(db: AsyncConnection, most: int) -> list[Approval]:
    """The last that a person decided, newest first."""
    query = select(approval).where(approval.c.decided_by != "")
    query = query.order_by(func.coalesce(approval.c.decided_us, 0).desc()).limit(most)
    return [_approval(row) for row in await db.execute(query)]


def _approval_row(one: Approval) -> dict[str, Any]:
    return {
        "id": one.id,
        "action": one.action,
        "subject": one.subject,
        "amount": one.amount.minor,
        "currency": one.amount.currency,
        "state": one.state.value,
        "party": one.party,
        "facts": json.dumps(dict(one.facts), ensure_ascii=False, sort_keys=True),
        "proposed_by": one.proposed_by,
        "why": one.why,
        "proposed_us": us_of(one.proposed_at),
        "expires_us": us_of(one.expires_at),
        "decided_by": one.decided_by,
        "decided_us": us_of(one.decided_at) if one.decided_at else None,
        "reason": one.reason,
    }


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        id=row.id,
        action=row.action,
        subject=row.subject,
        amount=Money(row.amount, row.currency),
        state=ApprovalState(row.state),
        proposed_by=row.proposed_by,
        why=row.why,
        proposed_at=at_of(row.proposed_us),
        expires_at=at_of(row.expires_us),
        party=row.party,
        decided_by=row.decided_by,
        decided_at=None if row.decided_us is None else at_of(row.decided_us),
        reason=row.reason,
        facts=json.loads(row.facts),
    )
