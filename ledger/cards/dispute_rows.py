"""Rows ↔ values of disputes and early warnings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.acquirer import DisputeStatus, WarningFact
from ledger.cards import store
from ledger.cards.dispute_plan import Dispute
from ledger.cards.states import LEASE, EvidenceState
from ledger.money import Money
from ledger.store import at_of, us_of

WORKING = (EvidenceState.NONE.value, EvidenceState.GATHERED.value, EvidenceState.STAGED.value)
LISTED_MAX = 200


async def add_dispute(db: AsyncConnection, found: Dispute, at: datetime) -> bool:
    row = {**_row(found), "created_us": us_of(found.created_at), "changed_us": us_of(at)}
    return await store.add(db, "dispute", {**row, "due_us": us_of(at)})


async def put_dispute(
    db: AsyncConnection, changed: Dispute, at: datetime, due_at: datetime | None = None
) -> None:
    row = {**_row(changed), "changed_us": us_of(at)}
    if due_at is not None:
        row["due_us"] = us_of(due_at)
    await store.change(db, "dispute", {"gateway": changed.gateway, "id": changed.id}, row)


async def dispute_by_id(
    db: AsyncConnection, gateway: str, id: str, lock: bool = False
) -> Dispute | None:
    row = await store.first(db, "dispute", {"gateway": gateway, "id": id}, lock)
    return _dispute(row) if row else None


async def listed(
    db: AsyncConnection, statuses: tuple[DisputeStatus, ...] = (), limit: int = LISTED_MAX
) -> list[Dispute]:
    """Newest first; of some statuses, or all."""
    where = {"status": tuple(one.value for one in statuses)} if statuses else {}
    found = await store.rows(db, "dispute", where, ("-created_us", "id"), limit)
    return [_dispute(row) for row in found]


async def claim_evidence(
    db: AsyncConnection, gateway: str, at: datetime, most: int
) -> list[Dispute]:
    """Disputes whose evidence has a next step that is due, leased."""
    where = {"gateway": gateway, "evidence_state": WORKING}
    claimed = []
    for row in await store.claim(db, "dispute", where, ("due_us", "id"), at, most):
        taken = {"tries": row.tries + 1, "due_us": us_of(at + LEASE)}
        await store.change(db, "dispute", {"gateway": row.gateway, "id": row.id}, taken)
        claimed.append(_dispute(row, **taken))
    return claimed


async def add_warning(
    db: AsyncConnection, gateway: str, fact: WarningFact, party: str, refund: str, at: datetime
) -> bool:
    row = {
        "gateway": gateway,
        "id": fact.ref,
        "payment": fact.payment,
        "party": party,
        "kind": fact.kind,
        "refund": refund,
        "created_us": us_of(at),
    }
    return await store.add(db, "warning", row)


@dataclass(frozen=True, slots=True)
class Warned:
    """An early warning of fraud; `refund` is the id of the refund that it asked for."""

    gateway: str
    id: str
    payment: str
    party: str
    kind: str
    refund: str
    created_at: datetime

    @property
    def key(self) -> str:
        """Of the freeze that it causes."""
        return f"warning:{self.gateway}:{self.id}"


async def warnings(db: AsyncConnection, limit: int = LISTED_MAX) -> list[Warned]:
    """Newest first."""
    found = await store.rows(db, "warning", {}, ("-created_us", "id"), limit)
    return [
        Warned(r.gateway, r.id, r.payment, r.party, r.kind, r.refund, at_of(r.created_us))
        for r in found
    ]


def _row(dispute: Dispute) -> dict[str, Any]:
    return {
        "gateway": dispute.gateway,
        "id": dispute.id,
        "payment": dispute.payment,
        "top_up": dispute.top_up,
        "party": dispute.party,
        "amount": dispute.amount.minor,
        "currency": dispute.amount.currency,
        "status": dispute.status.value,
        "reason": dispute.reason,
        "held": dispute.held.minor,
        "evidence": dispute.evidence,
        "evidence_state": dispute.evidence_state.value,
        "tries": dispute.tries,
        "answer_by_us": us_of(dispute.answer_by) if dispute.answer_by else None,
    }


def _dispute(row: Row[Any], **changed: Any) -> Dispute:
    facts = {**row._mapping, **changed}
    return Dispute(
        gateway=facts["gateway"],
        id=facts["id"],
        payment=facts["payment"],
        top_up=facts["top_up"],
        party=facts["party"],
        amount=Money(facts["amount"], facts["currency"]),
        status=DisputeStatus(facts["status"]),
        reason=facts["reason"],
        created_at=at_of(facts["created_us"]),
        held=Money(facts["held"], facts["currency"]),
        evidence=facts["evidence"],
        evidence_state=EvidenceState(facts["evidence_state"]),
        tries=facts["tries"],
        answer_by=at_of(facts["answer_by_us"]) if facts["answer_by_us"] else None,
        due_at=at_of(facts["due_us"]),
    )
