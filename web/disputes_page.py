"""Gathers what officers see of disputed card payments and early warnings. Only reads."""

from dataclasses import asdict
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Money, cards, control, payouts
from ledger.cards import Dispute, DisputeStatus, EvidenceState, Warned
from web import evidence
from web.control_page import names_of
from web.keys import CLOCK
from web.shapes import NO_ERRORS, Errors
from web.shapes_disputes import (
    Bought,
    DisputePage,
    DisputeRow,
    Disputes,
    Kept,
    PackView,
    Step,
    WarningRow,
)

OPEN = (DisputeStatus.INQUIRY, DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW)
WHICH = ("open", "all")
UNSENT = (EvidenceState.NONE, EvidenceState.GATHERED, EvidenceState.STAGED, EvidenceState.LATE)
STEPS_MAX = 100


async def disputes_of(db: AsyncConnection, request: web.Request) -> Disputes:
    """The open ones first due first, or all, newest first; and the warnings."""
    at, which = request.app[CLOCK](), request.query.get("which", "")
    which = which if which in WHICH else WHICH[0]
    found = await cards.disputes(db, OPEN if which == "open" else ())
    if which == "open":
        found.sort(key=lambda one: (one.answer_by is None, one.answer_by or one.created_at))
    warned = await cards.warnings(db)
    names = await names_of(db, {one.party for one in found} | {one.party for one in warned})
    return Disputes(
        rows=tuple([await _row(db, one, names, at) for one in found]),
        warnings=tuple([await _warning(db, one, names) for one in warned]),
        which=which,
    )


async def _row(
    db: AsyncConnection, one: Dispute, names: dict[str, str], at: datetime
) -> DisputeRow:
    kept = await payouts.blocks_by(db, f"{one.key}:")
    sums = [amount for _, amount in kept if amount.currency == one.amount.currency]
    late = one.answer_by is not None and at >= one.answer_by
    state = "going" if cards.goes(one, at) else one.evidence_state.value
    return DisputeRow(
        gateway=one.gateway,
        id=one.id,
        at=one.created_at,
        party=names.get(one.party, one.party),
        amount=one.amount,
        state=one.status.value,
        reason=one.reason,
        evidence=state,
        answer_by=one.answer_by,
        overdue=late and one.status in OPEN and one.evidence_state in UNSENT,
        frozen=one.held,
        kept=sum(sums, Money(0, one.amount.currency)),
    )


async def _warning(db: AsyncConnection, one: Warned, names: dict[str, str]) -> WarningRow:
    freezes = await cards.freezes_of(db, one.party)
    return WarningRow(
        gateway=one.gateway,
        id=one.id,
        at=one.created_at,
        party=names.get(one.party, one.party),
        kind=one.kind,
        payment=one.payment,
        key=one.key,
        refunded=await _refunded(db, one),
        frozen=any(freeze.key == one.key for freeze in freezes),
    )


async def _refunded(db: AsyncConnection, one: Warned) -> Money | None:
    try:
        return (await cards.refund_of(db, one.refund)).amount
    except cards.RefundUnknown:
        return None


async def dispute_of(
    db: AsyncConnection,
    request: web.Request,
    gateway: str,
    id: str,
    errors: Errors = NO_ERRORS,
) -> DisputePage:
    """One dispute with what goes to the bank. Raises: DisputeUnknown."""
    found, at = await cards.dispute(db, gateway, id), request.app[CLOCK]()
    spent = await cards.disputed_sessions(db, found)
    kept = await payouts.blocks_by(db, f"{found.key}:")
    trail = await control.audit_trail(db, subject=found.key, limit=STEPS_MAX)
    freezes = await cards.freezes_of(db, found.party)
    ids = {found.party, *(party for party, _ in kept), *(row.actor.party for row in trail)}
    names = await names_of(db, ids)
    row, state = await _row(db, found, names, at), found.evidence_state
    open_now = found.status in OPEN and row.evidence != "going"
    return DisputePage(
        row=row,
        payment=found.payment,
        top_up=found.top_up,
        bought=tuple(Bought(number, amount) for number, amount in sorted(spent.items())),
        kept=tuple(Kept(names.get(party, party), amount) for party, amount in kept),
        steps=tuple(
            Step(one.at, one.action, names.get(one.actor.party, ""), one.why)
            for one in reversed(trail)
        ),
        pack=await _pack(db, found, spent),
        may_amend=open_now and state in (EvidenceState.GATHERED, EvidenceState.STAGED),
        may_send=open_now and state is EvidenceState.STAGED,
        frozen_for=next((one.key for one in freezes if one.key == found.key), ""),
        errors=errors,
    )


async def _pack(db: AsyncConnection, found: Dispute, spent: dict[str, Money]) -> PackView:
    """As it was gathered; before that, as it would be now."""
    known = cards.pack_of(found) if found.evidence else await evidence.gather(db, found, spent)
    return PackView(**asdict(known))
