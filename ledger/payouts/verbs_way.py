"""A payout's way: asked for at the acquirer, sent, arrived, or back again.

Every verb works in the caller's transaction. A step that was done before changes nothing and
answers the payout as it stands.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.control import SYSTEM, Actor, Switch, record, require_open, require_rail
from ledger.holds import void_hold
from ledger.journals import Draft
from ledger.money import Money
from ledger.payouts import store
from ledger.payouts.errors import MustWait, PayeeUnknown, PayOutConflict, PayOutUnknown
from ledger.payouts.pay_outs import (
    PayOut,
    PayOutState,
    arrived_draft,
    purse_of,
    require_step,
    returned_draft,
    sent_draft,
)
from ledger.payouts.payees import PayeeDetails
from ledger.verbs import lock_accounts, post_many
from ledger.views import balance

SENT_STATES = (PayOutState.SENT, PayOutState.ARRIVED, PayOutState.RETURNED)


async def pay_out(db: AsyncConnection, id: str) -> PayOut:
    """Raises: PayOutUnknown."""
    found = await store.pay_out_by_id(db, id)
    if found is None:
        raise PayOutUnknown(id)
    return found


async def begin_sending(db: AsyncConnection, id: str, at: datetime) -> tuple[PayOut, PayeeDetails]:
    """Note that the acquirer is about to be asked: commit, ask under the payout's key, then note
    the answer by `mark_sent`, `put_back` or `refuse`. One that is in doubt is answered as it is.

    Raises: PayOutUnknown, WrongPayOutState, SwitchedOff, WrongRail, MustWait.
    """
    found = await locked(db, id)
    if found.state is not PayOutState.IN_DOUBT:
        require_step(found, PayOutState.IN_DOUBT)
        await _require_may_leave(db, found, at)
        found = replace(found, state=PayOutState.IN_DOUBT, asked_at=at, why="", wait_until=None)
        await store.save_pay_out(db, found)
    return found, await _details(db, found)


async def put_back(db: AsyncConnection, id: str, why: str, wait: timedelta, at: datetime) -> PayOut:
    """The acquirer said no for now (`balance_insufficient`): ready again after a while, and then
    under a new key, for the old one would bring the old answer. Raises: WrongPayOutState."""
    found = await locked(db, id)
    require_step(found, PayOutState.READY)
    back = replace(
        found, state=PayOutState.READY, try_no=found.try_no + 1, why=why, wait_until=at + wait
    )
    await store.save_pay_out(db, back)
    return back


async def mark_sent(db: AsyncConnection, id: str, ref: str, at: datetime) -> PayOut:
    """It has left: out of the earnings into transit. `ref` is the rail's name for it.

    Raises: PayOutUnknown, WrongPayOutState, MustWait, PayOutConflict (sent under another name).
    """
    found = await locked(db, id)
    if found.state in SENT_STATES:
        if ref and found.ref and ref != found.ref:
            raise PayOutConflict(id)
        return found
    require_step(found, PayOutState.SENT)
    if found.state is PayOutState.READY:
        await _require_may_leave(db, found, at)
    sent = replace(found, state=PayOutState.SENT, ref=ref, why="", sent_at=at)
    details = await _details(db, found)
    return await _moved(db, sent, sent_draft(found), "payout.sent", at, hint=details.hint)


async def mark_arrived(
    db: AsyncConnection, id: str, ref: str, at: datetime, purse: Account | None = None
) -> PayOut:
    """It is there: out of transit and of our own money on `purse`, by default the rail's.

    Raises: PayOutUnknown, WrongPayOutState.
    """
    found = await locked(db, id)
    if found.state is PayOutState.ARRIVED:
        return found
    require_step(found, PayOutState.ARRIVED)
    there = replace(found, state=PayOutState.ARRIVED, ref=found.ref or ref, ended_at=at)
    draft = arrived_draft(found, purse or purse_of(found.rail, found.amount.currency))
    return await _moved(db, there, draft, "payout.arrived", at, news=ref)


async def mark_returned(
    db: AsyncConnection,
    id: str,
    ref: str,
    at: datetime,
    why: str = "returned",
    purse: Account | None = None,
) -> PayOut:
    """It came back, even after it had arrived: the payee has it among the earnings again.

    Raises: PayOutUnknown, WrongPayOutState.
    """
    found = await locked(db, id)
    if found.state is PayOutState.RETURNED:
        return found
    require_step(found, PayOutState.RETURNED)
    back = replace(found, state=PayOutState.RETURNED, why=why, ended_at=at)
    draft = returned_draft(found, purse or purse_of(found.rail, found.amount.currency))
    return await _moved(db, back, draft, "payout.returned", at, news=ref, why=why)


async def refuse(db: AsyncConnection, id: str, why: str, actor: Actor, at: datetime) -> PayOut:
    """It will not leave: the money is the payee's to ask for again. Raises: WrongPayOutState."""
    found = await locked(db, id)
    if found.state is PayOutState.REFUSED:
        return found
    require_step(found, PayOutState.REFUSED)
    await void_hold(db, found.hold_key, at)
    refused = replace(found, state=PayOutState.REFUSED, why=why, ended_at=at)
    await store.save_pay_out(db, refused)
    await _tell(db, refused, "payout_refused", at, why=why)
    await note(db, refused, actor, "payout.refused", at, why=why)
    return refused


