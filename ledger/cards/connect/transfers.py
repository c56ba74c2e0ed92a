"""Sending payouts as transfers: in doubt before the acquirer is asked, sent when it has answered.

The acquirer is asked outside of any transaction under the key of the payout's row. A transfer is
the payee's at once, so it is sent and arrived in one step; it is not made while our balance at the
acquirer does not cover it. A payout that was asked about before is looked for first; when the
acquirer may have forgotten the key it is only looked for, and what is not found waits for a person.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payouts
from ledger.cards.connect import store
from ledger.cards.connect.accounts import AccountState
from ledger.cards.connect.errors import NotByHand
from ledger.cards.doing import Clock, Transactions
from ledger.cards.states import KEY_LIFE
from ledger.connected import PayeeKeeper, TransferRequest
from ledger.control import SYSTEM, Actor, Rail, SwitchedOff, WrongRail, rail_of, record
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.money import Money
from ledger.payouts import MustWait, PayeeDetails, PayOut, PayOutState

FUNDS_WAIT = timedelta(hours=1)
LOOK_AFTER = timedelta(seconds=60)  # another worker may still be asking
NOT_NOW = frozenset({"balance_insufficient", "insufficient_funds"})
NO_ANSWER = frozenset({"idempotency_key_in_use", "idempotency_error", "IdempotencyError"})

log = structlog.get_logger("cards")


async def work_pay_outs(
    transaction: Transactions, keeper: PayeeKeeper, clock: Clock
) -> list[PayOut]:
    """One round over the rail of the acquirer; the payouts that moved. Errors stay with theirs."""
    rail = rail_of(keeper.name)
    if rail is None:
        return []
    asked = await _doubtful(transaction, rail, clock)
    funds: dict[str, Money] = {}
    done = []
    for one in [*asked, *await _due(transaction, rail, clock)]:
        try:
            if one.state is PayOutState.READY and not await _covered(keeper, one, funds):
                continue
            done.append(await send(transaction, keeper, clock, one.id))
        except (MustWait, SwitchedOff, WrongRail) as error:
            log.info("a payout waits", pay_out=one.id, why=str(error))
        except Exception:  # in doubt: the next round looks for it
            log.exception("a payout failed", pay_out=one.id)
    return done


async def _doubtful(transaction: Transactions, rail: Rail, clock: Clock) -> list[PayOut]:
    """Asked about and not answered, for longer than a call can take."""
    async with transaction() as db:
        found = await payouts.in_doubt(db, rail)
    return [one for one in found if one.asked_at and clock() - one.asked_at >= LOOK_AFTER]


async def _due(transaction: Transactions, rail: Rail, clock: Clock) -> list[PayOut]:
    """What may leave now; nothing while payouts are switched off."""
    try:
        async with transaction() as db:
            return await payouts.due_pay_outs(db, rail, clock())
    except SwitchedOff:
        return []


async def _covered(keeper: PayeeKeeper, one: PayOut, funds: dict[str, Money]) -> bool:
    """Whether our balance there covers it; asked once a round and currency, then counted down."""
    currency = one.amount.currency
    if currency not in funds:
        funds[currency] = await keeper.available(currency)
    if one.amount > funds[currency]:
        log.warning("our balance does not cover a payout", pay_out=one.id)
        return False
    funds[currency] -= one.amount
    return True


async def send(transaction: Transactions, keeper: PayeeKeeper, clock: Clock, id: str) -> PayOut:
    """One payout, from where it stands to where the acquirer's answer leads.

    Raises: MustWait, SwitchedOff, WrongRail, WrongPayOutState.
    """
    async with transaction() as db:
        before = await payouts.pay_out(db, id)
        await _require_account(db, keeper, before)
        asked, details = await payouts.begin_sending(db, id, clock())
    again = before.state is PayOutState.IN_DOUBT
    try:
        ref = await keeper.find_transfer(id) if again else None
        young = asked.asked_at is not None and clock() - asked.asked_at < KEY_LIFE
        if ref is None and not young:
            log.error("a payout must be decided by hand", pay_out=id)
            return asked
        ref = ref or await keeper.transfer(_request(asked, details))
    except GatewayRefused as refused:
        if refused.reason in NO_ANSWER:
            return asked
        async with transaction() as db:
            return await _refused(db, id, refused.reason, clock())
    except GatewayUnreachable as error:
        log.warning("a payout is in doubt", pay_out=id, why=str(error))
        return asked
    async with transaction() as db:
        return await _arrived(db, id, ref, clock())


async def _require_account(db: AsyncConnection, keeper: PayeeKeeper, one: PayOut) -> None:
    """Only to an account that takes transfers. Raises: MustWait."""
    if one.state is PayOutState.IN_DOUBT:
        return
    account = await store.account_of(db, one.party, keeper.name)
    if account is not None and account.state is not AccountState.ACTIVE:
        raise MustWait(one.id, f"account_{account.state.value}")


def _request(one: PayOut, details: PayeeDetails) -> TransferRequest:
    return TransferRequest(one.id, str(details.destination), one.amount, one.idempotency_key)


async def _arrived(db: AsyncConnection, id: str, ref: str, at: datetime) -> PayOut:
    await payouts.mark_sent(db, id, ref, at)
    return await payouts.mark_arrived(db, id, ref, at)


async def _refused(db: AsyncConnection, id: str, reason: str, at: datetime) -> PayOut:
    """Without money there it is tried again later; any other no gives the money back."""
    found = await payouts.pay_out(db, id)
    if found.state is not PayOutState.IN_DOUBT:
        return found
    if reason in NOT_NOW:
        return await payouts.put_back(db, id, reason, FUNDS_WAIT, at)
    return await payouts.refuse(db, id, reason, SYSTEM, at)


async def decide(
    db: AsyncConnection, id: str, actor: Actor, why: str, at: datetime, ref: str = ""
) -> PayOut:
    """A person has looked at the acquirer's own pages: the transfer is there as `ref`, or ("") it
    was never made. Raises: NotByHand, PayOutUnknown; ValueError without a reason."""
    if not why.strip():
        raise ValueError("a payout is decided with a reason")
    found = await payouts.pay_out(db, id)
    if found.state is not PayOutState.IN_DOUBT or found.asked_at is None:
        raise NotByHand(id, found.state.value)
    if at - found.asked_at < KEY_LIFE:
        raise NotByHand(id, "the same key may still ask")
    after = (
        await _arrived(db, id, ref, at)
        if ref
        else await payouts.refuse(db, id, "never_made", actor, at)
    )
    await record(db, actor, "payout.decided", f"payout:{id}", why, at, ref=ref)
    return after
