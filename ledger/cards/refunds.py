"""Refunds: a client's unspent money back to the cards that it came from.

    ask_refund ──up to the limit──► going ──► done | partly | failed
        └─above it: held, waiting for a second person ──► going | declined

Verbs work in the caller's transaction. The calls themselves are `refund_calls`.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store
from ledger.accounts import Account, AccountKind
from ledger.acquirer import DisputeStatus
from ledger.cards import refund_rows as rows
from ledger.cards import store
from ledger.cards.errors import NothingToRefund, RefundConflict, RefundUnknown
from ledger.cards.refund_plan import Refund, Refundable, Source, portions
from ledger.cards.states import RequestState
from ledger.control import (
    Actor,
    ApprovalState,
    Rail,
    Switch,
    approval_of,
    propose,
    rail_of,
    record,
    require_open,
    require_rail,
)
from ledger.holds import hold, void_hold
from ledger.money import Money
from ledger.outgoings import plan_refund
from ledger.payments import TopUp
from ledger.views import balance

ACTION = "refund"
PARTS_MAX = 50
_NO_CLAIM = frozenset({DisputeStatus.WON, DisputeStatus.INQUIRY, DisputeStatus.INQUIRY_CLOSED})


async def refundable(db: AsyncConnection, party: str, currency: str) -> Refundable:
    """What a party could have back now, and from which payments."""
    wallet = Account(AccountKind.PREPAID, party, currency)
    unspent = (await balance(db, wallet)).available
    sources = []
    for top_up, given in await payments_store.paid_top_ups(db, party, currency):
        free = top_up.amount - given - await _claimed(db, top_up)
        if free.minor > 0 and rail_of(top_up.gateway) in (Rail.CARD, Rail.DEMO):
            sources.append(Source(top_up.id, top_up.gateway, top_up.payment, free))
    came = sum(source.free.minor for source in sources[:PARTS_MAX])
    most = Money(max(0, min(unspent.minor, came)), currency)
    return Refundable(unspent, most, tuple(sources[:PARTS_MAX]))


async def _claimed(db: AsyncConnection, top_up: TopUp) -> Money:
    """What disputes hold of a payment: all of it while one is open, else what was lost."""
    where = {"gateway": top_up.gateway, "payment": top_up.payment}
    lost = 0
    for row in await store.rows(db, "dispute", where):
        status = DisputeStatus(row.status)
        if status is DisputeStatus.LOST:
            lost += row.amount
        elif status not in _NO_CLAIM:
            return top_up.amount
    return Money(lost, top_up.amount.currency)


async def ask_refund(
    db: AsyncConnection,
    refund_id: str,
    party: str,
    amount: Money,
    actor: Actor,
    why: str,
    at: datetime,
    only: str = "",
) -> Refund:
    """Ask for unspent money back; `only` names the one top-up that it may come from.

    Asked again with the same id, answers the refund as it stands. Raises: RefundConflict,
    NothingToRefund, SwitchedOff, WrongRail, InsufficientFunds, DraftRefused (a frozen wallet).
    """
    if amount.minor <= 0:
        raise ValueError(f"a refund of {amount.minor}")
    known = await rows.refund_by_id(db, refund_id, lock=True)
    if known is not None:
        if (known.party, known.amount) != (party, amount):
            raise RefundConflict(refund_id)
        return known
    await require_open(db, Switch.REFUNDS)
    sources = await _sources(db, party, amount, only)
    for gateway in {source.gateway for source in sources}:
        rail = rail_of(gateway)
        if rail is not None:
            await require_rail(db, party, rail)
    asked = Refund(refund_id, party, amount, RequestState.WAITING, actor.party, why, at)
    await rows.add_refund(db, asked, at)
    await record(db, actor, "refund.asked", _subject(refund_id), why, at, **_facts(asked))
    approval = await propose(db, ACTION, _subject(refund_id), amount, actor, why, at, party=party)
    if approval.granted:
        return await _plan(db, asked, sources, at)
    wallet = Account(AccountKind.PREPAID, party, amount.currency)
    await hold(db, _hold_key(refund_id), wallet, amount, at)
    return asked


async def _sources(db: AsyncConnection, party: str, amount: Money, only: str) -> list[Source]:
    """Raises: NothingToRefund."""
    found = await refundable(db, party, amount.currency)
    sources = [source for source in found.sources if only in ("", source.top_up)]
    free = min(found.unspent.minor, sum(source.free.minor for source in sources))
    if amount.minor > free:
        raise NothingToRefund(amount, Money(max(free, 0), amount.currency))
    return [source for source, _ in portions(amount, sources)]


async def _plan(db: AsyncConnection, asked: Refund, sources: list[Source], at: datetime) -> Refund:
    """Hold the money of every part and store its key: from here on it goes by itself."""
    for n, (source, part) in enumerate(portions(asked.amount, sources), 1):
        outgoing = await plan_refund(db, source.top_up, part, at, f"{asked.id}:{n}")
        await rows.add_call(db, asked.id, outgoing, at)
    await rows.put_state(db, asked.id, RequestState.GOING, "", at)
    return await refund_of(db, asked.id)


async def go_on(db: AsyncConnection, refund_id: str, at: datetime) -> Refund:
    """Carry out what a second person has decided about a waiting refund; nothing if nobody has.

    Raises: RefundUnknown.
    """
    asked = await rows.refund_by_id(db, refund_id, lock=True)
    if asked is None:
        raise RefundUnknown(refund_id)
    if asked.state is not RequestState.WAITING:
        return asked
    approval = await approval_of(db, ACTION, _subject(refund_id), at)
    if approval is None or approval.state is ApprovalState.WAITING:
        return asked
    await void_hold(db, _hold_key(refund_id), at)
    if not approval.granted:
        note = approval.reason or approval.state.value
        await rows.put_state(db, refund_id, RequestState.DECLINED, note, at)
        return await refund_of(db, refund_id)
    try:
        sources = await _sources(db, asked.party, asked.amount, "")
    except NothingToRefund as error:  # a dispute has come between
        await rows.put_state(db, refund_id, RequestState.FAILED, str(error), at)
        return await refund_of(db, refund_id)
    return await _plan(db, asked, sources, at)


async def refund_of(db: AsyncConnection, refund_id: str) -> Refund:
    """With its parts. Raises: RefundUnknown."""
    found = await rows.refund_by_id(db, refund_id)
    if found is None:
        raise RefundUnknown(refund_id)
    return found


async def refunds_of(db: AsyncConnection, party: str, limit: int = 50) -> list[Refund]:
    """Of a party, newest first."""
    return await rows.refunds_of_party(db, party, limit)


async def waiting_refunds(db: AsyncConnection) -> list[Refund]:
    """Those that wait for a second person, oldest first."""
    return await rows.refunds_in_state(db, RequestState.WAITING)


def _subject(refund_id: str) -> str:
    return f"refund:{refund_id}"


def _hold_key(refund_id: str) -> str:
    return f"refund_request:{refund_id}"


def _facts(asked: Refund) -> dict[str, str | int]:
    amount = asked.amount
    return {"amount_minor": amount.minor, "currency": amount.currency, "party": asked.party}
