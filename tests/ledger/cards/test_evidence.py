"""Evidence: gathered once, staged at once, sent for good by a person or before it is too late."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.acquirer import EVIDENCE_CHARS_MAX, DisputeFact, DisputeStatus, Evidence
from ledger.cards import (
    Dispute,
    DisputeUnknown,
    EvidenceState,
    apply_fact,
    dispute,
    send_evidence,
    work_evidence,
)
from ledger.control import Actor, audit_trail
from ledger.errors import GatewayUnreachable
from tests.ledger.books import AT, rub
from tests.ledger.cards.people import Bank, Clock, nested, topped_up

CURATOR = Actor("ivan", "curator")
ANSWER_BY = AT + timedelta(days=7)


async def gather(db: AsyncConnection, found: Dispute, sessions: Any) -> Evidence:
    assert sessions == {}
    return Evidence(f"help for {found.amount.minor}", "x" * 30_000, "both pressed start", "", "")


@pytest.fixture
async def bank(db: AsyncConnection) -> Bank:
    one = Bank()
    await topped_up(db, one)
    await tell(db, DisputeStatus.OPEN)
    return one


async def tell(db: AsyncConnection, status: DisputeStatus) -> None:
    fact = DisputeFact("dp1", status, rub(100000), "p1", "ch1", "fraudulent", ANSWER_BY)
    await apply_fact(db, "demo", "evt", fact, AT)


async def state(db: AsyncConnection) -> EvidenceState:
    return (await dispute(db, "demo", "dp1")).evidence_state


async def test_it_is_staged_at_once_and_sent_a_day_before(db: AsyncConnection, bank: Bank) -> None:
    clock = Clock()
    for _ in range(4):
        await work_evidence(nested(db), bank, clock, gather)
    assert await state(db) is EvidenceState.STAGED
    ((id, pack, final),) = bank.evidence
    assert (id, pack.service, final) == ("dp1", "help for 100000", False)
    assert len(pack.activity) == EVIDENCE_CHARS_MAX
    clock.at = ANSWER_BY - timedelta(days=1, seconds=1)
    assert await work_evidence(nested(db), bank, clock, gather) == 0
    clock.go(seconds=1)
    await work_evidence(nested(db), bank, clock, gather)
    assert await state(db) is EvidenceState.SENT
    assert [final for _, _, final in bank.evidence] == [False, True]
    clock.go(days=400)
    assert await work_evidence(nested(db), bank, clock, gather) == 0


async def test_a_person_may_send_it_sooner(db: AsyncConnection, bank: Bank) -> None:
    clock = Clock()
    with pytest.raises(DisputeUnknown):
        await send_evidence(db, "demo", "dp1", CURATOR, "read", AT)
    for _ in range(2):
        await work_evidence(nested(db), bank, clock, gather)
    await send_evidence(db, "demo", "dp1", CURATOR, "I have read it", AT)
    await work_evidence(nested(db), bank, clock, gather)
    assert await state(db) is EvidenceState.SENT
    (row,) = await audit_trail(db, action="dispute.evidence_sent")
    assert row.why == "I have read it"


async def test_a_silent_acquirer_is_told_again(db: AsyncConnection, bank: Bank) -> None:
    clock = Clock()
    await work_evidence(nested(db), bank, clock, gather)
    bank.trouble = GatewayUnreachable("silent")
    await work_evidence(nested(db), bank, clock, gather)
    assert await state(db) is EvidenceState.GATHERED
    bank.trouble = None
    assert await work_evidence(nested(db), bank, clock, gather) == 0, "not at once"
    clock.go(minutes=2)
    await work_evidence(nested(db), bank, clock, gather)
    assert await state(db) is EvidenceState.STAGED


async def test_too_late_is_said_so(db: AsyncConnection, bank: Bank) -> None:
    clock = Clock()
    await work_evidence(nested(db), bank, clock, gather)
    clock.at = ANSWER_BY
    await work_evidence(nested(db), bank, clock, gather)
    assert await state(db) is EvidenceState.LATE
    assert bank.evidence == []


async def test_a_dispute_that_has_ended_needs_none(db: AsyncConnection, bank: Bank) -> None:
    await tell(db, DisputeStatus.WON)
    await work_evidence(nested(db), bank, Clock(), gather)
    assert await state(db) is EvidenceState.OVER
    assert bank.evidence == []
