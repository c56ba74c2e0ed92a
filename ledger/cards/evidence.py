"""Evidence for a disputed payment: gathered from the record of the sessions it paid for, staged at
the acquirer at once, and sent for good by a person, or a day before the answer is due.

What a session's record says is not known here: web hands in `gather`.
"""

import hashlib
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
from ledger.cards.errors import DisputeUnknown, EvidenceClosed
from ledger.cards.states import LEASE, EvidenceState, back_off
from ledger.control import Actor, record
from ledger.money import Money

Gather = Callable[[AsyncConnection, Dispute, dict[str, Money]], Awaitable[Evidence]]

WORKED_MAX = 10
BEFORE = timedelta(days=1)  # sent for good so long before the answer is due, if nobody did
AMENDED = (EvidenceState.GATHERED, EvidenceState.STAGED)  # while a person may add to it
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
    key = f"evidence:{dispute.id}:{'final' if final else 'staged'}:{_mark(dispute.evidence)}"
    await gateway.send_evidence(dispute.id, pack_of(dispute), final, key)
    async with transaction() as db:
        after = EvidenceState.SENT if final else EvidenceState.STAGED
        due_at = (dispute.answer_by or at + FAR) - BEFORE
        await _put(db, replace(dispute, evidence_state=after, tries=0), at, max(due_at, at))


async def _put(db: AsyncConnection, changed: Dispute, at: datetime, due_at: datetime) -> None:
    """Only the evidence: how the dispute stands may have changed meanwhile. What a person has
    amended meanwhile stays, and is due."""
    now = await rows.dispute_by_id(db, changed.gateway, changed.id, lock=True)
    if now is None:
        raise DisputeUnknown(changed.id)
    if now.evidence and now.evidence != changed.evidence:
        return
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
    """A person says that the staged evidence goes to the bank now; the worker sends it. Said again
    while it goes, or when it has gone, nothing changes.

    Raises: DisputeUnknown, EvidenceClosed when none is staged.
    """
    found = await rows.dispute_by_id(db, gateway, id, lock=True)
    if found is None:
        raise DisputeUnknown(id)
    if found.evidence_state is EvidenceState.SENT or goes(found, at):
        return found
    if found.evidence_state is not EvidenceState.STAGED:
        raise EvidenceClosed(id, found.evidence_state.value)
    await rows.put_dispute(db, found, at, at)
    await record(db, actor, "dispute.evidence_sent", found.key, why, at)
    return found


async def amend_evidence(
    db: AsyncConnection, gateway: str, id: str, remark: str, actor: Actor, at: datetime
) -> Dispute:
    """A person's own words beside what the record says; the worker stages them anew.

    Raises: DisputeUnknown, EvidenceClosed when nothing is gathered yet, or it goes to the bank.
    """
    found = await rows.dispute_by_id(db, gateway, id, lock=True)
    if found is None:
        raise DisputeUnknown(id)
    if found.evidence_state not in AMENDED or goes(found, at):
        raise EvidenceClosed(id, found.evidence_state.value)
    pack = cut(replace(pack_of(found), remark=remark.replace("\r\n", "\n").strip()))
    text = json.dumps(asdict(pack), ensure_ascii=False)
    if text == found.evidence:
        return found
    amended = replace(found, evidence=text, evidence_state=EvidenceState.GATHERED, tries=0)
    await rows.put_dispute(db, amended, at, at)
    await record(db, actor, "dispute.evidence_amended", found.key, "", at, chars=len(remark))
    return amended


def goes(dispute: Dispute, at: datetime) -> bool:
    """Whether staged evidence is on its way to the bank by now."""
    due, staged = dispute.due_at, dispute.evidence_state is EvidenceState.STAGED
    return staged and due is not None and due <= at + LEASE


def _mark(evidence: str) -> str:
    """Other words are another call."""
    return hashlib.sha256(evidence.encode()).hexdigest()[:16]


def pack_of(dispute: Dispute) -> Evidence:
    return Evidence(**json.loads(dispute.evidence))


def cut(pack: Evidence) -> Evidence:
    """Each part within what the acquirer takes."""
    facts = {name: text[:EVIDENCE_CHARS_MAX] for name, text in asdict(pack).items()}
    return Evidence(**facts)
