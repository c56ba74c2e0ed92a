"""The audit of the card rail finds what somebody has changed behind its back."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind
from ledger.acquirer import DisputeFact, DisputeStatus
from ledger.cards import apply_fact, ask_refund, check_cards, freeze_wallet, work_refunds
from ledger.control import SYSTEM, Actor
from tests.ledger.books import AT, fund, rub
from tests.ledger.cards.people import Bank, Clock, nested, paid, topped_up


@pytest.fixture
async def bank(db: AsyncConnection) -> Bank:
    """A refund that is done, a lost dispute, a fee, a frozen wallet: all in order."""
    one = Bank()
    for n in (1, 2):
        await topped_up(db, one, n=n)
    await apply_fact(db, "demo", "fee", paid(fee=3000), AT)
    await ask_refund(db, "r1", "bob", rub(50000), Actor("bob", "self"), "", AT)
    await work_refunds(nested(db), one, Clock())
    lost = DisputeFact("dp1", DisputeStatus.LOST, rub(100000), "p2")
    await apply_fact(db, "demo", "e1", lost, AT)
    await freeze_wallet(db, "bob", "RUB", "k1", "suspicion", SYSTEM, AT)
    assert await check_cards(db) == []
    return one


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        ("DELETE FROM ledger_outgoing", "call_without_money"),
        ("UPDATE ledger_cards_refund SET amount = 50001", "refund_parts"),
        ("UPDATE ledger_outgoing SET state = 'pending'", "refund_state"),
        ("DELETE FROM ledger_cards_freeze", "frozen_without_reason"),
        ("UPDATE ledger_account SET status = 'open' WHERE owner = 'bob'", "not_frozen"),
        ("UPDATE ledger_cards_fee SET line = 'txn_other'", "fee_without_journal"),
    ],
)
async def test_a_hand_in_the_till_is_found(
    db: AsyncConnection, bank: Bank, deed: str, kind: str
) -> None:
    await db.execute(text(deed))
    assert {one.kind for one in await check_cards(db)} == {kind}


async def test_money_left_on_an_ended_dispute_is_found(db: AsyncConnection, bank: Bank) -> None:
    await fund(db, Account(AccountKind.DISPUTED, "demo:dp1"), 700)
    (fault,) = await check_cards(db)
    assert (fault.kind, fault.where) == ("dispute_left", "dp1")
