"""Gathers what officers see of the control room: switches, limits, approvals, the audit journal."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker import parties
from broker.parties import Party
from ledger import Money, control
from ledger.control import Approval, AuditRow
from web.keys import CLOCK
from web.shapes_control import (
    ApprovalView,
    AuditLine,
    AuditPage,
    ControlPage,
    LimitView,
    SwitchView,
)

MINOR = "_minor"  # ends the names of facts that are sums
CURRENCY = "RUB"  # of the platform's country, first in every list
LINES_ON_PAGE = 50
FILTERS = ("subject", "action", "who", "since", "until")
FILTER_CHARS_MAX = 120


async def control_page_of(
    db: AsyncConnection,
    request: web.Request,
    party: Party,
    errors: Mapping[str, str] | None = None,
) -> ControlPage:
    """Everything that an officer may turn, set or decide now."""
    at, states = request.app[CLOCK](), await control.switches(db)
    waiting = await control.waiting_approvals(db, at)
    ended = await control.ended_approvals(db)
    ids = {one.turned_by for one in states}
    ids |= {id for one in (*waiting, *ended) for id in (one.proposed_by, one.decided_by)}
    names, used = await names_of(db, ids), await currencies_of(db)
    in_force = [limit for one in used for limit in await control.limits(db, one)]
    return ControlPage(
        curator="curator" in party.roles,
        switches=tuple(
            SwitchView(
                one.switch.value, one.open, one.why, names.get(one.turned_by, ""), one.turned_at
            )
            for one in states
        ),
        limits=tuple(LimitView(one.what, one.amount, one.own) for one in in_force),
        waiting=tuple(_approval(one, names, party.id) for one in waiting),
        ended=tuple(_approval(one, names, party.id) for one in ended),
        asked=request.query.get("asked") == "1",
        errors=errors or {},
    )


async def currencies_of(db: AsyncConnection, owner: str = "") -> tuple[str, ...]:
    """Those in which there are accounts, of an owner or of anybody; our own first."""
    found = await ledger.currencies(db, owner)
    return (CURRENCY, *(one for one in found if one != CURRENCY))


def _approval(one: Approval, names: Mapping[str, str], viewer: str) -> ApprovalView:
    return ApprovalView(
        id=one.id,
        action=one.action,
        subject=one.subject,
        amount=one.amount,
        state=one.state.value,
        proposed_by=names.get(one.proposed_by, ""),
        proposed_at=one.proposed_at,
        why=one.why,
        expires_at=one.expires_at,
        mine=viewer in (one.proposed_by, one.party),
        decided_by=names.get(one.decided_by, ""),
        decided_at=one.decided_at,
        reason=one.reason,
        facts=one.facts,
    )


async def audit_page_of(
    db: AsyncConnection, asked: Mapping[str, str], check: bool = False
) -> AuditPage:
    """A page of the audit journal by its filters; `before` is the number of the last line seen."""
    given = {name: asked.get(name, "").strip()[:FILTER_CHARS_MAX] for name in FILTERS}
    before, until = asked.get("before", ""), _day(given["until"])
    rows = await control.audit_trail(
        db,
        subject=given["subject"] or None,
        action=given["action"] or None,
        party=await _party(db, given["who"]),
        since=_day(given["since"]),
        until=until + timedelta(days=1) if until else None,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        limit=LINES_ON_PAGE,
    )
    names = await names_of(db, {row.actor.party for row in rows})
    head = await control.trail_head(db)
    faults = await control.check_trail(db) if check else None
    return AuditPage(
        lines=tuple(_line(row, names) for row in rows),
        count=head.count,
        head=head.hash,
        **given,
        next=str(rows[-1].number) if len(rows) == LINES_ON_PAGE else "",
        faults=None if faults is None else tuple(f"{one.where}: {one.text}" for one in faults),
    )


def _line(row: AuditRow, names: Mapping[str, str]) -> AuditLine:
    currency = str(row.facts.get("currency", CURRENCY))
    sums = {
        name.removesuffix(MINOR): Money(value, currency)
        for name, value in row.facts.items()
        if name.endswith(MINOR) and isinstance(value, int)
    }
    return AuditLine(
        number=row.number,
        at=row.at,
        by=names.get(row.actor.party, ""),
        party=row.actor.party,
        role=row.actor.role,
        address=row.actor.address,
        action=row.action,
        subject=row.subject,
        why=row.why,
        sums=sums,
        others={
            name: value
            for name, value in row.facts.items()
            if value != "" and name != "currency" and name.removesuffix(MINOR) not in sums
        },
        hash=row.hash,
    )


def _day(text: str) -> datetime | None:
    """The midnight at which a day begins, in UTC; None for what is no day."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


async def _party(db: AsyncConnection, who: str) -> str | None:
    """A party by its address; what is no address is taken for the id itself."""
    if not who:
        return None
    try:
        found = await parties.by_email(db, who)
    except parties.BadParty:
        return who
    return found.id if found else who


async def names_of(db: AsyncConnection, ids: Iterable[str]) -> dict[str, str]:
    """Names by id; an id that is nobody's is its own name."""
    found = {}
    for id in ids:
        if not id:
            continue
        try:
            found[id] = (await parties.party(db, id)).name
        except parties.PartyUnknown:
            found[id] = id
    return found
