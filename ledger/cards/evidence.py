"""Evidence for a disputed payment: gathered from the record of the sessions it paid for, staged at
the acquirer at once, and sent for good by a person, or a day before the answer is due.

What a session's record says is not known here: web hands in `gather`.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.acquirer import EVIDENCE_CHARS_MAX, CardGateway, Evidence
from ledger.cards import dispute_rows as rows
from ledger.cards.dispute_plan import ENDED, Dispute
from ledger.cards.disputes import disputed_sessions
from ledger.cards.doing import Clock, Transactions
from ledger.cards.errors import DisputeUnknown
from ledger.cards.states import EvidenceState, back_off
from ledger.control import Actor, record
from ledger.money import Money

Gather = Callable[[AsyncConnection, Dispute, dict[str, Money]], Awaitable[Evidence]]

WORKED_MAX = 10
BEFORE = timedelta(days=1)  # sent for good so long before the answer is due, if nobody did
FAR = timedelta(days=365)  # nothing is due without a date

log = structlog.get_logger("cards")


async def work_evidence(
    transaction: Transactions, gateway: CardGateway, clock: Clock, gather: Gather
) -> int:
    """One round: take each dispute that is due one step further; how many were looked at."""
    async with transaction() as db:
        due = await rows.claim_evidence(db, gateway.name, clock(), WORKED_MAX)
    for dispute in due:
        try:
            await _step(transaction, gateway, clock, gather, dispute)
        except Exception as error:
            log.warning("evidence waits", dispute=dispute.id, why=str(error))
            async with transaction() as db:
                at = clock()
                await _put(db, dispute, at, at + back_off(dispute.id, dispute.tries))
    return len(due)


async def _step(
    transaction: Transactions,
    gateway: CardGateway,
    clock: Clock,
    gather: Gather,
    dispute: Dispute,
) -> None:
    state, at = dispute.evidence_state, clock()
    late = dispute.answer_by is not None and at >= dispute.answer_by
    if dispute.status in ENDED or late:
        async with transaction() as db:
            end = EvidenceState.LATE if late else EvidenceState.OVER
            await _put(db, replace(dispute, evidence_state=end), at, at + FAR)
        return
    if state is EvidenceState.NONE:
        async with transaction() as db:
            sessions = await disputed_sessions(db, dispute)
            pack = cut(await gather(db, dispute, sessions))
            text = json.dumps(asdict(pack), ensure_ascii=False)
            told = replace(dispute, evidence=text, evidence_state=EvidenceState.GATHERED, tries=0)
            await _put(db, told, at, at)
        return
    final = state is EvidenceState.STAGED
    key = f"evidence:{dispute.id}:{'final' if final else 'staged'}"
    await gateway.send_evidence(dispute.id, pack_of(dispute), final, key)
    async with transaction() as db:
        after = EvidenceState.SENT if final else EvidenceState.STAGED
        due_at = (dispute.answer_by or at + FAR) - BEFORE
        await _put(db, replace(dispute, evidence_state=after, tries=0), at, max(due_at, at))


async def _put(db: AsyncConnection, changed: Dispute, at: datetime, due_at: datetime) -> None:
    """Only the evidence: how the dispute stands may have changed meanwhile."""
    now = await rows.dispute_by_id(db, changed.gateway, changed.id, lock=True)
    if now is None:
        raise DisputeUnknown(changed.id)
    merged = replace(
        now,
        evidence=changed.evidence,
        evidence_state=changed.evidence_state,
        tries=changed.tries,
    )
    await rows.put_dispute(db, merged, at, due_at)


async def send_evidence(
    db: AsyncConnection, gateway: str, id: str, actor: Actor, why: str, at: datetime
) -> Dispute:
    """A person says that the staged evidence goes to the bank now; the worker sends it.

    Raises: DisputeUnknown when there is none, or it is not staged.
    """
    found = await rows.dispute_by_id(db, gateway, id, lock=True)
    if found is None or found.evidence_state is not EvidenceState.STAGED:
        raise DisputeUnknown(id)
    await rows.put_dispute(db, found, at, at)
    await record(db, actor, "dispute.evidence_sent", found.key, why, at)
    return found


def pack_of(dispute: Dispute) -> Evidence:
    return Evidence(**json.loads(dispute.evidence))


def cut(pack: Evidence) -> Evidence:
    """Each part within what the acquirer takes."""
    facts = {name: text[:EVIDENCE_CHARS_MAX] for name, text in asdict(pack).items()}
    return Evidence(**facts)
