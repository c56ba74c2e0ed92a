"""The daily reconciliation: their list of news beside our inbox, their account beside our books.

What the acquirer told and we did not hear is put into the inbox and worked through first; only then
is money compared. Nothing is corrected here, but that the acquirer's own fees are booked: every
other difference is written down for a person.
"""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store, payouts
from ledger.accounts import Account, AccountKind
from ledger.acquirer import BalanceLine, CardGateway, Category, Notice
from ledger.cards import reconciliation_rows as rows
from ledger.cards import store
from ledger.cards.differences import Difference, Reconciliation, compare, journals_of_line
from ledger.cards.doing import Clock, Transactions
from ledger.cards.fees import fee_draft
from ledger.cards.inbox import work_inbox
from ledger.control import Rail
from ledger.money import CURRENCIES, Money
from ledger.verbs import post_many
from ledger.views import balance, journal_by_id

REMEMBERED = timedelta(days=29)  # Stripe lists the events of thirty days
OVERLAP = timedelta(days=2)
ROUNDS_MAX = 200
DOUBT = timedelta(hours=1)
FEE_PATIENCE = timedelta(days=1)
EVERY = timedelta(days=1)
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

log = structlog.get_logger("cards")


async def is_due(db: AsyncConnection, gateway: str, at: datetime) -> bool:
    """Whether a day has passed since the last run."""
    last = await rows.last_run(db, gateway)
    return last is None or at - last >= EVERY


async def reconcile(
    transaction: Transactions, gateway: CardGateway, clock: Clock
) -> Reconciliation:
    """One run, written down. Raises: GatewayRefused, GatewayUnreachable, UnknownAnswer."""
    made_at = clock()
    async with transaction() as db:
        last = await rows.last_run(db, gateway.name)
    since = max(last - OVERLAP if last else _EPOCH, made_at - REMEMBERED)
    notices = await gateway.notices_since(since)
    lines = await gateway.lines_since(last - OVERLAP if last else _EPOCH)
    missed = await _replay(transaction, gateway, clock, notices)
    async with transaction() as db:
        at = clock()
        await rows.add_lines(db, gateway.name, lines)
        await _book_fees(db, gateway.name, lines, at)
        found = await _compared(db, gateway, lines, last or _EPOCH, at)
        found += await _doubts(db, gateway.name, at)
        run = Reconciliation(
            gateway.name, made_at, since, len(notices), missed, len(lines), tuple(found)
        )
        await rows.add_run(db, run)
    for one in found:
        log.error("reconciliation", kind=one.kind, ref=one.ref, note=one.note)
    return run


async def _replay(
    transaction: Transactions, gateway: CardGateway, clock: Clock, notices: tuple[Notice, ...]
) -> int:
    """Put missed news into the inbox and work through what is due; how many were missed."""
    async with transaction() as db:
        known = await store.known_news(db, gateway.name, [one.id for one in notices])
        missed = [one for one in notices if one.id not in known and not one.account]
        for one in missed:
            await store.add_news(db, one, clock())
    for _ in range(ROUNDS_MAX):
        if not await work_inbox(transaction, gateway, clock):
            break
    return len(missed)


async def _book_fees(
    db: AsyncConnection, gateway: str, lines: tuple[BalanceLine, ...], at: datetime
) -> None:
    """The acquirer's charges for itself, which no payment of ours causes."""
    for line in lines:
        if line.category is Category.FEE and line.net.minor:
            draft = fee_draft(gateway, line.id, -line.net, line.source)
            for result in await post_many(db, [draft], at):
                result.raise_for_status()


async def _compared(
    db: AsyncConnection,
    gateway: CardGateway,
    lines: tuple[BalanceLine, ...],
    since: datetime,
    at: datetime,
) -> list[Difference]:
    if not gateway.keeps_account:
        return []
    journals: dict[str, list[str]] = {}
    cash: dict[str, Money] = {}
    for line in lines:
        ours = await _ours(db, gateway.name, line)
        journals[line.id] = journals_of_line(gateway.name, line, ours)
        for id in journals[line.id]:
            moved = await _cash_of(db, gateway.name, id)
            if moved is not None:
                cash[id] = moved
    found = compare(lines, journals, cash)
    known = {id for ids in journals.values() for id in ids}
    found += await _ours_only(db, gateway.name, known, since, at)
    return found + await _sums(db, gateway.name)


async def _ours(db: AsyncConnection, gateway: str, line: BalanceLine) -> str:
    """Our name of what a line is about, "" when we know none."""
    if line.category is Category.CHARGE:
        return await rows.payment_of_line(db, gateway, line.id)
    if line.category in (Category.REFUND, Category.REFUND_FAILURE):
        outgoing = await payments_store.outgoing_by_ref(db, gateway, line.source)
        return outgoing.id if outgoing else ""
    if line.category in (Category.TRANSFER, Category.TRANSFER_REVERSAL):
        sent = await payouts.pay_out_by_ref(db, line.source)
        return sent.id if sent else ""
    return ""


async def _cash_of(db: AsyncConnection, gateway: str, journal_id: str) -> Money | None:
    """What a journal brought into our purse at the acquirer (+) or took from it."""
    journal = await journal_by_id(db, journal_id)
    if journal is None:
        return None
    purse = [
        entry.amount
        for entry in journal.entries
        if (entry.account.kind, entry.account.owner) == (AccountKind.CASH, gateway)
    ]
    return -sum(purse[1:], purse[0]) if purse else None


async def _ours_only(
    db: AsyncConnection, gateway: str, known: set[str], since: datetime, at: datetime
) -> list[Difference]:
    """Journals of the time compared that no line of theirs speaks of."""
    found = []
    for currency in CURRENCIES:
        purse = Account(AccountKind.CASH, gateway, currency)
        for line in await rows.statement_between(db, purse, since, at - DOUBT):
            if line.journal_id not in known:
                zero = Money(0, currency)
                found.append(
                    Difference("ours_only", line.journal_id, zero, -line.amount, line.kind)
                )
    return found


async def _sums(db: AsyncConnection, gateway: str) -> list[Difference]:
    """All lines ever listed beside our purse at the acquirer."""
    found = []
    for currency, theirs in (await rows.sums_of_lines(db, gateway)).items():
        ours = -(await balance(db, Account(AccountKind.CASH, gateway, currency))).posted
        if theirs != ours:
            found.append(Difference("balance", gateway, theirs, ours, currency))
    return found


async def _doubts(db: AsyncConnection, gateway: str, at: datetime) -> list[Difference]:
    """What waits too long, or for a person."""
    found = await rows.open_matters(db, gateway, at - DOUBT, at - FEE_PATIENCE)
    for one in await payouts.in_doubt(db, Rail.CARD):
        found.append(Difference("in_doubt", f"payout {one.id}", one.amount, one.amount))
    return found


async def last_reconciliation(db: AsyncConnection, gateway: str) -> Reconciliation | None:
    """The newest run with its differences; None before the first."""
    return await rows.newest_run(db, gateway)
