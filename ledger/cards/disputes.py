"""Disputes and early warnings of fraud: freeze first, book what moved, collect when it is lost.

Every verb is one transaction of its caller's and may be repeated. Which sessions a payment paid for
follows from the wallet's own statement; what they earned is kept from leaving meanwhile.
"""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store, payouts
from ledger.accounts import Account, AccountKind
from ledger.acquirer import DisputeFact, DisputeStatus, WarningFact
from ledger.cards import dispute_rows as rows
from ledger.cards.dispute_plan import (
    QUIET,
    Dispute,
    bought,
    climbs,
    collection_draft,
    line_draft,
    paid_on,
)
from ledger.cards.errors import DisputeUnknown, NothingFrozen, NothingToRefund, NotYet
from ledger.cards.freezes import freeze_wallet, lift_freeze
from ledger.cards.refunds import ask_refund, refundable
from ledger.control import SYSTEM, ControlError, record
from ledger.errors import DraftRefused
from ledger.freezing import hold_through, post_through
from ledger.holds import void_hold
from ledger.journals import StatementLine
from ledger.money import Money
from ledger.payments import TopUp
from ledger.verbs import lock_accounts
from ledger.views import STATEMENT_LINES_MAX, balance, journal_by_id, journals_of, statement

PAGES_MAX = 200  # of a wallet's statement, read back to one top-up
CONSULTANTS_ANSWER = False  # policy: whether earnings, beyond their reserve, pay a lost dispute

log = structlog.get_logger("cards")


async def apply_dispute(db: AsyncConnection, gateway: str, fact: DisputeFact, at: datetime) -> str:
    """Take a dispute as it stands now. Answers a verdict in a word. Raises: NotYet."""
    top_up = await payments_store.top_up_of_payment(db, gateway, fact.payment)
    if top_up is None:
        raise NotYet("payment_unknown", fact.payment)
    wallet = Account(AccountKind.PREPAID, top_up.party, fact.amount.currency)
    await lock_accounts(db, [wallet])
    known = await rows.dispute_by_id(db, gateway, fact.ref, lock=True)
    dispute = known or await _open(db, gateway, fact, top_up, at)
    if known is not None and climbs(known.status, fact.status):
        dispute = replace(known, status=fact.status, answer_by=fact.answer_by)
        await rows.put_dispute(db, dispute, at)
        await _record(db, dispute, at)
    if dispute.status not in QUIET:
        dispute = await _secure(db, dispute, at)
    for line in fact.lines:
        await post_through(db, [line_draft(dispute, line)], at)
    if dispute.status is DisputeStatus.WON:
        await _release(db, dispute, at)
    elif dispute.status is DisputeStatus.LOST:
        await _collect(db, dispute, at)
    return dispute.status.value


async def _open(
    db: AsyncConnection, gateway: str, fact: DisputeFact, top_up: TopUp, at: datetime
) -> Dispute:
    dispute = Dispute(
        gateway=gateway,
        id=fact.ref,
        payment=fact.payment,
        top_up=top_up.id,
        party=top_up.party,
        amount=fact.amount,
        status=fact.status,
        reason=fact.reason,
        created_at=at,
        held=Money(0, fact.amount.currency),
        answer_by=fact.answer_by,
    )
    await rows.add_dispute(db, dispute, at)
    await _record(db, dispute, at)
    return dispute


async def _secure(db: AsyncConnection, dispute: Dispute, at: datetime) -> Dispute:
    """Hold what the wallet has, freeze it, keep what the payment earned from leaving; once."""
    wallet = Account(AccountKind.PREPAID, dispute.party, dispute.amount.currency)
    why = f"{dispute.reason or 'dispute'} {dispute.id}"
    free = (await balance(db, wallet)).available.minor
    currency = dispute.amount.currency
    if await freeze_wallet(db, dispute.party, currency, dispute.key, why, SYSTEM, at):
        held = Money(min(max(free, 0), dispute.amount.minor), currency)
        dispute = replace(dispute, held=held)
        await rows.put_dispute(db, dispute, at)
        if held.minor:
            await hold_through(db, dispute.key, wallet, held, at)
    await block_payees(db, dispute, at)
    return dispute


async def block_payees(db: AsyncConnection, dispute: Dispute, at: datetime) -> None:
    """Keep what the disputed payment has earned so far from leaving; repeatable, as more sessions
    may have been settled since."""
    currency = dispute.amount.currency
    for session, payees in (await _payees(db, dispute)).items():
        for party, minor in payees.items():
            if minor:
                key = f"{dispute.key}:{session}"
                await payouts.block(db, party, key, Money(minor, currency), dispute.reason, at)


async def disputed_sessions(db: AsyncConnection, dispute: Dispute) -> dict[str, Money]:
    """What the payment bought: a session's number → how much of its money it was."""
    spent = await _bought(db, dispute)
    return {ref: Money(minor, dispute.amount.currency) for ref, minor in spent.items() if ref}


async def _payees(db: AsyncConnection, dispute: Dispute) -> dict[str, dict[str, int]]:
    found = {}
    for session, minor in (await _bought(db, dispute)).items():
        if session:
            found[session] = dict(paid_on(await journals_of(db, session), minor))
    return found


async def _bought(db: AsyncConnection, dispute: Dispute) -> dict[str, int]:
    """From the wallet's statement, read back to the top-up."""
    wallet = Account(AccountKind.PREPAID, dispute.party, dispute.amount.currency)
    credit = await journal_by_id(db, f"psp:{dispute.gateway}:{dispute.payment}")
    version = next((e.version for e in credit.entries if e.account == wallet), 0) if credit else 0
    lines: list[StatementLine] = []
    for _ in range(PAGES_MAX):
        before = lines[-1].version if lines else None
        page = await statement(db, wallet, STATEMENT_LINES_MAX, before)
        lines += page
        if not page or page[-1].version <= version:
            break
    return bought(lines[::-1], credit.id if credit else "")