async def free_of_blocks(db: AsyncConnection, pay_out: PayOut) -> Money:
    """What may leave the payee's earnings so that the rest covers what disputes block."""
    currency = pay_out.amount.currency
    posted = (await balance(db, pay_out.earnings)).posted
    asked = await store.in_doubt(db, pay_out.party, currency)
    return posted - asked - await store.blocked(db, pay_out.party, currency)


async def _require_may_leave(db: AsyncConnection, found: PayOut, at: datetime) -> None:
    await require_open(db, Switch.PAYOUTS)
    await require_rail(db, found.party, found.rail)
    if (await _details(db, found)).cooling(at):
        raise MustWait(found.id, "cooling_off")
    await lock_accounts(db, [found.earnings])
    if found.amount > await free_of_blocks(db, found):
        raise MustWait(found.id, "blocked")


async def _details(db: AsyncConnection, found: PayOut) -> PayeeDetails:
    details = await store.details_of(db, found.party, found.details)
    if details is None:
        raise PayeeUnknown(found.party)
    return details


async def locked(db: AsyncConnection, id: str) -> PayOut:
    """Raises: PayOutUnknown."""
    found = await store.pay_out_by_id(db, id, lock=True)
    if found is None:
        raise PayOutUnknown(id)
    return found


async def _moved(
    db: AsyncConnection, after: PayOut, draft: Draft, action: str, at: datetime, **facts: str
) -> PayOut:
    """Post, save, tell and record one step."""
    for result in await post_many(db, [draft], at):
        result.raise_for_status()
    await store.save_pay_out(db, after)
    if after.state is not PayOutState.ARRIVED:
        await _tell(db, after, action.replace(".", "_"), at, **facts)
    await note(db, after, SYSTEM, action, at, **facts)
    return after


async def _tell(db: AsyncConnection, one: PayOut, kind: str, at: datetime, **facts: str) -> None:
    told = {"minor": str(one.amount.minor), "currency": one.amount.currency, **facts}
    await store.add_told(db, f"{kind}:{one.id}", one.party, kind, told, at)


async def note(
    db: AsyncConnection, one: PayOut, actor: Actor, action: str, at: datetime, **facts: str
) -> None:
    """A row of the audit journal about a payout."""
    why = facts.pop("why", "")
    known: dict[str, str | int] = {
        "party": one.party,
        "amount_minor": one.amount.minor,
        "currency": one.amount.currency,
        "rail": one.rail.value,
        "ref": one.ref,
        **facts,
    }
    await record(db, actor, action, f"payout:{one.id}", why, at, **known)
