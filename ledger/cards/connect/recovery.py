"""Taking money back from payees where that is possible: one reversal a transfer, newest first."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payouts
from ledger.cards.connect import store
from ledger.cards.connect.errors import NothingToReverse
from ledger.cards.connect.reversals import Reversal, ReversalState, reversed_draft, spread
from ledger.cards.doing import Clock, Transactions
from ledger.cards.states import KEY_LIFE, LEASE, back_off
from ledger.connected import PayeeKeeper
from ledger.control import SYSTEM, Actor, rail_of, record
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.money import Money
from ledger.payouts import PayOutState
from ledger.verbs import post_many

PAY_OUTS_MAX = 200  # of a payee, looked at for something to take back
REVERSALS_MAX = 20
NO_ANSWER = frozenset({"idempotency_key_in_use", "idempotency_error", "IdempotencyError"})

log = structlog.get_logger("cards")


async def plan_recovery(
    db: AsyncConnection,
    key: str,
    party: str,
    gateway: str,
    amount: Money,
    actor: Actor,
    why: str,
    at: datetime,
) -> list[Reversal]:
    """Plan to take `amount`, or as much as was transferred, back from a payee; `key` is natural
    ("dispute:…"), and planned again under it answers what was planned.

    Raises: NothingToReverse when nothing was transferred to this payee.
    """
    known = await store.reversals_under(db, key)
    if known:
        return known
    left = []
    refs = {}
    for one in await payouts.pay_outs_of(db, party, PAY_OUTS_MAX):
        if one.state is PayOutState.ARRIVED and one.rail is rail_of(gateway):
            back = await store.taken_back(db, one.id, one.amount.currency)
            if one.amount.currency == amount.currency:
                left.append((one.id, one.amount - back))
                refs[one.id] = one.ref
    parts = spread(amount, left)
    if not parts:
        raise NothingToReverse(party, amount, Money(0, amount.currency))
    planned = [
        Reversal(
            id=f"{key}:{pay_out}",
            pay_out=pay_out,
            transfer=refs[pay_out],
            party=party,
            gateway=gateway,
            amount=part,
            state=ReversalState.PLANNED,
            why=why,
            created_at=at,
            due_at=at,
        )
        for pay_out, part in parts
    ]
    for one_of in planned:
        await store.add_reversal(db, one_of)
    total = sum(one_of.amount.minor for one_of in planned)
    facts: dict[str, str | int] = {"amount_minor": total, "party": party}
    await record(db, actor, "transfer.reversal_planned", key, why, at, **facts)
    return planned


async def work_reversals(transaction: Transactions, keeper: PayeeKeeper, clock: Clock) -> int:
    """One round: ask for what is due and note the answers; how many were asked for."""
    async with transaction() as db:
        claimed = []
        for one in await store.due_reversals(db, keeper.name, clock(), REVERSALS_MAX):
            going = _asked(one, clock())
            await store.save_reversal(db, going)
            claimed.append(going)
    for one in claimed:
        try:
            await _reverse(transaction, keeper, clock, one)
        except Exception:
            log.exception("a reversal failed", reversal=one.id)
    return len(claimed)


def _asked(one: Reversal, at: datetime) -> Reversal:
    wait = max(LEASE, back_off(one.id, one.asks or 1))
    return replace(
        one,
        state=ReversalState.IN_DOUBT,
        asks=one.asks + 1,
        asked_at=one.asked_at or at,
        due_at=at + wait,
    )


async def _reverse(
    transaction: Transactions, keeper: PayeeKeeper, clock: Clock, one: Reversal
) -> None:
    why, ref = "", None
    try:
        ref = await keeper.find_reversal(one.request) if one.asks > 1 else None
        young = one.asked_at is not None and clock() - one.asked_at < KEY_LIFE
        if ref is None and young:
            ref = await keeper.reverse(one.request)
        why = "" if ref else "never_made"
    except GatewayRefused as refused:
        if refused.reason in NO_ANSWER:
            return
        why = refused.reason
    except GatewayUnreachable as error:
        log.warning("a reversal is in doubt", reversal=one.id, why=str(error))
        return
    async with transaction() as db:
        await _note(db, one.id, ref or "", why, clock())


async def _note(db: AsyncConnection, id: str, ref: str, why: str, at: datetime) -> None:
    found = await store.reversal_by_id(db, id, lock=True)
    if found is None or found.state is not ReversalState.IN_DOUBT:
        return
    if not ref:
        await store.save_reversal(db, replace(found, state=ReversalState.REFUSED, why=why))
        await record(db, SYSTEM, "transfer.reversal_refused", f"payout:{found.pay_out}", why, at)
        return
    done = replace(found, state=ReversalState.DONE, ref=ref)
    for result in await post_many(db, [reversed_draft(done)], at):
        result.raise_for_status()
    await store.save_reversal(db, done)
    told = {
        "minor": str(done.amount.minor),
        "currency": done.amount.currency,
        "why": done.why,
    }
    await payouts.tell(db, f"reversed:{id}", done.party, "transfer_reversed", at, **told)
    facts: dict[str, str | int] = {"amount_minor": done.amount.minor, "ref": ref}
    await record(db, SYSTEM, "transfer.reversed", f"payout:{done.pay_out}", done.why, at, **facts)
