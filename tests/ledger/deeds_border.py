"""Deeds at the border: what processors and banks report, disputes, reserves. The rooms do them."""

from ledger.acquirer import (
    BalanceLine,
    Category,
    DisputeFact,
    DisputeStatus,
    SettlementFact,
    SettlementStatus,
)
from ledger.bank.bookings import decided_draft, line_draft
from ledger.bank.statements import Line
from ledger.cards.disputes import apply_dispute
from ledger.cards.fees import fee_draft
from ledger.cards.settlements import settlement_drafts
from ledger.money import Money
from ledger.payouts.reserves import Kept, kept_draft, released_draft
from tests.ledger.deeds import GATEWAY, Stage, money, moved, named, post

NOTHING = Money(0)


async def fee(stage: Stage, words: str) -> None:
    """`txn_1 of T-1 30.00`: a line of the processor's report."""
    id, _, top_up, amount = words.split()
    await post(stage, fee_draft(GATEWAY.name, id, money(amount), top_up))


async def processor_pays(stage: Stage, words: str) -> None:
    id, amount = words.split()
    fact = SettlementFact(id, SettlementStatus.ON_THE_WAY, money(amount))
    await post(stage, *settlement_drafts(GATEWAY.name, fact))


async def bank_line(stage: Stage, words: str) -> None:
    """`L-1 our-account 970.00 for BANK_TRANSIT po_1`: a line of a statement."""
    line, _, other = words.partition(" for ")
    id, account, amount = line.split()
    read = Line(stage.at.date(), money(amount).minor, id)
    await post(stage, line_draft(id, account, read, named(other), "line", ""))


async def bank_decided(stage: Stage, words: str) -> None:
    id, (debit, credit), amount = await moved(stage, words)
    await post(stage, decided_draft(id, amount.minor, debit.account, credit.account, ""))


async def dispute(stage: Stage, words: str) -> None:
    """`du_1 of T-1 open 1000.00 fee 15.00`: a dispute as the processor tells it now."""
    id, _, top_up, status, amount, _, charged = words.split()
    out = BalanceLine(f"{id}:out", Category.DISPUTE, -money(amount), money(charged), id, stage.at)
    back = BalanceLine(
        f"{id}:back", Category.DISPUTE_REVERSAL, money(amount), NOTHING, id, stage.at
    )
    fact = DisputeFact(
        ref=id,
        status=DisputeStatus(status),
        amount=money(amount),
        payment=f"demo_payment_{top_up}",
        lines=(out, back) if status == "won" else (out,),
    )
    for _ in range(2):
        await apply_dispute(stage.db, GATEWAY.name, fact, stage.at)


def kept(stage: Stage, words: str) -> Kept:
    """`ann settle:S-1 4.50`: so much of what that journal earned."""
    party, journal, amount = words.split()
    session = journal.partition(":")[2]
    return Kept(party, journal, session, money(amount), stage.at, stage.at)


async def hold_back(stage: Stage, words: str) -> None:
    await post(stage, kept_draft(kept(stage, words)))


async def give_back(stage: Stage, words: str) -> None:
    one = kept(stage, words)
    await post(stage, released_draft(one, one.amount))
