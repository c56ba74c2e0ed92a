"""Two persons: who proposes does not decide, and nothing is decided twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Money
from ledger.control import (
    SYSTEM,
    Actor,
    Approval,
    ApprovalConflict,
    ApprovalEnded,
    ApprovalState,
    ApprovalUnknown,
    NothingSaid,
    RoleRefused,
    SamePerson,
    approval,
    approval_of,
    approve,
    audit_trail,
    check_trail,
    decline,
    ended_approvals,
    limit_of,
    propose,
    set_limit,
    waiting_approvals,
)
from tests.ledger.control.people import AT, BOB, NINA, OLEG, VERA

SMALL, LARGE = Money(30_000_00), Money(30_000_01)


async def refund(db: AsyncConnection, amount: Money, actor: Actor = NINA) -> Approval:
    return await propose(db, "refund", "refund:r1", amount, actor, "по просьбе", AT, party="bob")


async def test_up_to_the_limit_one_person_is_enough(db: AsyncConnection) -> None:
    granted = await refund(db, SMALL)
    assert granted.granted
    assert granted.state == "granted"
    assert granted.decided_by == ""
    assert await refund(db, SMALL) == granted
    assert await waiting_approvals(db) == []


async def test_above_the_limit_a_second_person_decides(db: AsyncConnection) -> None:
    asked = await refund(db, LARGE)
    assert asked.state == "waiting"
    assert await refund(db, LARGE) == asked
    assert await waiting_approvals(db) == [asked]
    granted = await approve(db, asked.id, VERA, AT + timedelta(hours=1))
    assert (granted.state, granted.decided_by) == (ApprovalState.GRANTED, "vera")
    assert await approval_of(db, "refund", "refund:r1", AT) == granted
    assert await refund(db, LARGE) == granted
    assert await waiting_approvals(db) == []
    assert await ended_approvals(db) == [granted]
    rows = await audit_trail(db, subject="refund:r1")
    assert [(row.action, row.actor.party) for row in rows] == [
        ("approval.granted", "vera"),
        ("approval.proposed", "nina"),
    ]
    assert rows[0].facts["amount_minor"] == LARGE.minor


@pytest.mark.parametrize("actor", [NINA, Actor("bob", "curator")], ids=["proposer", "who profits"])
async def test_neither_who_proposed_nor_who_profits_may_approve(
    db: AsyncConnection, actor: Actor
) -> None:
    asked = await refund(db, LARGE)
    with pytest.raises(SamePerson):
        await approve(db, asked.id, actor, AT)
    with pytest.raises(SamePerson):
        await decline(db, asked.id, actor, "нет", AT)
    assert (await approval(db, asked.id, AT)).state == "waiting"


@pytest.mark.parametrize("actor", [BOB, SYSTEM])
async def test_only_officers_decide(db: AsyncConnection, actor: Actor) -> None:
    asked = await refund(db, LARGE)
    with pytest.raises(RoleRefused):
        await approve(db, asked.id, actor, AT)


async def test_the_database_knows_two_persons_too(db: AsyncConnection) -> None:
    asked = await refund(db, LARGE)
    for one in ("nina", "bob"):
        with pytest.raises(DBAPIError, match="two_persons"):
            async with db.begin_nested():
                await db.execute(
                    text(
                        "UPDATE ledger_control_approval SET state = 'granted', decided_by = :one,"
                        " decided_us = 1 WHERE id = :id"
                    ),
                    {"one": one, "id": asked.id},
                )


async def test_a_decline_wants_a_reason_and_lets_propose_anew(db: AsyncConnection) -> None:
    asked = await refund(db, LARGE)
    with pytest.raises(NothingSaid):
        await decline(db, asked.id, VERA, " ", AT)
    declined = await decline(db, asked.id, VERA, "нет бумаги", AT)
    assert (declined.state, declined.reason) == ("declined", "нет бумаги")
    with pytest.raises(ApprovalEnded) as ended:
        await approve(db, asked.id, OLEG, AT)
    assert ended.value.how == "declined"
    again = await refund(db, LARGE)
    assert (again.state, again.id != asked.id) == ("waiting", True)


async def test_nobody_came_in_time(db: AsyncConnection) -> None:
    asked = await refund(db, LARGE)
    late = asked.expires_at
    assert await waiting_approvals(db, late) == []
    assert (await approval(db, asked.id, late)).state == "expired"
    with pytest.raises(ApprovalEnded):
        await approve(db, asked.id, VERA, late)
    again = await propose(db, "refund", "refund:r1", LARGE, NINA, "по просьбе", late, party="bob")
    assert again.id != asked.id
    assert (await approve(db, again.id, VERA, late)).granted


async def test_another_amount_is_another_matter(db: AsyncConnection) -> None:
    await refund(db, LARGE)
    with pytest.raises(ApprovalConflict):
        await refund(db, Money(LARGE.minor + 1))
    with pytest.raises(ApprovalUnknown):
        await approve(db, "nothing", VERA, AT)


async def test_what_was_decided_stays(db: AsyncConnection, backend: str) -> None:
    asked = await refund(db, LARGE)
    await approve(db, asked.id, VERA, AT)
    statements = {
        "UPDATE ledger_control_approval SET amount = 1": "was decided",
        "DELETE FROM ledger_control_approval": "append only",
    }
    if backend == "postgresql":
        statements["TRUNCATE ledger_control_approval"] = "append only"
    for statement, words in statements.items():
        with pytest.raises(DBAPIError, match=words):
            async with db.begin_nested():
                await db.execute(text(statement))


async def test_an_action_without_a_limit_always_waits(db: AsyncConnection) -> None:
    matched = await propose(db, "bank.match", "line:1", Money(1), NINA, "", AT)
    assert matched.state == "waiting"
    corrected = await propose(db, "correction", "journal:1", Money(1), NINA, "", AT)
    assert corrected.state == "waiting"


async def test_two_who_decide_at_once_decide_once(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        asked = await refund(db, LARGE)

    async def decide(actor: Actor) -> str:
        try:
            async with fresh_engine.begin() as db:
                return (await approve(db, asked.id, actor, AT)).state.value
        except ApprovalEnded as ended:
            return f"ended {ended.how}"

    told = await asyncio.gather(*(decide(one) for one in (VERA, OLEG, VERA, OLEG)))
    assert sorted(told) == ["ended granted"] * 3 + ["granted"]
    async with fresh_engine.connect() as db:
        assert len(await audit_trail(db, action="approval.granted")) == 1
        assert await check_trail(db) == []


async def test_a_limit_is_loosened_by_two(db: AsyncConnection) -> None:
    """Who may refund alone below a limit does not lift that limit alone."""
    asked = await set_limit(db, "refund.two_persons", LARGE, VERA, "больше возвратов", AT)
    assert asked is not None
    assert await limit_of(db, "refund.two_persons", "RUB") == SMALL
    with pytest.raises(SamePerson):
        await approve(db, asked.id, VERA, AT)
    with pytest.raises(RoleRefused):
        await approve(db, asked.id, NINA, AT)
    await approve(db, asked.id, OLEG, AT)
    assert await limit_of(db, "refund.two_persons", "RUB") == LARGE
    assert (await refund(db, LARGE)).granted
