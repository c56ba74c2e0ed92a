"""The acquirer sends our balance to our bank account: CASH → BANK_TRANSIT(payout), or back.

The bank statement later empties the transit account; a payout that does not arrive stays there in
plain sight. A failed one is entered both ways, as the acquirer's own account of it shows both.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AccountKind
from ledger.acquirer import SettlementFact, SettlementStatus
from ledger.journals import Draft, Leg
from ledger.verbs import post_many


def settlement_drafts(gateway: str, fact: SettlementFact) -> list[Draft]:
    """What must be on the books for a payout that stands so; earlier states' entries included."""
    currency, minor = fact.amount.currency, fact.amount.minor
    cash = Account(AccountKind.CASH, gateway, currency)
    transit = Account(AccountKind.BANK_TRANSIT, fact.ref, currency)
    key = f"{gateway}:{fact.ref}"
    legs = (Leg(transit, -minor), Leg(cash, minor))
    drafts = [Draft("psp", key, "processor_payout", legs, ref=fact.ref)]
    if fact.status is SettlementStatus.FAILED:
        back = (Leg(cash, -minor), Leg(transit, minor))
        drafts.append(Draft("psp_back", key, "processor_payout_failed", back, ref=fact.ref))
    return drafts


async def apply_settlement(
    db: AsyncConnection, gateway: str, fact: SettlementFact, at: datetime
) -> str:
    """Answers a verdict in a word."""
    if fact.amount.minor <= 0:
        return "not_ours"
    for result in await post_many(db, settlement_drafts(gateway, fact), at):
        result.raise_for_status()
    return fact.status.value
