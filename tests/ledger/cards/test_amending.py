"""A person's words beside the evidence: staged anew, sent once, and never after it is gone."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards import (
    DisputeUnknown,
    EvidenceClosed,
    EvidenceState,
    amend_evidence,
    dispute,
    send_evidence,
    work_evidence,
)
from ledger.control import audit_trail
from tests.ledger.books import AT
from tests.ledger.cards.people import Bank, Clock, nested
from tests.ledger.cards.test_evidence import ANSWER_BY, CURATOR, bank, gather, state

__all__ = ["bank"]  # a fixture


async def worked(db: AsyncConnection, one: Bank, clock: Clock, times: int = 1) -> None:
    for _ in range(times):
        await work_evidence(nested(db), one, clock, gather)


async def test_words_of_a_person_are_staged_anew_and_sent_once(
    db: AsyncConnection, bank: Bank
) -> None:
    clock = Clock()
    with pytest.raises(EvidenceClosed):
        await amend_evidence(db, "demo", "dp1", "early", CURATOR, AT)
    await worked(db, bank, clock, 2)
    for _ in range(2):
        await amend_evidence(db, "demo", "dp1", "see\r\nthe chat ", CURATOR, AT)
    assert await state(db) is EvidenceState.GATHERED
    with pytest.raises(EvidenceClosed):
        await send_evidence(db, "demo", "dp1", CURATOR, "too soon", AT)
    await worked(db, bank, clock)
    assert [(pack.remark, final) for _, pack, final in bank.evidence] == [
        ("", False),
        ("see\nthe chat", False),
    ]
    for _ in range(2):
        await send_evidence(db, "demo", "dp1", CURATOR, "I have read it", AT)
    with pytest.raises(EvidenceClosed):
        await amend_evidence(db, "demo", "dp1", "one more thing", CURATOR, AT)
    await worked(db, bank, clock, 2)
    await send_evidence(db, "demo", "dp1", CURATOR, "again", AT)
    await worked(db, bank, clock)
    assert [final for _, _, final in bank.evidence] == [False, False, True]
    assert len(await audit_trail(db, action="dispute.evidence_sent")) == 1
    assert len(await audit_trail(db, action="dispute.evidence_amended")) == 1


async def test_too_late_and_unknown(db: AsyncConnection, bank: Bank) -> None:
    clock = Clock()
    await worked(db, bank, clock, 2)
    clock.at = ANSWER_BY - timedelta(days=1)
    with pytest.raises(EvidenceClosed):
        await amend_evidence(db, "demo", "dp1", "late", CURATOR, clock.at)
    with pytest.raises(DisputeUnknown):
        await amend_evidence(db, "demo", "dp2", "x", CURATOR, AT)
    assert (await dispute(db, "demo", "dp1")).evidence_state is EvidenceState.STAGED
