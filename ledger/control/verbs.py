"""The audit journal, switches and limits: what was done, what may be done now, and how much.

A row of the audit journal gets its number under a lock that lasts to the end of the transaction:
`record` last, so that nothing that others want is waited for behind it. Two that meet crosswise
all the same are told apart by the database; the caller's transaction is repeated.
"""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.audit import FAULTS_MAX, Fault
from ledger.control import store
from ledger.control.actors import KEEPERS, Actor, require_role, said
from ledger.control.errors import OverLimit, SwitchedOff
from ledger.control.limits import DEFAULTS, WORTH, Limit, default_of
from ledger.control.switches import Switch, SwitchState
from ledger.control.trail import FIRST_HASH, AuditRow, Fact, TrailHead, chained, fault_of
from ledger.money import Money
from ledger.store import us_of

# --- the audit journal


async def record(
    db: AsyncConnection,
    actor: Actor,
    action: str,
    subject: str,
    why: str,
    at: datetime,
    **facts: Fact,
) -> None:
    """Append a row to the audit journal, in the caller's transaction; call it last there."""
    row = AuditRow(0, at.astimezone(UTC), actor, action, subject, why, facts)
    await store.add_row(db, chained(row, await store.lock_head(db)))


async def audit_trail(
    db: AsyncConnection,
    *,
    subject: str | None = None,
    action: str | None = None,
    party: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Newest first. `action` "refund" finds "refund.asked" too; `before` is a row's number;
    `since` is included, `until` is not."""
    from_us, to_us = us_of(since) if since else None, us_of(until) if until else None
    return await store.rows(db, subject, action, party, from_us, to_us, before, limit)


async def trail_head(db: AsyncConnection) -> TrailHead:
    """How many rows there are and the last hash: written down elsewhere, it proves them all."""
    return await store.read_head(db) or TrailHead(0, FIRST_HASH)


async def check_trail(db: AsyncConnection) -> list[Fault]:
    """Rows edited, removed, reordered or put in between, and a tail that was cut off, with the head
    or without: the ledger's seals know how long it was."""
    faults: list[Fault] = []
    last = TrailHead(0, FIRST_HASH)
    async for row in store.all_rows(db):
        wrong = fault_of(row, last)
        if wrong and len(faults) < FAULTS_MAX:
            faults.append(Fault("trail_broken", f"audit {row.number}", wrong))
        last = TrailHead(row.number, row.hash)
    head = await store.read_head(db)
    if head is None:
        faults.append(Fault("trail_headless", "audit", "the head of the journal is gone"))
    elif head != last:
        words = f"{last.count} rows end in {last.hash[:12]}, its head says {head.count}"
        faults.append(Fault("trail_cut", "audit", f"{words} and {head.hash[:12]}"))
    for batch, count in await store.seals_without_row(db, FAULTS_MAX):
        words = f"it covers audit row {count}, which is gone or another now ({last.count} are left)"
        faults.append(Fault("trail_cut", f"batch {batch}", words))
    return faults


# --- switches


async def require_open(db: AsyncConnection, switch: Switch) -> None:
    """Asked in the transaction that moves the money, so that a turn acts at once.

    Raises: SwitchedOff.
    """
    why = await store.closed_why(db, switch)
    if why is not None:
        raise SwitchedOff(switch.value, why)


async def switches(db: AsyncConnection) -> list[SwitchState]:
    """All of them, in the order of the enumeration."""
    turned = await store.switch_states(db)
    return [turned.get(switch) or SwitchState(switch) for switch in Switch]


async def turn(
    db: AsyncConnection, switch: Switch, open: bool, actor: Actor, why: str, at: datetime
) -> None:
    """Turn a switch. Raises: RoleRefused, NothingSaid."""
    require_role(actor, KEEPERS, "switch.turn")
    reason = said(why, "switch.turn")
    await store.save_switch(db, SwitchState(switch, open, reason, actor.party, at))
    action = "switch.open" if open else "switch.close"
    await record(db, actor, action, f"switch:{switch.value}", reason, at)


# --- limits


async def limit_of(db: AsyncConnection, what: str, currency: str) -> Money | None:
    """The limit in force; None when there is none."""
    return await store.own_limit(db, what, currency) or default_of(what, currency)


async def limits(db: AsyncConnection, currency: str | None = None) -> list[Limit]:
    """Every limit in force, by name; those of one currency when it is given."""
    found = {
        (what, coin): Limit(what, Money(times * WORTH[coin], coin))
        for what, times in DEFAULTS.items()
        for coin in WORTH
    }
    found |= {(one.what, one.amount.currency): one for one in await store.own_limits(db)}
    return [one for (_, coin), one in sorted(found.items()) if currency in (None, coin)]


async def require_within(
    db: AsyncConnection, what: str, asked: Money, used: Money | None = None
) -> None:
    """Raises: OverLimit when `asked`, on top of what was `used`, is more than the limit."""
    most = await limit_of(db, what, asked.currency)
    spent = used or Money(0, asked.currency)
    if most is not None and spent + asked > most:
        raise OverLimit(what, most, spent, asked)


async def require_top_up(
    db: AsyncConnection, party: str, asked: Money, at: datetime, top_up_id: str = ""
) -> None:
    """The limit of a party's top-ups in a UTC day; the top-up itself, asked again, counts once.

    Raises: OverLimit.
    """
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    used = await store.topped_up_minor(db, party, asked.currency, us_of(midnight), top_up_id)
    await require_within(db, "top_up.most_a_day", asked, Money(used, asked.currency))