async def _release(db: AsyncConnection, dispute: Dispute, at: datetime) -> None:
    """It is over: the wallet and the earnings are their owners' again."""
    dispute = await _let_go(db, dispute, at)
    for session, payees in (await _payees(db, dispute)).items():
        for party in payees:
            await payouts.unblock(db, party, f"{dispute.key}:{session}", at)
    try:
        await lift_freeze(db, dispute.party, dispute.key, SYSTEM, dispute.status.value, at)
    except NothingFrozen:
        return  # a person was quicker, or this is told again


async def _let_go(db: AsyncConnection, dispute: Dispute, at: datetime) -> Dispute:
    """End the hold on the wallet."""
    if not dispute.held.minor:
        return dispute
    await void_hold(db, dispute.key, at)
    free = replace(dispute, held=Money(0, dispute.amount.currency))
    await rows.put_dispute(db, free, at)
    return free


async def _collect(db: AsyncConnection, dispute: Dispute, at: datetime) -> None:
    """Empty the account of a lost dispute once; the wallet stays frozen while its owner owes."""
    owed = -(await balance(db, dispute.account)).posted
    if owed.minor <= 0:
        return
    dispute = await _let_go(db, dispute, at)
    there = await _there(db, dispute)
    draft = collection_draft(dispute, owed, there)
    await post_through(db, [draft], at)
    lost = {leg.account.kind.name.lower(): -leg.minor for leg in draft.legs[1:]}
    await record(db, SYSTEM, "dispute.collected", dispute.key, dispute.reason, at, **lost)
    if AccountKind.DISPUTE_COST not in {leg.account.kind for leg in draft.legs}:
        await _release(db, dispute, at)


async def _there(db: AsyncConnection, dispute: Dispute) -> list[tuple[Account, Money]]:
    """Who may be collected from, in order, and how much is there."""
    currency = dispute.amount.currency
    shares: dict[str, int] = {}
    for payees in (await _payees(db, dispute)).values():
        for party, minor in payees.items():
            shares[party] = shares.get(party, 0) + minor
    kinds = [AccountKind.RESERVE, *([AccountKind.EARNINGS] if CONSULTANTS_ANSWER else [])]
    wallet = Account(AccountKind.PREPAID, dispute.party, currency)
    found = [(wallet, max((await balance(db, wallet)).available, Money(0, currency)))]
    for kind in kinds:
        for party in sorted(shares):
            account = Account(kind, party, currency)
            free = max((await balance(db, account)).available.minor, 0)
            taken = min(free, shares[party])
            shares[party] -= taken
            found.append((account, Money(taken, currency)))
    return found


async def apply_warning(db: AsyncConnection, gateway: str, fact: WarningFact, at: datetime) -> str:
    """The bank suspects fraud: what is left of the payment goes back now, the wallet is frozen.

    Answers a verdict in a word. Raises: NotYet.
    """
    top_up = await payments_store.top_up_of_payment(db, gateway, fact.payment)
    if top_up is None:
        raise NotYet("payment_unknown", fact.payment)
    refund = f"warning-{fact.ref}"
    if not await rows.add_warning(db, gateway, fact, top_up.party, refund, at):
        return "known"
    verdict = await _give_back(db, top_up, refund, fact, at) if fact.live else "not_live"
    key, why = f"warning:{gateway}:{fact.ref}", f"early fraud warning: {fact.kind}"
    await freeze_wallet(db, top_up.party, top_up.amount.currency, key, why, SYSTEM, at)
    return verdict


async def _give_back(
    db: AsyncConnection, top_up: TopUp, refund: str, fact: WarningFact, at: datetime
) -> str:
    """A word; what the control room stops waits for a person, with the wallet frozen."""
    can = await refundable(db, top_up.party, top_up.amount.currency)
    free = next((one.free for one in can.sources if one.top_up == top_up.id), None)
    minor = min(can.unspent.minor, free.minor) if free else 0
    if minor <= 0:
        return "frozen"
    amount = Money(minor, top_up.amount.currency)
    try:
        why = f"early fraud warning {fact.ref}"
        await ask_refund(db, refund, top_up.party, amount, SYSTEM, why, at, only=top_up.id)
    except (ControlError, DraftRefused, NothingToRefund) as error:
        log.warning("a warned payment was not refunded", top_up=top_up.id, why=str(error))
        return "frozen"
    return "refunded"


async def refresh_blocks(db: AsyncConnection, at: datetime) -> None:
    """Once a day: sessions that were settled since a dispute was opened are blocked as well."""
    for one in await rows.listed(db, (DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW)):
        await block_payees(db, one, at)


async def dispute(db: AsyncConnection, gateway: str, id: str) -> Dispute:
    """Raises: DisputeUnknown."""
    found = await rows.dispute_by_id(db, gateway, id)
    if found is None:
        raise DisputeUnknown(id)
    return found


async def disputes(
    db: AsyncConnection, statuses: tuple[DisputeStatus, ...] = (), limit: int = 200
) -> list[Dispute]:
    """Newest first."""
    return await rows.listed(db, statuses, limit)


async def _record(db: AsyncConnection, dispute: Dispute, at: datetime) -> None:
    minor, party = dispute.amount.minor, dispute.party
    action = f"dispute.{dispute.status.value}"
    await record(
        db, SYSTEM, action, dispute.key, dispute.reason, at, amount_minor=minor, party=party
    )
